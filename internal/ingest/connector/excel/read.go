package excel

import (
	"context"
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// Read reads one workbook.
func (f Format) Read(ctx context.Context, in connector.Input, layout *connector.Layout, sink connector.Sink) (counts connector.Counts, err error) {
	d, ok := layout.Detail.(*detail)
	if !ok {
		return counts, fmt.Errorf("read %s: the layout is another format's", in.Name)
	}
	fields, ok := d.columns[in.Name]
	if !ok {
		return counts, fmt.Errorf("read %s: the layout was not made of it", in.Name)
	}
	b, err := openBook(ctx, in, d.settings)
	if err != nil {
		return counts, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	var sums connector.Counts
	if err := connector.Checksum(ctx, in, b.stored, &sums); err != nil {
		return counts, err
	}
	if counts, err = b.load(ctx, fields, layout, sink); err != nil {
		return connector.Counts{}, err
	}
	counts.Bytes, counts.SHA256, counts.PrefixSHA256 = sums.Bytes, sums.SHA256, sums.PrefixSHA256
	return counts, nil
}

// load loads the rows below the header.
func (b *book) load(ctx context.Context, fields []field, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	var own []connector.Field
	place := map[int]int{}
	for i, f := range fields {
		own = append(own, f.Field)
		place[f.number] = i
	}
	loader := typed.NewLoader(layout, own, sink)
	defer loader.Close()
	values := make([]typed.Value, len(fields))
	last := 0
	err := b.rows(ctx, func(r *row) error {
		last = r.number
		if r.header {
			return nil
		}
		clear(values)
		for _, c := range r.cells {
			i, ok := place[c.column]
			if !ok {
				return b.problem("changed-while-read", "row %d has a cell in column %d, which was empty before", r.number, c.column+1)
			}
			values[i] = c.value
		}
		return loader.Row(int64(r.number), values)
	})
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := loader.Finish()
	counts.Lines = int64(last)
	return counts, err
}
