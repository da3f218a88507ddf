package lake

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/objstore"
)

func day(n int) time.Time { return time.Date(2011, 12, n, 0, 0, 0, 0, time.UTC) }

// sales has three files: two days of FR, one of DE with a null amount only.
func sales(t *testing.T, partition ...PartitionField) *Table {
	l := newLake(t)
	schema := columns(column("at", TimestampTZ), column("country", String),
		Field{Name: "amount", Type: DecimalOf(9, 2)}, column("day", Date), column("score", Double))
	commit(t, l, stage(t, l, "sales", Change{Op: Append, Schema: schema, Partition: partition},
		`{"at": "2011-12-01T10:00:00Z", "country": "FR", "amount": "1.50", "day": "2011-12-01", "score": 1}
		 {"at": "2011-12-01T11:00:00Z", "country": "FR", "amount": "9.00", "day": "2011-12-01", "score": 2}`,
		`{"at": "2011-12-02T10:00:00Z", "country": "FR", "amount": "20.00", "day": "2011-12-02", "score": -1}`,
		`{"at": "2011-12-02T12:00:00Z", "country": "DE", "amount": null, "day": "2011-12-02", "score": 9}`))
	return load(t, l, "sales")
}

func TestFilesArePrunedByStatisticsAndPartitions(t *testing.T) {
	for _, partition := range [][]PartitionField{
		nil,
		{{Column: "at", Transform: "day"}, {Column: "country", Transform: "identity"}},
		{{Column: "country", Transform: "truncate[1]"}, {Column: "day", Transform: "month"}},
	} {
		table := sales(t, partition...)
		for _, c := range []struct {
			where Predicate
			want  []int // indexes of files
		}{
			{Predicate{"at", "<", []any{day(2)}}, []int{0}},
			{Predicate{"AT", ">=", []any{day(2)}}, []int{1, 2}},
			{Predicate{"country", "=", []any{"DE"}}, []int{2}},
			{Predicate{"country", "in", []any{"DE", "UK"}}, []int{2}},
			{Predicate{"country", "in", []any{"UK"}}, nil},
			{Predicate{"amount", ">", []any{"9.00"}}, []int{1}},
			{Predicate{"amount", "<=", []any{int64(2)}}, []int{0}},
			{Predicate{"amount", "isnull", nil}, []int{2}},
			{Predicate{"amount", "notnull", nil}, []int{0, 1}},
			{Predicate{"day", "=", []any{day(1)}}, []int{0}},
			{Predicate{"day", "=", []any{"2011-12-02"}}, []int{1, 2}},
			{Predicate{"score", "<", []any{0.0}}, []int{1}},
			// What statistics cannot judge exactly prunes nothing.
			{Predicate{"score", ">", []any{5.0}}, []int{0, 1, 2}},
			{Predicate{"amount", "=", []any{1.5}}, []int{0, 1, 2}},
			{Predicate{"amount", "=", []any{"1.505"}}, []int{0, 1, 2}},
			{Predicate{"day", "<", []any{day(1).Add(time.Hour)}}, []int{0, 1, 2}},
			{Predicate{"country", "=", []any{int64(1)}}, []int{0, 1, 2}},
			{Predicate{"country", "like", []any{"F%"}}, []int{0, 1, 2}},
			{Predicate{"nothing", "=", []any{"x"}}, []int{0, 1, 2}},
			{Predicate{"score", "=", []any{math.NaN()}}, []int{0, 1, 2}},
		} {
			if diff := cmp.Diff(c.want, fileIndexes(t, table, c.where)); diff != "" {
				t.Errorf("partitioned by %v, %v: %s", partition, c.where, diff)
			}
		}
		both := fileIndexes(t, table, Predicate{"country", "=", []any{"FR"}}, Predicate{"at", ">=", []any{day(2)}})
		if diff := cmp.Diff([]int{1}, both); diff != "" {
			t.Error(diff)
		}
	}
}

