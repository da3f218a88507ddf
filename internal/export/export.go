// Package export is for results as files: what rows look like as CSV, JSON,
// NDJSON, Parquet and Arrow, for files and for clients.
//
// It promises that rows stream: that neither a result's length nor a slow
// reader makes it hold more than a batch, or in Parquet a group of rows; and
// that what is written is whole unless an error says otherwise. It leaves to
// others what single values look like (cell), and where the bytes go.
package export

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"github.com/tarn-lake/tarn/internal/cell"
)

// Format is what rows are written as.
type Format string

// The formats.
const (
	// CSV has a line with the names of columns first.
	CSV Format = "csv"
	// JSON is an array of objects, and NDJSON has an object in each line.
	JSON   Format = "json"
	NDJSON Format = "ndjson"
	// Parquet is a file of Parquet, and Arrow a stream of Arrow's IPC format.
	Parquet Format = "parquet"
	Arrow   Format = "arrow"
)

// Formats are all that there are.
var Formats = []Format{CSV, JSON, NDJSON, Parquet, Arrow}

// MediaType is what HTTP calls a format.
func (f Format) MediaType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8; header=present"
	case JSON:
		return "application/json"
	case NDJSON:
		return "application/x-ndjson"
	case Parquet:
		return "application/vnd.apache.parquet"
	case Arrow:
		return "application/vnd.apache.arrow.stream"
	}
	return ""
}

// Write writes all rows. It does not release them.
func Write(w io.Writer, rows array.RecordReader, f Format) error {
	switch f {
	case CSV:
		return writeCSV(w, rows)
	case JSON:
		return writeArray(w, rows)
	case NDJSON:
		return writeLines(w, rows)
	case Parquet:
		return writeParquet(w, rows)
	case Arrow:
		return writeArrow(w, rows)
	}
	return fmt.Errorf("there is no format %q", f)
}

// each calls do for every row.
func each(rows array.RecordReader, do func(b arrow.RecordBatch, i int) error) error {
	for rows.Next() {
		b := rows.RecordBatch()
		for i := range int(b.NumRows()) {
			if err := do(b, i); err != nil {
				return err
			}
		}
	}
	return rows.Err()
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

// names are those of the columns, each once: an object has one value for each
// of its names.
func names(s *arrow.Schema) []string {
	list := make([]string, s.NumFields())
	for i, f := range s.Fields() {
		list[i] = f.Name
		for n := 1; slices.Contains(list[:i], list[i]); n++ {
			list[i] = fmt.Sprintf("%s_%d", f.Name, n)
		}
	}
	return list
}

// objects returns how a row becomes an object.
func objects(s *arrow.Schema) func(b arrow.RecordBatch, i int) ([]byte, error) {
	keys := names(s)
	return func(b arrow.RecordBatch, i int) ([]byte, error) {
		o := make(cell.Object, len(keys))
		for k, name := range keys {
			o[k] = cell.Member{Name: name, Value: cell.Value(b.Column(k), i)}
		}
		return json.Marshal(o)
	}
}

func writeLines(w io.Writer, rows array.RecordReader) error {
	object := objects(rows.Schema())
	return each(rows, func(b arrow.RecordBatch, i int) error {
		line, err := object(b, i)
		if err != nil {
			return err
		}
		_, err = w.Write(append(line, '\n'))
		return err
	})
}

func writeArray(w io.Writer, rows array.RecordReader) error {
	object, separator := objects(rows.Schema()), "[\n "
	err := each(rows, func(b arrow.RecordBatch, i int) error {
		text, err := object(b, i)
		if err != nil {
			return err
		}
		_, err = w.Write(append([]byte(separator), text...))
		separator = ",\n "
		return err
	})
	end := "\n]\n"
	if separator == "[\n " {
		end = "[\n]\n"
	}
	if err == nil {
		_, err = io.WriteString(w, end)
	}
	return err
}

func writeArrow(w io.Writer, rows array.RecordReader) error {
	out := ipc.NewWriter(w, ipc.WithSchema(rows.Schema()))
	for rows.Next() {
		if err := out.Write(rows.RecordBatch()); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err // without its end, so that nobody takes it for whole
	}
	return out.Close()
}
