package xmlfile

import (
	"bytes"
	"errors"
	"io"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// alone reads the bytes of one record, as a reject kept them. The records inside
// of it are left out: they were read when it was. What cannot be read is a
// reject again.
type alone struct {
	*parser
	raw   []byte
	found int
	done  bool
}

func openAlone(src record.Source) (record.Parser, error) {
	raw, err := io.ReadAll(src.Text)
	if err != nil {
		return nil, err
	}
	o := *src.Prepared.(*settings)
	if name, ok := src.Looked.(string); ok && o.record == "" {
		o.record = name
	}
	src.Text = bytes.NewReader(raw)
	return &alone{parser: newParser(src, &o), raw: raw}, nil
}

// Next makes rec the record.
func (a *alone) Next(rec *record.Record) error {
	if a.done {
		return io.EOF
	}
	err := a.parser.Next(rec)
	a.ready = len(a.t.records)
	var problem *diag.Problem
	switch {
	case err == nil:
		a.found++
		return nil
	case errors.As(err, &problem):
		a.reject(rec, problem.Message)
	case errors.Is(err, io.EOF) && a.found == 0:
		a.reject(rec, "there is no element <"+a.s.names.records+">, the name of the records")
	default:
		return err
	}
	return nil
}

func (a *alone) reject(rec *record.Record, reason string) {
	a.done = true
	rec.Reset(1)
	rec.Raw = a.raw
	rec.Reject(connector.RuleFormat, reason)
}
