package parquetfile

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/arrowvalue"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// Read reads one file. A row's line is its number.
func (f Format) Read(ctx context.Context, in connector.Input, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	d, ok := layout.Detail.(*detail)
	if !ok {
		return connector.Counts{}, fmt.Errorf("read %s: the layout is another format's", in.Name)
	}
	file, err := open(ctx, in)
	if err != nil {
		return connector.Counts{}, err
	}
	counts, err := d.read(ctx, file, layout, sink)
	return counts, file.close(err)
}

func (d *detail) read(ctx context.Context, f *input, layout *connector.Layout, sink connector.Sink) (connector.Counts, error) {
	var sums connector.Counts
	if err := connector.Checksum(ctx, f.in, f.stored, &sums); err != nil {
		return sums, err
	}
	fields, err := f.fields()
	if err != nil {
		return sums, err
	}
	loader := typed.NewLoader(layout, fields, sink)
	defer loader.Close()
	rows, err := d.rows(ctx, f, loader)
	if err != nil {
		return sums, err
	}
	counts, err := loader.Finish()
	counts.Lines, counts.Bytes, counts.SHA256, counts.PrefixSHA256 = rows, sums.Bytes, sums.SHA256, sums.PrefixSHA256
	return counts, err
}

// rows reads all rows and returns how many there are.
func (d *detail) rows(ctx context.Context, f *input, loader *typed.Loader) (rows int64, err error) {
	batches, err := f.batches(ctx)
	if err != nil {
		return 0, err
	}
	defer batches.release()
	for {
		if err := ctx.Err(); err != nil {
			return rows, err
		}
		batch, err := batches.next()
		if err != nil || batch == nil {
			return rows, errors.Join(err, f.checkRows(rows, err))
		}
		columns := make([]typed.Column, batch.NumCols())
		for i := range columns {
			columns[i] = arrowvalue.NewColumn(batch.Column(i), d.truncate)
		}
		if err := loader.Rows(rows+1, int(batch.NumRows()), columns); err != nil {
			return rows, err
		}
		rows += batch.NumRows()
	}
}

func (f *input) checkRows(rows int64, err error) error {
	if want := f.reader.MetaData().NumRows; err == nil && rows != want {
		return f.problem("damaged", fmt.Sprintf("the footer says %d rows, but there are %d", want, rows))
	}
	return nil
}

// batches are the rows of a file, decoded some at a time.
type batches struct {
	f      *input
	reader interface {
		Read() (arrow.RecordBatch, error)
		Release()
	}
}

func (f *input) batches(ctx context.Context) (b *batches, err error) {
	defer f.recover(&err)
	reader, err := f.arrow.GetRecordReader(ctx, nil, nil)
	if err != nil {
		return nil, f.explain(err)
	}
	return &batches{f: f, reader: reader}, nil
}

// next returns the next batch, which is valid until the next call; nil is the
// end.
func (b *batches) next() (batch arrow.RecordBatch, err error) {
	defer b.f.recover(&err)
	batch, err = b.reader.Read()
	if err == io.EOF { //nolint:errorlint // one that is wrapped is damage, not the end //nolint:errorlint // a wrapped one is a failure to read
		return nil, nil
	}
	return batch, b.f.explain(err)
}

func (b *batches) release() { b.reader.Release() }
