package parquetfile

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/arrowvalue"
)

const (
	// largestPage bounds what one page may ask for, decompressed.
	largestPage = 256 << 20
	// batchBytes is about how much is decoded at once.
	batchBytes = 16 << 20
	mostRows   = 8 << 10
	// smallest is the size of a file with nothing between its magic words.
	smallest = 12
)

// input is an open Parquet file.
type input struct {
	in     connector.Input
	stored *watched
	// counts has the checksum.
	reader *file.Reader
	arrow  *pqarrow.FileReader
}

// watched keeps the first failure to read, which is not the file's fault.
type watched struct {
	connector.ReaderAtCloser
	err error
}

func (w *watched) ReadAt(p []byte, at int64) (int, error) {
	n, err := w.ReaderAtCloser.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) && w.err == nil {
		w.err = err
	}
	return n, err
}

// open opens a file and reads its footer.
func open(ctx context.Context, in connector.Input) (*input, error) {
	stored, err := connector.OpenRandom(ctx, in)
	if err != nil {
		return nil, err
	}
	f := &input{in: in, stored: &watched{ReaderAtCloser: stored}}
	if err := f.readFooter(); err != nil {
		return nil, f.close(err)
	}
	return f, nil
}

// close closes the file and returns err with what closing met.
func (f *input) close(err error) error { return errors.Join(err, f.stored.Close()) }

func (f *input) readFooter() (err error) {
	if f.stored.Size() < smallest {
		return f.problem("truncated", fmt.Sprintf("the file has %d bytes, which no Parquet file is as short as", f.stored.Size()))
	}
	defer f.recover(&err)
	properties := parquet.NewReaderProperties(memory.DefaultAllocator)
	properties.BufferedStreamEnabled = true
	properties.PageStreamingEnabled = true
	properties.MaxCompressedPageSize, properties.MaxUncompressedPageSize = largestPage, largestPage
	whole := io.NewSectionReader(f.stored, 0, f.stored.Size())
	if f.reader, err = file.NewParquetReader(whole, file.WithReadProps(properties)); err != nil {
		return f.explain(f.withoutFooter(err))
	}
	if err := f.checkFooter(f.reader.MetaData()); err != nil {
		return err
	}
	// What an Arrow program noted of its own types beside Parquet's is left out:
	// the library does not read all of them, and they have the same values.
	f.reader.MetaData().FileMetaData.KeyValueMetadata = nil
	f.arrow, err = pqarrow.NewFileReader(f.reader, pqarrow.ArrowReadProperties{BatchSize: f.batchRows()}, memory.DefaultAllocator)
	return f.explain(err)
}

// withoutFooter says why there is no footer.
func (f *input) withoutFooter(err error) error {
	var head, tail [4]byte
	_, headErr := f.stored.ReadAt(head[:], 0)
	_, tailErr := f.stored.ReadAt(tail[:], f.stored.Size()-int64(len(tail)))
	switch {
	case headErr != nil || tailErr != nil || string(tail[:]) == "PAR1":
		return err
	case string(tail[:]) == "PARE":
		return f.problem("encrypted", "the file is encrypted")
	case string(head[:]) == "PAR1":
		return f.problem("truncated", "the file starts as Parquet does but has no footer at its end: it was cut off, or is still being written")
	default:
		return f.problem("not-parquet", "the file is no Parquet: it neither starts nor ends as such")
	}
}

// checkFooter refuses footers whose numbers contradict each other or the file.
func (f *input) checkFooter(m *metadata.FileMetaData) error {
	var rows int64
	for i := range m.NumRowGroups() {
		group := m.RowGroup(i)
		if group.NumRows() < 0 || group.NumRows() > m.NumRows-rows {
			return f.problem("damaged", fmt.Sprintf("the footer says %d rows, but row group %d has more", m.NumRows, i+1))
		}
		rows += group.NumRows()
	}
	if rows != m.NumRows {
		return f.problem("damaged", fmt.Sprintf("the footer says %d rows, but its row groups have %d", m.NumRows, rows))
	}
	return nil
}

// batchRows is how many rows are decoded at once, from how large they are on
// average in the row group with the largest.
func (f *input) batchRows() int64 {
	m, rows := f.reader.MetaData(), int64(mostRows)
	for i := range m.NumRowGroups() {
		group := m.RowGroup(i)
		if n := group.NumRows(); n > 0 {
			rows = min(rows, batchBytes/max(1, group.TotalByteSize()/n))
		}
	}
	return max(rows, 1)
}

// fields are the columns of the file.
func (f *input) fields() (fields []connector.Field, err error) {
	defer f.recover(&err)
	schema, err := f.arrow.Schema()
	if err != nil {
		return nil, f.explain(err)
	}
	var problems diag.Problems
	for _, column := range schema.Fields() {
		t, err := arrowvalue.TypeOf(column.Type)
		if err != nil {
			problems.Errorf("unfit-type", diag.Place{File: f.in.Name}, "column %q: %v", column.Name, err).
				Hint = "write the file without this column, or with another type"
		}
		fields = append(fields, connector.Field{Name: column.Name, Type: t})
	}
	return fields, problems.Err()
}

// recover makes an error of a panic of the library, which some damaged files
// lead to.
func (f *input) recover(err *error) {
	if p := recover(); p != nil {
		*err = f.explain(fmt.Errorf("%v", p))
	}
}

// explain tells damage of the file apart from failures to read it.
func (f *input) explain(err error) error {
	var problem *diag.Problem
	switch {
	case err == nil:
		return nil
	case f.stored.err != nil:
		return fmt.Errorf("read %s: %w", f.in.Name, f.stored.err)
	case errors.As(err, &problem), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, arrow.ErrNotImplemented):
		return f.problem("unfit-file", "the file needs what is not there yet: "+err.Error())
	default:
		return f.problem("damaged", "the file is damaged: "+err.Error())
	}
}

func (f *input) problem(code, message string) *diag.Problem {
	return diag.New(code, diag.Place{File: f.in.Name}, "%s", message).
		WithHint("nothing of it was loaded; fetch or write the whole file again")
}
