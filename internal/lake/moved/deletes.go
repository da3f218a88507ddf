package moved

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

const (
	// positionDeletes is the content of files that name rows of data files.
	positionDeletes = 1
	// pathID is the field of the data file's location in such a file.
	pathID     = 2147483546
	pathColumn = "file_path"
	// batchRows is how many rows are moved at a time.
	batchRows = 64 << 10
)

// deletes moves a file of position deletes, and what a manifest says of it.
func (m *Mover) deletes(ctx context.Context, entry map[string]any) error {
	location, _ := entry["file_path"].(string)
	format, _ := entry["file_format"].(string)
	if strings.EqualFold(format, "puffin") { // what it is about is told by the manifest
		m.replace(entry, "file_path")
		return nil
	}
	next, err := m.file(ctx, location, true, func(name string) ([]byte, error) {
		data, err := m.read(ctx, name)
		if err != nil {
			return nil, err
		}
		switch strings.ToLower(format) {
		case "parquet":
			return m.parquet(ctx, data)
		case "avro":
			return records(data, func(r map[string]any) error { m.replace(r, pathColumn); return nil })
		default:
			return nil, &unreadable{fmt.Errorf("delete files of the format %s cannot be moved", format)}
		}
	})
	if err != nil || next == location {
		return err
	}
	entry["file_path"] = next
	if name, ok := m.store.Name(next); ok {
		if info, err := m.store.Stat(ctx, name); err == nil {
			entry["file_size_in_bytes"] = info.Size
		}
	}
	m.bounds(entry)
	for _, field := range []string{"split_offsets", "column_sizes"} {
		if _, ok := entry[field]; ok {
			entry[field] = nil
		}
	}
	return nil
}

// bounds moves the bounds of the locations where they are about one data file;
// others may be cut short, and are left out.
func (m *Mover) bounds(entry map[string]any) {
	lower, upper := bound(entry["lower_bounds"]), bound(entry["upper_bounds"])
	same := lower != nil && upper != nil && bytes.Equal(lower, upper)
	for _, field := range []string{"lower_bounds", "upper_bounds"} {
		list, _ := entry[field].([]any)
		kept := make([]any, 0, len(list))
		for _, one := range list {
			o, _ := one.(map[string]any)
			if key, _ := o["key"].(int32); key == pathID {
				if !same {
					continue
				}
				o["value"] = []byte(m.Location(string(lower)))
			}
			kept = append(kept, one)
		}
		if list != nil {
			entry[field] = kept
		}
	}
}

func bound(list any) []byte {
	all, _ := list.([]any)
	for _, one := range all {
		o, _ := one.(map[string]any)
		if key, _ := o["key"].(int32); key == pathID {
			value, _ := o["value"].([]byte)
			return value
		}
	}
	return nil
}

// parquet moves the locations in a Parquet file.
func (m *Mover) parquet(ctx context.Context, data []byte) (out []byte, err error) {
	f, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		return nil, &unreadable{err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: batchRows}, memory.DefaultAllocator)
	if err != nil {
		return nil, &unreadable{err}
	}
	batches, err := r.GetRecordReader(ctx, nil, nil)
	if err != nil {
		return nil, &unreadable{err}
	}
	defer batches.Release()
	at := batches.Schema().FieldIndices(pathColumn)
	if len(at) != 1 {
		return nil, &unreadable{fmt.Errorf("it has no column %s", pathColumn)}
	}
	var buf bytes.Buffer
	w, err := pqarrow.NewFileWriter(batches.Schema(), &buf,
		parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	for batches.Next() {
		if err := m.batch(w, batches.RecordBatch(), at[0]); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	if err := batches.Err(); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(&unreadable{err}, w.Close())
	}
	err = w.Close()
	return buf.Bytes(), err
}

func (m *Mover) batch(w *pqarrow.FileWriter, batch arrow.RecordBatch, column int) error {
	paths, ok := batch.Column(column).(*array.String)
	if !ok {
		return &unreadable{fmt.Errorf("the column %s is of the type %s", pathColumn, batch.Column(column).DataType())}
	}
	b := array.NewStringBuilder(memory.DefaultAllocator)
	defer b.Release()
	for i := range paths.Len() {
		if paths.IsNull(i) {
			b.AppendNull()
		} else {
			b.Append(m.Location(paths.Value(i)))
		}
	}
	next := b.NewArray()
	defer next.Release()
	columns := append([]arrow.Array{}, batch.Columns()...)
	columns[column] = next
	out := array.NewRecordBatch(batch.Schema(), columns, batch.NumRows())
	defer out.Release()
	return w.WriteBuffered(out)
}
