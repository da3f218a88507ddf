package export

import (
	"io"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// A group of rows is held until it is written: it is small enough for many
// clients at once, and large enough for readers to skip.
const (
	groupRows  = 1 << 17
	groupBytes = 16 << 20
)

func writeParquet(w io.Writer, rows array.RecordReader) error {
	out, err := pqarrow.NewFileWriter(rows.Schema(), w,
		parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.DefaultWriterProps())
	if err != nil {
		return unsupported(Parquet, err)
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