// fileIndexes returns the places, among all files of a table, of those that
// predicates leave.
func fileIndexes(t testing.TB, table *Table, where ...Predicate) []int {
	t.Helper()
	all, err := table.Files(ctx, At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return indexesIn(t, all, table, where...)
}

func indexesIn(t testing.TB, all []DataFile, table *Table, where ...Predicate) (out []int) {
	t.Helper()
	some, err := table.Files(ctx, At{}, where)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range some {
		out = append(out, slices.IndexFunc(all, func(g DataFile) bool { return g.URI == f.URI }))
	}
	return out
}

func TestAFileThatSpansPartitionsIsRefused(t *testing.T) {
	l := newLake(t)
	for _, c := range []struct {
		what, transform string
		rows            string
		values          map[string]any
		want            string
	}{
		{"two values", "identity", `{"id": 1, "country": "FR"}` + "\n" + `{"id": 2, "country": "DE"}`, nil, "more than one value"},
		{"a value and null", "identity", `{"id": 1, "country": "FR"}` + "\n" + `{"id": 2, "country": null}`, nil, "rows with null"},
		{"only nulls", "identity", `{"id": 2, "country": null}`, nil, ""},
		{"a bucket not given", "bucket[4]", `{"id": 2, "country": "FR"}`, nil, "none was given"},
		{"a bucket given", "bucket[4]", `{"id": 2, "country": "FR"}`, map[string]any{"country_bucket_4": 3}, ""},
		{"a bucket given by how it is written", "bucket[4]", `{"id": 2, "country": "FR"}`, map[string]any{"bucket(4, country)": 3}, ""},
		{"a bucket of another type", "bucket[4]", `{"id": 2, "country": "FR"}`, map[string]any{"country_bucket_4": "x"}, "not a value"},
	} {
		s, err := l.NewStage(ctx, "r", "s", name(strings.ReplaceAll(c.what, " ", "_")))
		if err != nil {
			t.Fatal(err)
		}
		schema := l.AssignIDs(nil, orders)
		file := writeData(t, s, schema, c.rows)
		file.PartitionValues = c.values
		_, err = s.Build(ctx, Change{Op: Append, Schema: schema, Files: []NewFile{file},
			Partition: []PartitionField{{Column: "country", Transform: c.transform}}})
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestBadPartitionsAreProblems(t *testing.T) {
	l := newLake(t)
	for _, p := range []PartitionField{
		{Column: "contry", Transform: "identity"},
		{Column: "country", Transform: "day"},
		{Column: "country", Transform: "week"},
	} {
		s, err := l.NewStage(ctx, "r", "s", name("o"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Build(ctx, Change{Op: Append, Schema: l.AssignIDs(nil, orders), Partition: []PartitionField{p}})
		if err == nil || !strings.Contains(err.Error(), "bad-partition") {
			t.Errorf("%v: %v", p, err)
		}
	}
}

func TestBoundsOfOneRowGroupAreNotThoseOfTheFile(t *testing.T) {
	l := newLake(t)
	other := openLake(t, l.db, l.store) // which reads what l would remember
	schema := columns(column("x", Double), column("s", String))
	commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: schema},
		`{"x": 1, "s": "a"}
		 {"x": 2, "s": "b"}
		 ---
		 {"x": null, "s": null}`))
	table := load(t, other, "o")
	if got := fileIndexes(t, table, Predicate{"x", "=", []any{7.0}}); got != nil {
		t.Errorf("a row group of nulls spoilt the bounds: %v", got)
	}

	// A row group with NaN has no bounds; those of the other must not count.
	commit(t, l, stageNaN(t, l, "nan", schema))
	if got := fileIndexes(t, load(t, other, "nan"), Predicate{"x", "=", []any{7.0}}); len(got) != 1 {
		t.Errorf("the file was pruned: %v", got)
	}
}

func TestFilesThatAreNotWhatTheSchemaSaysAreRefused(t *testing.T) {
	l := newLake(t)
	right := l.AssignIDs(nil, orders)
	ids := Schema{Fields: cloneFields(right.Fields)}
	ids.Fields[0].ID, ids.Fields[1].ID = 2, 1
	types := Schema{Fields: cloneFields(right.Fields)}
	types.Fields[0].Type = TypeOf(Double)
	extra := Schema{Fields: append(cloneFields(right.Fields), Field{ID: 3, Name: "x", Type: TypeOf(Long)})}
	for what, written := range map[string]Schema{"field id": ids, "is stored as DOUBLE": types, "not in the schema": extra} {
		s, err := l.NewStage(ctx, "r", "s", name("o"))
		if err != nil {
			t.Fatal(err)
		}
		file := writeData(t, s, written, `{"id": 1, "country": "FR"}`)
		if _, err := s.Build(ctx, Change{Op: Append, Schema: right, Files: []NewFile{file}}); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s, err := l.NewStage(ctx, "r", "s", name("o"))
	if err != nil {
		t.Fatal(err)
	}
	if err := objstore.WriteAll(ctx, l.store, s.DataPrefix()+"/x.parquet", []byte("no parquet at all")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{s.DataPrefix() + "/x.parquet", s.DataPrefix() + "/y.parquet", "elsewhere/z.parquet", "/etc/passwd"} {
		if _, err := s.Build(ctx, Change{Op: Append, Schema: right, Files: []NewFile{{Path: path}}}); err == nil {
			t.Errorf("%s was taken", path)
		}
	}
}

// TestPruningIsExact: with one value in each file, the files that are left are
// those whose value matches.
func TestPruningIsExact(t *testing.T) {
	const least, most = -4, 4
	for _, partition := range [][]PartitionField{nil, {{Column: "id", Transform: "identity"}}, {{Column: "id", Transform: "truncate[3]"}}} {
		l := newLake(t)
		var files []string
		for v := least; v <= most; v++ {
			files = append(files, fmt.Sprintf(`{"id": %d, "country": "x"}`, v))
		}
		commit(t, l, stage(t, l, "o", Change{Op: Append, Schema: orders, Partition: partition}, files...))
		table := load(t, l, "o")
		all, err := table.Files(ctx, At{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for x := int64(least - 1); x <= most+1; x++ {
			for op, matches := range map[string]func(v int64) bool{
				"=":  func(v int64) bool { return v == x },
				"<":  func(v int64) bool { return v < x },
				"<=": func(v int64) bool { return v <= x },
				">":  func(v int64) bool { return v > x },
				">=": func(v int64) bool { return v >= x },
				"in": func(v int64) bool { return v == x || v == -x },
			} {
				values := []any{x}
				if op == "in" {
					values = append(values, -x)
				}
				left := indexesIn(t, all, table, Predicate{"id", op, values})
				for v := int64(least); v <= most; v++ {
					if matches(v) != slices.Contains(left, int(v-least)) {
						t.Errorf("%v: id %s %v: the file with %d: left %v", partition, op, values, v, left)
					}
				}
			}
		}
	}
}
