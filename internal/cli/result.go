package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/export"
)

// result writes a result to stdout and releases it.
func (c *command) result(rows array.RecordReader, output string) error {
	defer rows.Release()
	w := bufio.NewWriterSize(c.program.Out, 1<<16)
	var err error
	switch output {
	case "table":
		var n int64
		n, err = c.table(w, rows)
		if err == nil && !c.flags.quiet {
			defer func() { fmt.Fprintf(c.program.Err, "%s %s\n", number(n), plural(n, "row", "rows")) }()
		}
	case "csv", "json", "ndjson":
		err = export.Write(w, rows, export.Format(output))
	case "parquet":
		if terminal(c.program.Out) {
			return diag.New("bad-flag", diag.Place{}, "Parquet is not for a terminal").WithHint("send it to a file: --output parquet > result.parquet")
		}
		err = export.Write(w, rows, export.Parquet)
	default:
		return diag.New("bad-flag", diag.Place{}, "--output %s is not known", output).WithHint("write table, csv, json, ndjson or parquet")
	}
	return errors.Join(err, w.Flush())
}

// each calls f for every row.
func each(rows array.RecordReader, f func(b arrow.RecordBatch, i int) error) error {
	for rows.Next() {
		b := rows.RecordBatch()
		for i := range int(b.NumRows()) {
			if err := f(b, i); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}

// widthRows is how many rows decide how wide a table's columns are; a result
// streams through, however long it is.
const widthRows = 500

func (c *command) table(w io.Writer, rows array.RecordReader) (int64, error) {
	t := newGrid(c.outStyle())
	for _, f := range rows.Schema().Fields() {
		t.column(f.Name, cell.Numeric(f.Type))
	}
	n := int64(0)
	err := each(rows, func(b arrow.RecordBatch, i int) error {
		cells := make([]string, b.NumCols())
		for k := range cells {
			cells[k] = cell.Text(b.Column(k), i)
			if b.Column(k).IsNull(i) {
				cells[k] = "NULL"
			}
		}
		n++
		t.row(cells...)
		if n >= widthRows {
			t.flush(w)
		}
		return nil
	})
	t.flush(w)
	return n, err
}
