package record

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

var _ connector.Replayer = (*format)(nil)

// kept is what reading records of an input again takes.
type kept struct {
	Encoding connector.Encoding `json:"encoding"`
	// Looked is what the format found out: a boolean, a text or nothing.
	Looked json.RawMessage `json:"looked,omitempty"`
	Links  Links           `json:"links,omitzero"`
}

// Context returns an input's encoding and what its format found out.
func (f *format) Context(layout *connector.Layout, input string) ([]byte, error) {
	_, file, err := f.fileOf(layout, input)
	if err != nil {
		return nil, err
	}
	k := kept{Encoding: file.encoding, Links: file.links}
	switch file.looked.(type) {
	case nil:
	case bool, string:
		if k.Looked, err = json.Marshal(file.looked); err != nil {
			return nil, err
		}
	default:
		return nil, connector.ErrNoContext
	}
	return json.Marshal(k)
}

// fileOf returns how an input of layout is read.
func (f *format) fileOf(layout *connector.Layout, input string) (*detail, file, error) {
	d, ok := layout.Detail.(*detail)
	if !ok || d.spec != &f.spec {
		return nil, file{}, fmt.Errorf("read %s: the layout is another format's", input)
	}
	found, ok := d.files[input]
	if !ok {
		return nil, file{}, fmt.Errorf("read %s: the layout was not inferred from this input", input)
	}
	return d, found, nil
}

// InferRecords returns the columns that the table has. New ones come up when
// the records are read.
func (f *format) InferRecords(_ context.Context, inputs []connector.Replayed, req connector.Request) (*connector.Layout, error) {
	s, err := f.settings(req.Options)
	if err != nil {
		return nil, err
	}
	d := &detail{settings: s, fixed: s.fixed(req), files: map[string]file{}}
	d.root = d.startOf(req)
	links := Links{}
	for _, in := range inputs {
		found, err := d.recall(in.Context)
		if err != nil {
			return nil, fmt.Errorf("what is known of %s: %w", in.Name, err)
		}
		d.files[in.Name] = found
		links.Number = links.Number || found.links.Number
		links.Parent = links.Parent || found.links.Parent
	}
	var problems diag.Problems
	layout := d.layout(req, links, &problems)
	return layout, problems.Err()
}

// recall is what is known of an input; what is declared today goes before what
// was found out then.
func (d *detail) recall(context []byte) (file, error) {
	var k kept
	if err := json.Unmarshal(context, &k); err != nil {
		return file{}, err
	}
	f := file{encoding: k.Encoding, links: k.Links}
	if d.encoding != "" {
		f.encoding = d.encoding
	}
	if len(k.Looked) == 0 {
		return f, nil
	}
	return f, json.Unmarshal(k.Looked, &f.looked)
}

// ReadRecords reads records, each by itself.
func (f *format) ReadRecords(ctx context.Context, in connector.Replayed, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, file, err := f.fileOf(layout, in.Name)
	if err != nil {
		return connector.Counts{}, err
	}
	names := NewNames()
	l := newLoader(layout, d, file.encoding, names, sink)
	defer l.batch.Close()
	for raw, err := range in.Records {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = l.again(in.Name, file, raw)
		}
		if err != nil {
			return connector.Counts{}, err
		}
	}
	if l.widen != nil {
		return connector.Counts{}, l.widen.err(in.Name)
	}
	err = l.batch.Flush()
	l.counts.Records = l.counts.Written + l.counts.Rejected
	return l.counts, err
}

// again reads one record: it is parsed twice, as only then it is known that
// there is no other behind it.
func (l *loader) again(input string, f file, raw connector.RawRecord) error {
	records := 0
	err := l.alone(input, f, raw, func(*Record) error { records++; return nil })
	if err != nil {
		return err
	}
	if records > 1 {
		if l.widen == nil {
			l.counts.Rejected++
			return connector.RejectSeveral(l.sink, raw)
		}
		return nil
	}
	return l.alone(input, f, raw, func(rec *Record) error {
		rec.Line = raw.Number
		rec.Number, rec.ParentLine, rec.ParentNumber = unlink(raw.Links)
		return l.load(rec)
	})
}

// alone calls f for what the bytes of a record hold.
func (l *loader) alone(input string, file file, raw connector.RawRecord, f func(*Record) error) error {
	open := l.detail.spec.OpenRecord
	if open == nil {
		open = l.detail.spec.Open
	}
	parser, err := open(Source{
		Input: input, Text: file.encoding.Decode(bytes.NewReader(raw.Raw)), Line: 1, Encoding: file.encoding,
		MaxRecord: l.detail.maxRecord, Settings: l.detail.checked, Prepared: l.detail.prepared, Looked: file.looked, Names: l.names,
	})
	if err != nil {
		return err
	}
	defer parser.Close()
	var rec Record
	for {
		err := parser.Next(&rec)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && rec.ParentLine == 0 && rec.ParentNumber == 0 {
			err = f(&rec) // parts of it are records of their own, elsewhere
		}
		if err != nil {
			return err
		}
	}
}

// linked is how a record's links travel with what rejects keep.
func (r *Record) linked() string {
	if r.Number == 0 && r.ParentLine == 0 {
		return ""
	}
	return fmt.Sprintf("%d %d %d", r.Number, r.ParentLine, r.ParentNumber)
}

func unlink(s string) (number, parentLine, parentNumber int64) {
	// What is no number is none: the column is NULL then.
	_, _ = fmt.Sscan(s, &number, &parentLine, &parentNumber)
	return number, parentLine, parentNumber
}
