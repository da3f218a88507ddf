package textlog

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Read reads one log. Where templates are wanted it is read twice: they are
// known when all of it was seen.
func (f Format) Read(ctx context.Context, in connector.Input, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, ok := layout.Detail.(*detail)
	if !ok || d.spec.Name != f.spec.Name {
		return connector.Counts{}, fmt.Errorf("read %s: the layout is another format's", in.Name)
	}
	var learnt *learnt
	if d.templates != nil {
		learnt = d.templates.start()
		if _, err := d.pass(ctx, in, layout, unread{}, learnt.learn); err != nil {
			return connector.Counts{}, err
		}
	}
	return d.pass(ctx, in, layout, sink, learnt.write)
}

// pass reads a log from start to end; each is called for each row before it is
// added.
func (d *detail) pass(ctx context.Context, in connector.Input, layout *connector.Layout, sink connector.Sink, each func(*Row, int)) (connector.Counts, error) {
	content, err := connector.OpenContent(ctx, in, d.compression, true)
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := d.read(ctx, content, in, layout, sink, each)
	return counts, errors.Join(err, content.Close())
}

func (d *detail) read(ctx context.Context, content *connector.Content, in connector.Input, layout *connector.Layout, sink connector.Sink, each func(*Row, int)) (connector.Counts, error) {
	if err := content.SkipPrefix(); err != nil {
		return connector.Counts{}, err
	}
	ahead := connector.NewReadAhead(d.encoding.Decode(content))
	parser := d.plan.Parser(in)
	limits := Limits{Bytes: d.maxRecord}
	var begins func([]byte) bool
	if d.spec.Joins {
		limits.Lines, begins = d.maxLines, parser.Begins
	}
	batch := connector.NewBatch(layout, sink)
	own := len(d.plan.Columns)
	p := &pass{
		detail: d, in: in, parser: parser, sink: sink, each: each, own: own,
		reader: NewReader(ahead, max(1, in.StartLine), limits, begins),
		row:    newRow(batch, layout, d.position, d.message()),
	}
	p.reader.counted = d.spec.Counts && d.encoding == connector.UTF8
	err := p.run(ctx)
	if err == nil {
		err = batch.Flush()
	}
	ahead.Close()
	p.reader.Close()
	batch.Close()
	if err != nil {
		return connector.Counts{}, err
	}
	p.counts.Records = p.counts.Written + p.counts.Rejected
	p.counts.Lines = p.reader.Lines()
	content.Fill(&p.counts)
	p.counts.EndsClean = content.Compression() == connector.Uncompressed && d.encoding.ByteBased() &&
		p.reader.EndsClean() && p.counts.Bytes > 0 && !d.plan.Whole && d.templates == nil
	return p.counts, nil
}

// pass is one reading of one input.
type pass struct {
	*detail
	in     connector.Input
	parser Parser
	reader *Reader
	row    *Row
	sink   connector.Sink
	// each is called with own, the number of the plan's columns.
	each   func(*Row, int)
	own    int
	counts connector.Counts
}

// run reads to the end.
func (p *pass) run(ctx context.Context) error {
	if err := p.skipMark(); err != nil {
		return err
	}
	var rec Record
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := p.reader.Next(&rec)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if n == 0 && rec.Orphan && p.in.StartOffset > 0 {
			return connector.ErrContinued
		}
		if err := p.record(&rec); err != nil {
			return err
		}
	}
}

// skipMark moves behind a byte order mark.
func (p *pass) skipMark() error {
	if p.in.StartOffset > 0 {
		return nil
	}
	text, err := p.reader.view(3)
	if err == nil {
		p.reader.used = connector.UTF8.BOM(text)
	}
	return err
}

func (p *pass) record(rec *Record) error {
	violations := rec.Violations
	padded := rec.Text[:len(rec.Text):cap(rec.Text)]
	if len(violations) == 0 && !isText(padded) {
		violations = connector.TextViolations(rec.Text, p.encoding)
	}
	if len(violations) == 0 {
		p.row.begin()
		departure := p.parser.Parse(rec, p.row)
		if departure == nil {
			p.each(p.row, p.own)
			p.counts.Written++
			return p.row.end(rec.Line)
		}
		p.row.forget()
		violations = append(violations, departure.Violation())
	}
	p.counts.Rejected++
	return p.sink.Reject(connector.Reject{Line: rec.Line, Raw: p.encoding.Raw(rec.Text), Violations: violations})
}

// isText reports whether a record that stands in a window is text.
func isText(text []byte) bool {
	return connector.IsText(text[:min(len(text)+8, cap(text))], 0, len(text))
}
