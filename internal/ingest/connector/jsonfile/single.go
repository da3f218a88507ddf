package jsonfile

import (
	"bytes"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// single reads bytes that are one record, as a reject keeps it.
type single struct {
	src    record.Source
	parser parser
	text   []byte
	read   bool
}

func openRecord(src record.Source) (record.Parser, error) {
	return &single{src: src, parser: newParser(src.Names, src.Prepared.(*options).omit)}, nil
}

// Next makes rec the record, or returns io.EOF where there is none (any more).
func (s *single) Next(rec *record.Record) error {
	if s.read {
		return io.EOF
	}
	s.read = true
	text, err := io.ReadAll(s.src.Text)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return io.EOF
	}
	s.src.Names.Forget()
	s.text = append(text, make([]byte, connector.Padding)...)
	rec.Reset(s.src.Line)
	rec.Raw = s.text[:len(text)]
	if len(text) > s.src.MaxRecord {
		rec.Violations = []connector.Violation{connector.SizeViolation(len(text), s.src.MaxRecord)}
		return nil
	}
	s.parser.line(rec, s.text, 0, len(text), s.src.Encoding)
	return nil
}

// End tells how the bytes ended.
func (s *single) End() record.End {
	return record.End{Lines: s.src.Line + int64(bytes.Count(s.text, newlineBytes))}
}

// Close does nothing.
func (s *single) Close() {}
