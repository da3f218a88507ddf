package accesslog

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Read reads one log.
func (f Format) Read(ctx context.Context, in connector.Input, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, ok := layout.Detail.(*detail)
	if !ok {
		return custom.Read(ctx, in, layout, sink)
	}
	content, err := connector.OpenContent(ctx, in, d.compression, true)
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := d.read(ctx, content, in, layout, sink)
	return counts, errors.Join(err, content.Close())
}

func (d *detail) read(ctx context.Context, content *connector.Content, in connector.Input, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	if err := content.SkipPrefix(); err != nil {
		return connector.Counts{}, err
	}
	ahead := connector.NewReadAhead(d.encoding.Decode(content))
	r := d.newReader(layout, sink)
	r.window, r.line = connector.NewWindow(ahead), max(1, in.StartLine)
	err := r.run(ctx)
	ahead.Close()
	r.window.Close()
	r.batch.Close()
	if err != nil {
		return connector.Counts{}, err
	}
	counts := r.counts
	counts.Records = counts.Written + counts.Rejected
	counts.Lines = r.line - 1
	content.Fill(&counts)
	counts.EndsClean = content.Compression() == connector.Uncompressed && d.encoding.ByteBased() && !r.cutAtEnd && counts.Bytes > 0
	return counts, nil
}

// reader reads the lines of one log.
type reader struct {
	*detail
	window *connector.Window
	batch  *connector.Batch
	// vectors are those of columns, others what the table has more.
	vectors []*connector.Vector
	others  []*connector.Vector
	sink    connector.Sink
	scanner scanner
	scanned line
	scratch []byte
	counts  connector.Counts
	// line is the number of the next line.
	line     int64
	cutAtEnd bool
}

// newReader returns a reader without a window.
func (d *detail) newReader(layout *connector.Layout, sink connector.Sink) *reader {
	r := &reader{detail: d, batch: connector.NewBatch(layout, sink), sink: sink}
	for _, position := range d.position {
		r.vectors = append(r.vectors, r.batch.Vector(position))
	}
	for i := range layout.Columns {
		if !slices.Contains(d.position, i) {
			r.others = append(r.others, r.batch.Vector(i))
		}
	}
	return r
}

// run reads to the end.
func (r *reader) run(ctx context.Context) error {
	for last := false; !last; {
		if err := ctx.Err(); err != nil {
			return err
		}
		grown, err := r.window.More()
		if err != nil {
			return err
		}
		if last = !grown; last {
			r.cutAtEnd = r.window.Terminate('\n') || r.cutAtEnd
		}
		if err := r.view(); err != nil {
			return err
		}
	}
	return r.batch.Flush()
}

// view reads the whole lines that the window shows.
func (r *reader) view() error {
	for {
		text := r.window.Bytes()
		end := bytes.LastIndexByte(text, '\n') + 1
		if end > 0 {
			if err := r.lines(text[:len(text)+connector.Padding], end); err != nil {
				return err
			}
			r.window.Advance(end)
		}
		if len(text)-end <= r.maxRecord {
			return nil
		}
		long, err := r.window.SkipLongLine('\n')
		if err != nil {
			return err
		}
		r.cutAtEnd = !long.Ended
		violation := connector.SizeViolation(long.Size, r.maxRecord)
		if err := r.reject(long.Head, []connector.Violation{violation}); err != nil {
			return err
		}
		r.line++
	}
}

// lines reads the lines of text[:end].
func (r *reader) lines(text []byte, end int) error {
	plain := connector.IsPlain(text, 0, end)
	for p := 0; p < end; r.line++ {
		next := p + bytes.IndexByte(text[p:end], '\n') + 1
		hi := next - 1
		if hi > p && text[hi-1] == '\r' {
			hi--
		}
		var err error
		switch {
		case hi == p: // blank
		case hi-p > r.maxRecord:
			err = r.reject(text[p:min(hi, p+connector.KeptOfLong)], []connector.Violation{connector.SizeViolation(hi-p, r.maxRecord)})
		default:
			err = r.record(text, p, hi, plain)
		}
		if err != nil {
			return err
		}
		p = next
	}
	return nil
}

// record reads the line text[p:hi].
func (r *reader) record(text []byte, p, hi int, plain bool) error {
	var violations []connector.Violation
	if !plain && !connector.IsText(text, p, hi) {
		violations = connector.TextViolations(text[p:hi], r.encoding)
	}
	if d := r.scanner.scan(text, p, hi, &r.scanned); d != nil {
		violations = append(violations, d.violation(p))
	}
	if len(violations) > 0 {
		return r.reject(text[p:hi], violations)
	}
	r.batch.Reserve(1)
	r.write(text)
	r.counts.Written++
	return r.batch.Add(1)
}

func (r *reader) reject(text []byte, violations []connector.Violation) error {
	r.counts.Rejected++
	return r.sink.Reject(connector.Reject{Line: r.line, Raw: r.encoding.Raw(text), Violations: violations})
}
