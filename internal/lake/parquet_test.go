package lake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// arrowField returns a lake field as Arrow has it, with its id for Parquet.
func arrowField(f Field) arrow.Field {
	return arrow.Field{Name: f.Name, Type: arrowType(f.Type), Nullable: !f.Required,
		Metadata: arrow.MetadataFrom(map[string]string{"PARQUET:field_id": strconv.Itoa(f.ID)})}
}

func arrowType(t Type) arrow.DataType {
	switch t.Kind {
	case Boolean:
		return arrow.FixedWidthTypes.Boolean
	case Int:
		return arrow.PrimitiveTypes.Int32
	case Long:
		return arrow.PrimitiveTypes.Int64
	case Float:
		return arrow.PrimitiveTypes.Float32
	case Double:
		return arrow.PrimitiveTypes.Float64
	case Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case TimestampTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case TimestampNS:
		return &arrow.TimestampType{Unit: arrow.Nanosecond}
	case String:
		return arrow.BinaryTypes.String
	case Binary:
		return arrow.BinaryTypes.Binary
	case Struct:
		fields := make([]arrow.Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = arrowField(f)
		}
		return arrow.StructOf(fields...)
	case List:
		return arrow.ListOfField(arrowField(*t.Elem))
	case Map:
		return arrow.MapOfFields(arrowField(*t.Key), arrowField(*t.Value))
	}
	panic("no Arrow type for " + t.String())
}

// parquetFile returns rows, one JSON object a line, as a Parquet file of the
// schema; a line "---" starts another row group.
func parquetFile(t testing.TB, s Schema, rows string) []byte {
	t.Helper()
	fields := make([]arrow.Field, len(s.Fields))
	for i, f := range s.Fields {
		fields[i] = arrowField(f)
	}
	schema := arrow.NewSchema(fields, nil)
	var buf bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &buf, parquet.NewWriterProperties(parquet.WithStats(true)), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	for group := range strings.SplitSeq(rows, "---") {
		var lines []json.RawMessage
		for line := range strings.Lines(group) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, json.RawMessage(line))
			}
		}
		text, err := json.Marshal(lines)
		if err != nil {
			t.Fatal(err)
		}
		if lines == nil {
			text = []byte("[]")
		}
		rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		rec.Release()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// writeData puts a Parquet file into a stage and returns it for a Change.
func writeData(t testing.TB, s *Stage, schema Schema, rows string) NewFile {
	t.Helper()
	name := fmt.Sprintf("%s/%s.parquet", s.DataPrefix(), newName())
	if err := objstore.WriteAll(context.Background(), s.lake.store, name, parquetFile(t, schema, rows)); err != nil {
		t.Fatal(err)
	}
	return NewFile{Path: s.lake.store.URI(name)}
}

// readRows returns the rows of data files as JSON objects, in order; columns
// are those of each file.
func readRows(t testing.TB, l *Lake, files []DataFile) []string {
	t.Helper()
	var out []string
	for _, f := range files {
		name, found := l.store.Name(f.URI)
		if !found {
			t.Fatalf("%s is outside the store", f.URI)
		}
		data, err := objstore.ReadAll(context.Background(), l.store, name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parquetRows(t, data)...)
	}
	return out
}

func parquetRows(t testing.TB, data []byte) []string {
	t.Helper()
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := reader.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	var out []string
	records := array.NewTableReader(table, 0)
	defer records.Release()
	for records.Next() {
		text, err := records.RecordBatch().MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var rows []json.RawMessage
		if err := json.Unmarshal(text, &rows); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			out = append(out, string(row))
		}
	}
	return out
}

// stageNaN builds a file of two row groups: x is 1 in one and NaN in the other.
func stageNaN(t testing.TB, l *Lake, table string, s Schema) *Candidate {
	t.Helper()
	stage, err := l.NewStage(context.Background(), "r", "s", name(table))
	if err != nil {
		t.Fatal(err)
	}
	s = l.AssignIDs(nil, s)
	schema := arrow.NewSchema([]arrow.Field{arrowField(s.Fields[0])}, nil)
	var buf bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &buf, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []float64{1, math.NaN()} {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		b.Field(0).(*array.Float64Builder).Append(x)
		if err := w.Write(b.NewRecordBatch()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file := stage.DataPrefix() + "/nan.parquet"
	if err := objstore.WriteAll(context.Background(), l.store, file, buf.Bytes()); err != nil {
		t.Fatal(err)
	}
	c, err := stage.Build(context.Background(), Change{Op: Append, Schema: s, Files: []NewFile{{Path: file}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
