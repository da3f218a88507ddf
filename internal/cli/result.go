package cli

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/diag"
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
	case "csv":
		err = writeCSV(w, rows)
	case "json":
		err = writeJSON(w, rows, true)
	case "ndjson":
		err = writeJSON(w, rows, false)
	case "parquet":
		if terminal(c.program.Out) {
			return diag.New("bad-flag", diag.Place{}, "Parquet is not for a terminal").WithHint("send it to a file: --output parquet > result.parquet")
		}
		err = writeParquet(w, rows)
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

func writeCSV(w io.Writer, rows array.RecordReader) error {
	out := csv.NewWriter(w)
	record := make([]string, rows.Schema().NumFields())
	for i, f := range rows.Schema().Fields() {
		record[i] = f.Name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	err := each(rows, func(b arrow.RecordBatch, i int) error {
		for k := range record {
			record[k] = cell.Text(b.Column(k), i)
		}
		return out.Write(record)
	})
	out.Flush()
	return errors.Join(err, out.Error())
}

// writeJSON writes one object per row: as an array, or a line each.
func writeJSON(w io.Writer, rows array.RecordReader, list bool) error {
	fields := rows.Schema().Fields()
	separator, end := "", "\n"
	if list {
		separator, end = "[\n ", ""
	}
	err := each(rows, func(b arrow.RecordBatch, i int) error {
		o := make(cell.Object, len(fields))
		for k, f := range fields {
			o[k] = cell.Member{Name: f.Name, Value: cell.Value(b.Column(k), i)}
		}
		line, err := json.Marshal(o)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s%s%s", separator, line, end)
		if list {
			separator = ",\n "
		}
		return err
	})
	if list {
		if separator == "[\n " {
			fmt.Fprint(w, "[")
		}
		fmt.Fprint(w, "\n]\n")
	}
	return err
}

func writeParquet(w io.Writer, rows array.RecordReader) error {
	out, err := pqarrow.NewFileWriter(rows.Schema(), w,
		parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.DefaultWriterProps())
	if err != nil {
		return diag.New("unsupported-type", diag.Place{}, "Parquet has no place for a column of the result: %v", err).WithCause(err).
			WithHint("cast it, as in span::varchar, or choose another --output")
	}
	for rows.Next() {
		if err := out.WriteBuffered(rows.RecordBatch()); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return errors.Join(rows.Err(), out.Close())
}
