//go:build duckdb_arrow

package scan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
)

func plan(t *testing.T, table *lake.Table, at lake.At, predicates ...lake.Predicate) scan.Relation {
	t.Helper()
	r, err := scan.Plan(t.Context(), table, at, predicates)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRelationHasTheRowsAndColumnsOfTheTable(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "sales.orders", `SELECT 1 AS id, 1.5::DECIMAL(9,2) AS "the price", {'a': [1, 2]} AS s`)
	l.Append(t, "sales.orders", "SELECT 2 AS id, true AS paid")
	r := plan(t, l.Table(t, "sales.orders"), lake.At{})
	if r.Files != 2 || r.Rows != 2 || r.Bytes == 0 {
		t.Errorf("%d files, %d rows, %d bytes", r.Files, r.Rows, r.Bytes)
	}
	got := l.Rows(t, "SELECT id, \"the price\"::VARCHAR, s::VARCHAR, paid FROM "+r.SQL+" ORDER BY id")
	want := []string{"1 | 1.50 | {'a': [1, 2]} | (null)", "2 | (null) | (null) | true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	described := l.Rows(t, "SELECT column_name || ' ' || column_type FROM (DESCRIBE FROM "+r.SQL+")")
	if want := []string{"id INTEGER", "the price DECIMAL(9,2)", "s STRUCT(a INTEGER[])", "paid BOOLEAN"}; !cmp.Equal(want, described) {
		t.Error(cmp.Diff(want, described))
	}
}

func TestEmptyTableIsATypedEmptyRelation(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "empty", "SELECT 1 AS id, {'a': 1} AS s WHERE false")
	r := plan(t, l.Table(t, "empty"), lake.At{})
	got := l.Rows(t, "SELECT column_name || ' ' || column_type FROM (DESCRIBE FROM "+r.SQL+")")
	if diff := cmp.Diff([]string{"id INTEGER", "s STRUCT(a INTEGER)"}, got); diff != "" {
		t.Error(diff)
	}
	if n := len(l.Rows(t, "FROM "+r.SQL)); n != 0 || r.Files != 0 {
		t.Errorf("%d rows of %d files", n, r.Files)
	}
}

func TestEarlierSnapshotHasItsRowsAndColumns(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT 1 AS id")
	first := l.Table(t, "t").Current()
	l.Append(t, "t", "SELECT 2 AS id, 'x' AS added")
	table := l.Table(t, "t")
	for _, at := range []lake.At{{SnapshotID: first.ID}, {Time: first.Time}} {
		got := l.Rows(t, "FROM "+plan(t, table, at).SQL)
		if diff := cmp.Diff([]string{"1"}, got); diff != "" {
			t.Errorf("%+v: %s", at, diff)
		}
	}
	if _, err := scan.Plan(t.Context(), table, lake.At{Time: time.Unix(0, 0)}, nil); err == nil {
		t.Error("a time before the first snapshot has a relation")
	}
}

// field is shorthand for a schema with ids.
func field(id int, name string, t lake.Type) lake.Field {
	return lake.Field{ID: id, Name: name, Type: t}
}

func structOf(fields ...lake.Field) lake.Type { return lake.StructOf(fields...) }

