//go:build duckdb_arrow

package duckdb_test

import (
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/engine"
)

// mixed is a reader of one batch with columns of several shapes.
func mixed(t *testing.T) array.RecordReader {
	t.Helper()
	word := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "a", Type: arrow.PrimitiveTypes.Int64}, {Name: "b", Type: arrow.BinaryTypes.String},
		{Name: "c", Type: arrow.PrimitiveTypes.Int32}, {Name: "d", Type: word}, {Name: "e", Type: arrow.BinaryTypes.String},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range 3 {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.StringBuilder).Append("b")
		b.Field(2).(*array.Int32Builder).Append(int32(10 * i))
		if err := b.Field(3).(*array.BinaryDictionaryBuilder).AppendString("d"); err != nil {
			t.Fatal(err)
		}
		b.Field(4).(*array.StringBuilder).Append("e")
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	r, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The engine's reader of Arrow streams takes a scan's columns from the first on
// and leaves out conditions: a scan of some columns would get others. What the
// contract of Register allows is right.
func TestARegisteredReaderIsReadWhole(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	for query, want := range map[string][]string{
		"SELECT e, d, c, b, a FROM input":                 {"e d 0 b 0", "e d 10 b 1", "e d 20 b 2"},
		"SELECT * FROM input":                             {"0 b 0 d e", "1 b 10 d e", "2 b 20 d e"},
		"SELECT a, b, CAST(c AS VARCHAR), d FROM input":   {"0 b 0 d", "1 b 10 d", "2 b 20 d"},
		"SELECT a, b, c, d, e, NULL, 7 FROM input":        {"0 b 0 d e (null) 7", "1 b 10 d e (null) 7", "2 b 20 d e (null) 7"},
		"FROM (SELECT * FROM input ORDER BY a, b DESC) x": {"0 b 0 d e", "1 b 10 d e", "2 b 20 d e"},
	} {
		reader := mixed(t)
		name, release, err := s.Register(reader)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rows(t, s, strings.ReplaceAll(query, "input", name))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", query, err, diff)
		}
		release()
		reader.Release()
	}
}
