package moved

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/twmb/avro"
	"github.com/twmb/avro/ocf"
)

// blockLimit bounds what one block of a file may take.
const blockLimit = 1 << 30

// records reads an Avro file, lets change change each record, and returns the
// file again, with the same schema, header and compression.
func records(data []byte, change func(map[string]any) error) (out []byte, err error) {
	// Values stay as they are stored, whatever their logical types say.
	r, err := ocf.NewReader(bytes.NewReader(data), ocf.WithSchemaOpts(avro.CustomType{}),
		ocf.WithMaxBlockBytes(blockLimit), ocf.WithMaxDecompressedBlockBytes(blockLimit))
	if err != nil {
		return nil, &unreadable{err}
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var buf bytes.Buffer
	w, err := writer(&buf, r)
	if err != nil {
		return nil, &unreadable{err}
	}
	for {
		var one any
		if err := r.Decode(&one); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, errors.Join(&unreadable{err}, w.Close())
		}
		record, ok := one.(map[string]any)
		if !ok {
			return nil, errors.Join(&unreadable{fmt.Errorf("an entry is no record but %T", one)}, w.Close())
		}
		if err := change(record); err != nil {
			return nil, errors.Join(err, w.Close())
		}
		if err := w.Encode(record); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	err = w.Close()
	return buf.Bytes(), err
}

func writer(to io.Writer, r *ocf.Reader) (*ocf.Writer, error) {
	header := map[string][]byte{}
	var schema, codec string
	for k, v := range r.Metadata() {
		switch {
		case k == "avro.schema":
			schema = string(v)
		case k == "avro.codec":
			codec = string(v)
		case !strings.HasPrefix(k, "avro."):
			header[k] = v
		}
	}
	options := []ocf.WriterOpt{ocf.WithSchema(schema), ocf.WithMetadata(header)}
	switch codec {
	case "", "null":
	case "deflate":
		options = append(options, ocf.WithCodec(ocf.DeflateCodec(-1)))
	case "snappy":
		options = append(options, ocf.WithCodec(ocf.SnappyCodec()))
	case "zstandard":
		c, err := ocf.ZstdCodec(nil, nil)
		if err != nil {
			return nil, err
		}
		options = append(options, ocf.WithCodec(c))
	default:
		return nil, fmt.Errorf("it is compressed with %s", codec)
	}
	return ocf.NewWriter(to, r.Schema(), options...)
}

// List writes a manifest list again, with all that it names, and returns its new
// location.
func (m *Mover) List(ctx context.Context, location string) (string, error) {
	return m.list(ctx, location)
}

func (m *Mover) list(ctx context.Context, location string) (string, error) {
	return m.file(ctx, location, false, func(name string) ([]byte, error) {
		data, err := m.read(ctx, name)
		if err != nil {
			return nil, err
		}
		return records(data, func(r map[string]any) error {
			old, _ := r["manifest_path"].(string)
			// Manifests of delete files lead to files that have to be moved too.
			content, _ := r["content"].(int32)
			next, err := m.manifest(ctx, old, content == 0)
			if err != nil || next == old {
				return err
			}
			r["manifest_path"] = next
			if now, ok := m.store.Name(next); ok {
				if info, err := m.store.Stat(ctx, now); err == nil {
					r["manifest_length"] = info.Size
				}
			}
			return nil
		})
	})
}

// manifest writes a manifest again, and the delete files that it names; where it
// names none, one that is there already is taken as it is.
func (m *Mover) manifest(ctx context.Context, location string, reuse bool) (string, error) {
	return m.file(ctx, location, reuse, func(name string) ([]byte, error) {
		data, err := m.read(ctx, name)
		if err != nil {
			return nil, err
		}
		return records(data, func(r map[string]any) error {
			file, ok := r["data_file"].(map[string]any)
			if !ok {
				return &unreadable{errors.New("it is no manifest: an entry has no data_file")}
			}
			m.replace(file, "referenced_data_file")
			if content, _ := file["content"].(int32); content == positionDeletes {
				return m.deletes(ctx, file)
			}
			m.replace(file, "file_path")
			return nil
		})
	})
}