// after returns the rows that a table's files have under another schema; the
// schema of the files is known to the table, or read from their footers.
func after(t *testing.T, l *scantest.Lake, name string, now lake.Schema, query string) []string {
	t.Helper()
	then := l.Table(t, name)
	files, err := then.Files(t.Context(), lake.At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l.Redefine(t, name, now)
	table := l.Table(t, name)
	var results [2][]string
	for i := range results {
		r, err := scan.PlanFiles(t.Context(), table, lake.At{}, files)
		if err != nil {
			t.Fatal(err)
		}
		results[i] = l.Rows(t, fmt.Sprintf(query, r.SQL))
		for f := range files {
			files[f].SchemaID = -1
		}
	}
	if diff := cmp.Diff(results[0], results[1]); diff != "" {
		t.Errorf("by schema and by footers differ: %s", diff)
	}
	return results[0]
}

func TestColumnsAreFoundByFieldID(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT 1::INT AS a, 2::INT AS b, 1.5::FLOAT AS f")
	got := after(t, l, "t", lake.Schema{Fields: []lake.Field{
		field(1, "b", lake.TypeOf(lake.Long)), field(2, "a", lake.TypeOf(lake.Int)), // swapped
		field(3, "f", lake.TypeOf(lake.Double)), field(9, "added", lake.TypeOf(lake.String)),
	}}, "SELECT a, b, typeof(b), typeof(f), added FROM %s")
	if diff := cmp.Diff([]string{"2 | 1 | BIGINT | DOUBLE | (null)"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNestedFieldsAreFoundByFieldID(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", `SELECT 1 AS id, {'x': 1, 'y': {'p': 'deep', 'q': 7}} AS s, [{'m': 1, 'n': 2}, NULL] AS l, MAP {'k': {'v': 3, 'w': 4}} AS m
		UNION ALL SELECT 2, NULL, NULL, NULL`)
	then := l.Table(t, "t").Schema()
	id := func(path ...string) int {
		f, _ := then.Column(path[0])
		for _, name := range path[1:] {
			switch f.Type.Kind {
			case lake.List:
				f = *f.Type.Elem
			case lake.Map:
				f = map[string]lake.Field{"key": *f.Type.Key, "value": *f.Type.Value}[name]
				continue
			}
			f, _ = lake.Schema{Fields: f.Type.Fields}.Column(name)
		}
		return f.ID
	}
	i, long, text := lake.TypeOf(lake.Int), lake.TypeOf(lake.Long), lake.TypeOf(lake.String)
	list := lake.ListOf(structOf(field(id("l", "m"), "n", i), field(id("l", "n"), "m", i))) // swapped
	list.Elem.ID = then.Fields[2].Type.Elem.ID
	entries := lake.MapOf(text, structOf(field(id("m", "value", "v"), "renamed", long), field(id("m", "value", "w"), "w", i)))
	entries.Key.ID, entries.Value.ID = id("m", "key"), id("m", "value")
	got := after(t, l, "t", lake.Schema{Fields: []lake.Field{
		field(id("id"), "id", i),
		field(id("s"), "s", structOf(field(id("s", "x"), "renamed", long),
			field(id("s", "y"), "y", structOf(field(id("s", "y", "p"), "q2", text), field(id("s", "y", "q"), "q", i))),
			field(99, "more", lake.TypeOf(lake.Boolean)))),
		field(id("l"), "l", list),
		field(id("m"), "m", entries),
	}}, "SELECT id, s::VARCHAR, l::VARCHAR, m::VARCHAR FROM %s ORDER BY id")
	want := []string{
		"1 | {'renamed': 1, 'y': {'q2': deep, 'q': 7}, 'more': NULL} | [{'n': 1, 'm': 2}, NULL] | {k={'renamed': 3, 'w': 4}}",
		"2 | (null) | (null) | (null)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNewNestedFieldDoesNotInheritTheValuesOfItsName(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT {'a': 1, 'b': 'old'} AS s")
	ids := l.Table(t, "t").Schema().Fields[0]
	got := after(t, l, "t", lake.Schema{Fields: []lake.Field{
		field(ids.ID, "s", structOf(field(ids.Type.Fields[0].ID, "a", lake.TypeOf(lake.Int)), field(99, "b", lake.TypeOf(lake.String)))),
	}}, "SELECT s::VARCHAR FROM %s")
	if diff := cmp.Diff([]string{"{'a': 1, 'b': NULL}"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestStructOfNothingButNewFieldsIsRefused(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT 1 AS id, {'a': 1} AS s")
	files, err := l.Table(t, "t").Files(t.Context(), lake.At{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ids := l.Table(t, "t").Schema().Fields
	l.Redefine(t, "t", lake.Schema{Fields: []lake.Field{ids[0], field(ids[1].ID, "s", structOf(field(99, "b", lake.TypeOf(lake.Int))))}})
	if _, err := scan.PlanFiles(t.Context(), l.Table(t, "t"), lake.At{}, files); err == nil || !strings.Contains(err.Error(), "older files") {
		t.Errorf("got %v", err)
	}
}

func TestFilesOfOlderSchemasAreReadTogether(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT 1 AS id, {'a': 1} AS s")
	l.Append(t, "t", "SELECT 2 AS id, {'a': 2, 'b': true} AS s")
	l.Append(t, "t", "SELECT 3 AS id, {'a': 3} AS s")
	r := plan(t, l.Table(t, "t"), lake.At{})
	got := l.Rows(t, "SELECT id, s::VARCHAR FROM "+r.SQL+" WHERE id != 2 ORDER BY id")
	if diff := cmp.Diff([]string{"1 | {'a': 1, 'b': NULL}", "3 | {'a': 3, 'b': NULL}"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestFilesAreLeftOutByPredicates(t *testing.T) {
	l := scantest.New(t)
	for i := range 4 {
		l.Append(t, "t", fmt.Sprintf("SELECT range AS id FROM range(%d, %d)", i*10, i*10+10))
	}
	r := plan(t, l.Table(t, "t"), lake.At{}, lake.Predicate{Column: "id", Op: ">=", Values: []any{int64(25)}})
	if r.Files != 2 || strings.Count(r.SQL, ".parquet") != 2 {
		t.Errorf("%d files: %s", r.Files, r.SQL)
	}
}

func TestANewNestedColumnIsNullInOlderFiles(t *testing.T) {
	l := scantest.New(t)
	l.Append(t, "t", "SELECT 1 AS id, {'a': 1} AS s")
	l.Append(t, "t", "SELECT 2 AS id, {'a': 2} AS s, [{'x': 5}] AS l, {'b': {'c': 6}} AS n")
	r := plan(t, l.Table(t, "t"), lake.At{})
	got := l.Rows(t, "SELECT id, s::VARCHAR, l::VARCHAR, n::VARCHAR FROM "+r.SQL+" ORDER BY id")
	want := []string{"1 | {'a': 1} | (null) | (null)", "2 | {'a': 2} | [{'x': 5}] | {'b': {'c': 6}}"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
