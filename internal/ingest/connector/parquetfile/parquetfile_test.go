package parquetfile_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/parquetfile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// encode writes rows that are given as JSON.
func encode(t testing.TB, schema *arrow.Schema, rows string, options ...parquet.WriterProperty) []byte {
	t.Helper()
	batch, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, bytes.NewReader([]byte(rows)))
	if err != nil {
		t.Fatal(err)
	}
	defer batch.Release()
	var b bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &b, parquet.NewWriterProperties(options...), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(batch); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// events are rows with a time that has nanoseconds where that is a 7.
func events(t testing.TB, nanos ...int) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "at", Type: &arrow.TimestampType{Unit: arrow.Nanosecond}, Nullable: true},
		{Name: "tags", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true},
		{Name: "place", Type: arrow.StructOf(arrow.Field{Name: "x", Type: arrow.PrimitiveTypes.Float64, Nullable: true}), Nullable: true},
	}, nil)
	var b bytes.Buffer
	b.WriteByte('[')
	for i, n := range nanos {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id": %d, "name": "n%d", "at": "2024-02-29T12:00:00.00000000%d", "tags": ["a", null], "place": {"x": %d.5}}`, i, i%7, n, i)
	}
	b.WriteByte(']')
	return encode(t, schema, b.String(), parquet.WithCompression(compress.Codecs.Snappy), parquet.WithMaxRowGroupLength(700))
}

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: parquetfile.Format{},
		Files: &connectortest.Files{
			Mixed: events(t, 0, 7, 0, 0, 7, 7, 0), Good: 4, Bad: 3,
			Many: events(t, make([]int, 4000)...), Empty: events(t),
		},
	})
}
