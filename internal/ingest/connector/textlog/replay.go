package textlog

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

var _ connector.Replayer = Format{}

// kept is what reading records of an input again takes: when it was written,
// and the lines at its start that the plan was made from, compressed.
type kept struct {
	Modified time.Time `json:"modified,omitzero"`
	Head     []byte    `json:"head,omitempty"`
}

// Context returns what the plan was made from. Where a record's meaning depends
// on those before it there is none.
func (f Format) Context(layout *connector.Layout, input string) ([]byte, error) {
	d, ok := layout.Detail.(*detail)
	if !ok || d.spec.Name != f.spec.Name {
		return nil, fmt.Errorf("read %s: the layout is another format's", input)
	}
	if d.plan.Whole || d.templates != nil {
		return nil, connector.ErrNoContext
	}
	k := kept{Modified: d.modified[input]}
	if head := d.heads[input]; len(head) > 0 {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(head); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		k.Head = b.Bytes()
	}
	return json.Marshal(k)
}

// InferRecords makes the plan that was made from the inputs.
func (f Format) InferRecords(ctx context.Context, inputs []connector.Replayed, req connector.Request) (*connector.Layout, error) {
	heads := map[string][]byte{}
	files := make([]connector.Input, len(inputs))
	for i, in := range inputs {
		var k kept
		head, err := k.read(in.Context)
		if err != nil {
			return nil, fmt.Errorf("what is known of %s: %w", in.Name, err)
		}
		heads[in.Name] = head
		files[i] = connector.Input{Name: in.Name, Modified: k.Modified, Open: func(context.Context) (io.ReadCloser, error) {
			return nil, errors.New("the file itself is not read again")
		}}
	}
	return f.infer(ctx, files, heads, req)
}

// read fills k and returns the head.
func (k *kept) read(context []byte) ([]byte, error) {
	if err := json.Unmarshal(context, k); err != nil || len(k.Head) == 0 {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(k.Head))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// ReadRecords reads records, each by itself.
func (f Format) ReadRecords(ctx context.Context, in connector.Replayed, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, ok := layout.Detail.(*detail)
	if !ok || d.spec.Name != f.spec.Name {
		return connector.Counts{}, fmt.Errorf("read %s: the layout is another format's", in.Name)
	}
	input := connector.Input{Name: in.Name, Modified: d.modified[in.Name]}
	batch := connector.NewBatch(layout, sink)
	defer batch.Close()
	p := &pass{
		detail: d, in: input, parser: d.plan.Parser(input), sink: sink, each: (*learnt)(nil).write, own: len(d.plan.Columns),
		row: newRow(batch, layout, d.position, d.message()),
	}
	for record, err := range in.Records {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = p.again(record)
		}
		if err != nil {
			return connector.Counts{}, err
		}
	}
	err := batch.Flush()
	p.counts.Records = p.counts.Written + p.counts.Rejected
	return p.counts, err
}

// message is the plan's column that templates are found in, or -1.
func (d *detail) message() int {
	return slices.IndexFunc(d.plan.Columns, func(c connector.Column) bool { return ident.Fold(c.Name) == ident.Fold(d.spec.Message) })
}

// again reads one record.
func (p *pass) again(raw connector.RawRecord) error {
	text, err := io.ReadAll(p.encoding.Decode(bytes.NewReader(raw.Raw)))
	if err != nil {
		return err
	}
	text = bytes.TrimRight(text, "\r\n")
	if len(text) == 0 {
		return nil
	}
	lines := bytes.Split(text, []byte("\n"))
	rec := Record{Line: raw.Number, Lines: int64(len(lines))}
	if slices.ContainsFunc(lines[1:], p.another) {
		p.counts.Rejected++
		return connector.RejectSeveral(p.sink, raw)
	}
	rec.Orphan = p.spec.Joins && !p.another(lines[0])
	switch {
	case len(text) > p.maxRecord:
		rec.Violations = []connector.Violation{connector.SizeViolation(len(text), p.maxRecord)}
	case rec.Orphan:
		rec.Violations = []connector.Violation{noBegin}
	case p.spec.Joins && len(lines) > p.maxLines:
		rec.Violations = []connector.Violation{{Rule: connector.RuleSize, Reason: fmt.Sprintf("the record has %d lines, %d (max_lines) are allowed", len(lines), p.maxLines)}}
	}
	rec.Text = append(text, make([]byte, connector.Padding)...)[:len(text)]
	return p.record(&rec)
}

// another reports whether a line below the first of a record is another one. A
// count frames lines of any kind, but those that begin as a message does.
func (p *pass) another(line []byte) bool {
	switch {
	case p.spec.Joins:
		return p.parser.Begins(bytes.TrimSuffix(line, []byte("\r")))
	case p.spec.Counts:
		return bytes.HasPrefix(line, []byte("<"))
	default:
		return true
	}
}
