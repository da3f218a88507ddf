//go:build duckdb_arrow

package duckdb_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/engine"
)

var numbered = arrow.NewSchema([]arrow.Field{
	{Name: "n", Type: arrow.PrimitiveTypes.Int64},
	{Name: "word", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// batches yields count batches of 1,000 rows, and then fails with fail, if any.
func batches(count int, fail error) array.RecordReader {
	return array.ReaderFromIter(numbered, func(yield func(arrow.RecordBatch, error) bool) {
		for i := range count {
			b := array.NewRecordBuilder(memory.DefaultAllocator, numbered)
			for j := range 1000 {
				b.Field(0).(*array.Int64Builder).Append(int64(i*1000 + j))
				b.Field(1).(*array.StringBuilder).Append(fmt.Sprint("word ", j))
			}
			batch := b.NewRecordBatch()
			b.Release()
			if !yield(batch, nil) {
				return
			}
		}
		if fail != nil {
			yield(nil, fail)
		}
	})
}

func TestRegisteredReaderIsReadable(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	reader := batches(500, nil)
	defer reader.Release()
	name, release, err := s.Register(reader)
	if err != nil {
		t.Fatal(err)
	}
	cols, err := s.Describe(t.Context(), "FROM "+name)
	want := []engine.Column{{Name: "n", Type: "BIGINT"}, {Name: "word", Type: "VARCHAR"}}
	if diff := cmp.Diff(want, cols); diff != "" || err != nil {
		t.Fatalf("%v %s", err, diff)
	}
	got, err := rows(t, s, "SELECT count(*), sum(n), count(DISTINCT word) FROM "+name)
	if diff := cmp.Diff([]string{"500000 124999750000 1000"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	release()
	release()
	if _, err := rows(t, s, "FROM "+name); err == nil {
		t.Error("a released reader can still be named")
	}
}

func TestReadersAreRegisteredOneAfterTheOther(t *testing.T) {
	a := open(t, engine.Options{Threads: 1})
	for i := range 3 {
		reader := batches(i+1, nil)
		name, release, err := a.Register(reader)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rows(t, a, "SELECT count(*) FROM "+name)
		if want := fmt.Sprint((i + 1) * 1000); err != nil || got[0] != want {
			t.Errorf("round %d: %v %v", i, got, err)
		}
		release()
		reader.Release()
	}
}

func TestErrorOfRegisteredReaderReachesTheCaller(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	broken := errors.New("line 7: broken")
	reader := batches(10, broken)
	defer reader.Release()
	name, release, err := s.Register(reader)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	_, err = rows(t, s, "SELECT count(*) FROM "+name)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestPanicOfRegisteredReaderIsAnError(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	reader := array.ReaderFromIter(numbered, func(func(arrow.RecordBatch, error) bool) { panic("oh no") })
	name, release, err := s.Register(reader)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := rows(t, s, "SELECT count(*) FROM "+name); err == nil || !strings.Contains(err.Error(), "oh no") {
		t.Errorf("got %v", err)
	}
}

func TestReleasingAReaderEndsTheResultThatReadsIt(t *testing.T) {
	s := open(t, engine.Options{Threads: 2})
	reader := batches(5000, nil)
	defer reader.Release()
	name, release, err := s.Register(reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Query(t.Context(), "FROM "+name)
	if err != nil {
		t.Fatal(err)
	}
	r.Next()
	release()
	if r.Next() || r.Err() == nil {
		t.Errorf("a result outlived its reader: %v", r.Err())
	}
	r.Release()
}

func TestFunctionsOfOurOwn(t *testing.T) {
	var calls atomic.Int64
	s := open(t, engine.Options{Threads: 2, Functions: []engine.ScalarFunction{{
		Name: "tarn_length", Args: []string{"BLOB", "DECIMAL(9,2)"}, Returns: "INTEGER",
		Eval: func(args arrow.RecordBatch) (arrow.Array, error) {
			calls.Add(1)
			b := array.NewInt32Builder(memory.DefaultAllocator)
			defer b.Release()
			for i := range int(args.NumRows()) {
				v := args.Column(0).(*array.Binary).Value(i)
				if string(v) == "bad" {
					return nil, errors.New("bad value")
				}
				b.Append(int32(len(v)))
			}
			return b.NewArray(), nil
		},
	}, {
		Name: "tarn_panic", Args: []string{"BIGINT"}, Returns: "BIGINT",
		Eval: func(arrow.RecordBatch) (arrow.Array, error) { panic(binary.LittleEndian) },
	}}})
	got, err := rows(t, s, `SELECT sum(tarn_length(repeat('x', range % 10)::BLOB, 1.5)) FROM range(100000)`)
	if diff := cmp.Diff([]string{"450000"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if n := calls.Load(); n > 100 {
		t.Errorf("%d calls for 100,000 rows: a call is to serve a chunk", n)
	}
	got, err = rows(t, s, `SELECT tarn_length(v, 1) FROM (VALUES ('a'::BLOB), (NULL), ('abc'::BLOB)) t(v)`)
	if diff := cmp.Diff([]string{"1", "(null)", "3"}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	for sql, want := range map[string]string{
		`SELECT tarn_length('bad'::BLOB, 1)`: "bad value",
		`SELECT tarn_panic(1)`:               "failed inside",
	} {
		if _, err := rows(t, s, sql); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// The engine releases no schema of rows that it is given. With a thousand columns
// that was half a megabyte each time.
func TestRegisteredRowsLeaveNoMemoryBehind(t *testing.T) {
	s := open(t, engine.Options{Threads: 1})
	fields := make([]arrow.Field, 1000)
	for i := range fields {
		fields[i] = arrow.Field{Name: fmt.Sprint("column ", i), Type: arrow.PrimitiveTypes.Int64}
	}
	wide := arrow.NewSchema(fields, nil)
	register := func(times int) {
		for range times {
			reader := array.ReaderFromIter(wide, func(func(arrow.RecordBatch, error) bool) {})
			_, release, err := s.Register(reader)
			if err != nil {
				t.Fatal(err)
			}
			release()
			reader.Release()
		}
	}
	register(50)
	before := resident(t)
	register(200)
	if grown := resident(t) - before; grown > 30<<20 {
		t.Errorf("200 times rows of 1,000 columns leave %d MB behind", grown>>20)
	}
}
