package record

import (
	"context"
	"errors"
	"io"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// checkEvery is after how many records it is looked whether to stop.
const checkEvery = 1 << 10

// Read reads one input.
func (f *format) Read(ctx context.Context, in connector.Input, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, file, err := f.fileOf(layout, in.Name)
	if err != nil {
		return connector.Counts{}, err
	}
	content, err := connector.OpenContent(ctx, in, file.compression, true)
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := d.read(ctx, content, in, file, layout, sink)
	return counts, errors.Join(err, content.Close())
}

func (d *detail) read(ctx context.Context, content *connector.Content, in connector.Input, f file, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	if err := skipStart(content, in, f); err != nil {
		return connector.Counts{}, err
	}
	ahead := connector.NewReadAhead(f.encoding.Decode(content))
	counts, err := d.pump(ctx, ahead, in, f, layout, sink)
	ahead.Close()
	if err != nil {
		return connector.Counts{}, err
	}
	counts.Records = counts.Written + counts.Rejected
	content.Fill(&counts)
	counts.EndsClean = counts.EndsClean && f.compression == connector.Uncompressed && f.encoding.ByteBased() && counts.Bytes > 0
	return counts, nil
}

// skipStart skips the byte order mark, or what comes before a tail.
func skipStart(content *connector.Content, in connector.Input, f file) error {
	if in.StartOffset > 0 {
		return content.SkipPrefix()
	}
	if _, err := io.CopyN(io.Discard, content, int64(f.bom)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// pump moves every record from the parser to the sink.
func (d *detail) pump(ctx context.Context, text io.Reader, in connector.Input, f file, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	names := NewNames()
	parser, err := d.open(in, f, text, names)
	if err != nil {
		return connector.Counts{}, err
	}
	defer parser.Close()
	l := newLoader(layout, d, f.encoding, names, sink)
	defer l.batch.Close()
	if p, ok := parser.(*lines); ok {
		if err := d.together(ctx, p, in, f, l); err != nil {
			return connector.Counts{}, err
		}
	}
	if err := l.all(ctx, parser); err != nil {
		return connector.Counts{}, err
	}
	if l.widen != nil {
		return connector.Counts{}, l.widen.err(in.Name)
	}
	if err := l.batch.Flush(); err != nil {
		return connector.Counts{}, err
	}
	end := parser.End()
	l.counts.Lines, l.counts.EndsClean = end.Lines, end.Clean
	return l.counts, nil
}

// all loads every record.
func (l *loader) all(ctx context.Context, parser Parser) error {
	var rec Record
	for i := 0; ; i++ {
		if i%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		switch err := parser.Next(&rec); {
		case err == io.EOF: //nolint:errorlint // a wrapped one is a failure to read
			return nil
		case err != nil:
			return err
		}
		if err := l.load(&rec); err != nil {
			return err
		}
	}
}
