package export

import (
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/tarn-lake/tarn/internal/diag"
)

// A group of rows is held until it is written: it is small enough for many
// clients at once, and large enough for readers to skip.
const (
	groupRows  = 1 << 17
	groupBytes = 16 << 20
)

// Takes reports what a format has no place for, before anything is written.
func (f Format) Takes(s *arrow.Schema) error {
	if f != Parquet {
		return nil
	}
	if _, err := pqarrow.ToParquet(s, nil, pqarrow.DefaultWriterProps()); err != nil {
		return diag.New("unsupported-type", diag.Place{}, "%s has no place for a column of the result: %v", f, err).WithCause(err).
			WithHint("cast it, as in span::varchar, or choose another format")
	}
	return nil
}

func writeParquet(w io.Writer, rows array.RecordReader) error {
	if err := Parquet.Takes(rows.Schema()); err != nil {
		return err
	}
	out, err := pqarrow.NewFileWriter(rows.Schema(), w,
		parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.DefaultWriterProps())
	if err != nil {
		return err
	}
	held := int64(0)
	for rows.Next() {
		if held >= groupRows || out.RowGroupTotalBytesWritten() >= groupBytes {
			out.NewBufferedRowGroup()
			held = 0
		}
		b := rows.RecordBatch()
		if err := out.WriteBuffered(b); err != nil {
			return err
		}
		held += b.NumRows()
	}
	if err := rows.Err(); err != nil {
		return err // without its end, so that nobody takes it for whole
	}
	return out.Close()
}
