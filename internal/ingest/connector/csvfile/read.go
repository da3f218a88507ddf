package csvfile

import (
	"context"
	"errors"
	"io"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Read reads one input.
func (f Format) Read(ctx context.Context, in connector.Input, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, file, err := fileOf(layout, in.Name)
	if err != nil {
		return connector.Counts{}, err
	}
	content, err := connector.OpenContent(ctx, in, file.dialect.compression, true)
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := d.read(ctx, content, in, file, layout, sink)
	return counts, errors.Join(err, content.Close())
}

func (d *detail) read(ctx context.Context, content *connector.Content, in connector.Input, file *fileLayout, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	if err := skipStart(content, in, file.dialect); err != nil {
		return connector.Counts{}, err
	}
	ahead := connector.NewReadAhead(file.dialect.encoding.Decode(content))
	r := newRecords(ahead, file.dialect, &d.settings, len(file.fields))
	l := newLoader(layout, file, &d.settings, sink)
	err := d.pump(ctx, r, l, in)
	ahead.Close()
	r.close()
	l.batch.Close()
	if err != nil {
		return connector.Counts{}, err
	}
	counts := l.counts
	counts.Records = counts.Written + counts.Rejected
	counts.Lines = r.line - 1
	content.Fill(&counts)
	counts.EndsClean = file.dialect.compression == connector.Uncompressed && file.dialect.encoding.ByteBased() &&
		!r.cutAtEnd && !r.openAtEnd && counts.Bytes > 0
	return counts, nil
}

// skipStart skips the byte order mark, or what comes before a tail.
func skipStart(content *connector.Content, in connector.Input, d dialect) error {
	if in.StartOffset > 0 {
		return content.SkipPrefix()
	}
	if _, err := io.CopyN(io.Discard, content, int64(d.bom)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// pump moves everything from r to l.
func (d *detail) pump(ctx context.Context, r *records, l *loader, in connector.Input) error {
	err := d.start(r, in)
	for err == nil {
		if err = ctx.Err(); err != nil {
			return err
		}
		var c *chunk
		if c, err = r.next(l.batch.Left()); err == nil {
			err = l.load(c, &d.settings)
		}
	}
	switch {
	case !errors.Is(err, errEnd):
		return err
	case l.widen != nil:
		return l.widen.err(in.Name)
	}
	return l.batch.Flush()
}

// start moves behind the skipped lines and the header, which the tail of a
// grown file does not have.
func (d *detail) start(r *records, in connector.Input) error {
	if in.StartOffset > 0 {
		r.line = in.StartLine
		return nil
	}
	if err := r.skipLines(d.settings.skip); err != nil || !r.dialect.header {
		return err
	}
	line, ok, err := r.takeFirst()
	if err == nil && !ok {
		return diag.New("bad-header", diag.Place{File: in.Name, Line: int(line)}, "the header cannot be read: its quotes are broken, or it is longer than a record may be")
	}
	return err
}
