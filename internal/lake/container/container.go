// Package container is for writing Avro's object container files, which
// Iceberg's manifests and their lists are, many of one schema.
//
// It promises that a file which it writes has the schema of the file that it
// learned from, letter by letter, and Iceberg's usual compression. It leaves to
// others what the records are and what the header says.
package container

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/twmb/avro"
	"github.com/twmb/avro/ocf"
)

// Shape is the schema of files of one kind. It is parsed once, which takes
// longer than to write a short file.
type Shape struct {
	text   string
	schema *avro.Schema
}

// ShapeOf reads the schema of a file.
func ShapeOf(file []byte) (_ *Shape, err error) {
	r, err := ocf.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("read the schema of an Avro file: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	text := string(r.Metadata()["avro.schema"])
	schema, err := avro.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read the schema of an Avro file: %w", err)
	}
	return &Shape{text: text, schema: schema}, nil
}

// Write returns a file of records, with a header.
func (s *Shape) Write(header map[string][]byte, records ...any) (_ []byte, err error) {
	var out bytes.Buffer
	w, err := ocf.NewWriter(&out, s.schema, ocf.WithSchema(s.text), ocf.WithMetadata(header), ocf.WithCodec(deflate{}))
	if err != nil {
		return nil, fmt.Errorf("write an Avro file: %w", err)
	}
	for _, r := range records {
		if err := w.Encode(r); err != nil {
			return nil, errors.Join(fmt.Errorf("write an Avro file: %w", err), w.Close())
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write an Avro file: %w", err)
	}
	return out.Bytes(), nil
}
