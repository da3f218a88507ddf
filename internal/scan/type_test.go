package scan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// The table of types: what the engine has, what a table gets, and what the
// engine is told to cast to.
func TestTypeTable(t *testing.T) {
	for _, c := range []struct{ duck, lake, cast string }{
		{"BOOLEAN", "boolean", "BOOLEAN"},
		{"TINYINT", "int", "INTEGER"},
		{"SMALLINT", "int", "INTEGER"},
		{"INTEGER", "int", "INTEGER"},
		{"BIGINT", "long", "BIGINT"},
		{"HUGEINT", "decimal(38,0)", "DECIMAL(38,0)"},
		{"UTINYINT", "int", "INTEGER"},
		{"USMALLINT", "int", "INTEGER"},
		{"UINTEGER", "long", "BIGINT"},
		{"UBIGINT", "decimal(20,0)", "DECIMAL(20,0)"},
		{"UHUGEINT", "decimal(38,0)", "DECIMAL(38,0)"},
		{"FLOAT", "float", "FLOAT"},
		{"DOUBLE", "double", "DOUBLE"},
		{"DECIMAL(18,3)", "decimal(18,3)", "DECIMAL(18,3)"},
		{"DECIMAL", "decimal(18,3)", "DECIMAL(18,3)"},
		{"NUMERIC(10)", "decimal(10,0)", "DECIMAL(10,0)"},
		{"VARCHAR", "string", "VARCHAR"},
		{"VARCHAR(10)", "string", "VARCHAR"},
		{"text", "string", "VARCHAR"},
		{"JSON", "string", "VARCHAR"},
		{`"NULL"`, "string", "VARCHAR"},
		{"ENUM('a', 'it''s, (so)')", "string", "VARCHAR"},
		{"BLOB", "binary", "BLOB"},
		{"UUID", "uuid", "UUID"},
		{"DATE", "date", "DATE"},
		{"TIME", "time", "TIME"},
		{"TIMESTAMP", "timestamp", "TIMESTAMP"},
		{"TIMESTAMP_S", "timestamp", "TIMESTAMP"},
		{"TIMESTAMP_MS", "timestamp", "TIMESTAMP"},
		{"TIMESTAMP_NS", "timestamp_ns", "TIMESTAMP_NS"},
		{"TIMESTAMP WITH TIME ZONE", "timestamptz", "TIMESTAMP WITH TIME ZONE"},
		{"timestamptz", "timestamptz", "TIMESTAMP WITH TIME ZONE"},
		{"INTEGER[]", "list<int>", "INTEGER[]"},
		{"INTEGER[3][]", "list<list<int>>", "INTEGER[][]"},
		{"MAP(VARCHAR, HUGEINT)", "map<string, decimal(38,0)>", "MAP(VARCHAR, DECIMAL(38,0))"},
		{`STRUCT(a INTEGER, "B ""c" ENUM('x', 'y')[], "select" STRUCT(d UINTEGER))`,
			`struct<a: int, B "c: list<string>, select: struct<d: long>>`,
			`STRUCT("a" INTEGER, "B ""c" VARCHAR[], "select" STRUCT("d" BIGINT))`},
	} {
		typ, err := scan.LakeType(c.duck)
		if err != nil || typ.String() != c.lake {
			t.Errorf("LakeType(%s) = %s, %v; want %s", c.duck, typ, err, c.lake)
			continue
		}
		if cast, err := scan.DuckType(typ); err != nil || cast != c.cast {
			t.Errorf("DuckType(%s) = %s, %v; want %s", typ, cast, err, c.cast)
		}
	}
}

func TestTypesThatTablesCannotHave(t *testing.T) {
	for _, c := range []struct{ duck, hint string }{
		{"INTERVAL", "date_diff"},
		{"TIME WITH TIME ZONE", "TIME"},
		{"UNION(a INTEGER, b VARCHAR)", "members"},
		{"BIT", "VARCHAR"},
		{"BIGNUM", "DECIMAL(38,0)"},
		{"STRUCT(INTEGER, VARCHAR)", "name the fields"},
		{`STRUCT("" INTEGER)`, "name the fields"},
		{"STRUCT(a INTERVAL)", "date_diff"},
		{"TIME WITH TIME ZONE[]", "TIME"},
		{"GEOMETRY", "WKB"},
		{"my_type", "cast"},
		{"DECIMAL(39,0)", "cast"},
		{"DECIMAL(5,6)", "cast"},
		{"INTEGER[", "cast"},
		{"MAP(VARCHAR)", "cast"},
		{"INTEGER garbage", "cast"},
		{"", "cast"},
		{"ENUM('a", "cast"},
	} {
		_, err := scan.LakeType(c.duck)
		var p *diag.Problem
		if !errors.As(err, &p) || p.Code != "unsupported-type" || !strings.Contains(p.Hint, c.hint) {
			t.Errorf("LakeType(%q) = %v, want a problem with a hint at %q", c.duck, err, c.hint)
		}
	}
	if _, err := scan.DuckType(lake.TypeOf(lake.TimestampTZNS)); err == nil {
		t.Error("the engine has no timestamptz_ns")
	}
}

func TestProjectCastsEveryColumn(t *testing.T) {
	p, err := scan.Project([]engine.Column{{Name: `total "net"`, Type: "HUGEINT"}, {Name: "at", Type: "TIMESTAMP_S"}})
	want := `CAST("total ""net""" AS DECIMAL(38,0)) AS "total ""net""", CAST("at" AS TIMESTAMP) AS "at"`
	if err != nil || p.Select != want {
		t.Errorf("%s %v", p.Select, err)
	}
	if diff := cmp.Diff(`struct<total "net": decimal(38,0), at: timestamp>`, p.Schema.String()); diff != "" {
		t.Error(diff)
	}
}

func TestProjectReportsEveryProblem(t *testing.T) {
	_, err := scan.Project([]engine.Column{
		{Name: "a", Type: "INTEGER"}, {Name: "A", Type: "INTEGER"}, {Name: "", Type: "INTEGER"},
		{Name: "b", Type: "INTERVAL"}, {Name: "a", Type: "INTEGER"},
	})
	var all *diag.ProblemsError
	if !errors.As(err, &all) || len(all.Problems) != 4 {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{"differ only by case", "has no name", "column b: ", "two columns"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if _, err := scan.Project(nil); err == nil {
		t.Error("a result without columns was accepted")
	}
}

func FuzzLakeType(f *testing.F) {
	for _, s := range []string{"STRUCT(a DECIMAL(9,2), \"b c\" MAP(VARCHAR, INTEGER[]))", "ENUM('a''", "[][", "TIME WITH TIME", "DECIMAL(,)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		typ, err := scan.LakeType(s)
		if err != nil {
			return
		}
		name, err := scan.DuckType(typ)
		if err != nil {
			t.Fatalf("%q became %s, which the engine lacks: %v", s, typ, err)
		}
		if again, err := scan.LakeType(name); err != nil || again.String() != typ.String() {
			t.Fatalf("%q became %s, and %s became %s, %v", s, typ, name, again, err)
		}
	})
}
