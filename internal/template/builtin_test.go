package template

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

var update = flag.Bool("update", false, "write what the tests expect anew")

// recorder is a database that keeps the statements and has one table.
type recorder struct{ statements []string }

func (r *recorder) Execute(_ context.Context, sql string, _ diag.Place, fetch bool) (*Table, error) {
	r.statements = append(r.statements, strings.TrimSpace(sql))
	if !fetch {
		return &Table{Message: "OK"}, nil
	}
	return &Table{Columns: []Column{{"n", "BIGINT"}}, Rows: [][]any{{int64(4)}}, Message: "OK"}, nil
}

func (r *recorder) Relation(_ context.Context, rel relation.Relation) (*relation.Relation, error) {
	if rel.Identifier != "a" {
		return nil, nil
	}
	rel.Type = "table"
	return &rel, nil
}

func (r *recorder) Relations(context.Context, string) ([]relation.Relation, error) { return nil, nil }

func (r *recorder) Columns(_ context.Context, rel relation.Relation) ([]Column, error) {
	if rel.Identifier == "old" {
		return []Column{{"id", "INTEGER"}, {"gone", "DATE"}}, nil
	}
	return []Column{{"id", "BIGINT"}, {"name", "VARCHAR"}}, nil
}

func (r *recorder) ColumnsOf(ctx context.Context, sql string) ([]Column, error) {
	r.statements = append(r.statements, "describe "+strings.TrimSpace(sql))
	return r.Columns(ctx, relation.Relation{})
}

func (r *recorder) Schemas(context.Context) ([]string, error) { return []string{"main"}, nil }
func (r *recorder) CreateSchema(_ context.Context, name string) error {
	return r.did("create schema", name)
}
func (r *recorder) DropSchema(_ context.Context, name string) error {
	return r.did("drop schema", name)
}
func (r *recorder) Drop(_ context.Context, rel relation.Relation) error {
	return r.did("drop", rel.Str())
}
func (r *recorder) Rename(_ context.Context, from, to relation.Relation) error {
	return r.did("rename", from.Str()+" "+to.Str())
}
func (r *recorder) Truncate(_ context.Context, rel relation.Relation) error {
	return r.did("truncate", rel.Str())
}
func (r *recorder) did(what, name string) error {
	r.statements = append(r.statements, "["+what+" "+name+"]")
	return nil
}

// TestMacrosWriteTheirSQL renders every text of testdata/macros.txt and
// compares what it gives and which statements it runs. With -update it writes
// them anew.
func TestMacrosWriteTheirSQL(t *testing.T) {
	const file = "testdata/macros.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, entry := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		var source, want []string
		for _, line := range strings.Split(entry, "\n") {
			switch {
			case strings.HasPrefix(line, "  "), strings.HasPrefix(line, "> "):
				want = append(want, line)
			default:
				source = append(source, line)
			}
		}
		got := transcribed(strings.Join(source, "\n"))
		fmt.Fprintf(&out, "%s\n%s\n\n", strings.Join(source, "\n"), strings.Join(got, "\n"))
		if diff := cmp.Diff(want, got); diff != "" && !*update {
			t.Errorf("%s\n%s", strings.Join(source, "\n"), diff)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.TrimSpace(out.String())+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// transcribed is what a text gives, indented, and after > what it ran. A line that
// begins with # is a comment; the context can be set in it as # key: value.
func transcribed(text string) []string {
	c, db := shop(), &recorder{}
	c.Adapter, c.Library = db, NewLibrary("shop", nil, nil)
	c.Config = map[string]any{}
	var kept []string
	for _, line := range strings.Split(text, "\n") {
		if key, value, ok := strings.Cut(strings.TrimPrefix(line, "# "), ": "); ok && strings.HasPrefix(line, "# ") {
			v, err := RenderYAML("{{ "+value+" }}", c)
			if err != nil {
				return []string{"  " + err.Error()}
			}
			if key == "model" {
				c.Model = func() any { return v }
			} else {
				c.Config[key] = v
			}
			continue
		}
		if !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	var lines []string
	got, err := Compile(context.Background(), strings.Join(kept, "\n"), c, resolver{})
	if err != nil {
		got = err.Error()
	}
	for _, line := range strings.Split(strings.Trim(got, "\n"), "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, "  "+line)
		}
	}
	for _, s := range db.statements {
		lines = append(lines, "> "+strings.ReplaceAll(s, "\n", "\n> "))
	}
	return strings.Split(strings.Join(lines, "\n"), "\n")
}

// TestMacrosOfDBTAreThere holds the macros to testdata/dbt_macros.txt: the
// public macros of dbt-core and dbt-duckdb, and why some are not there.
func TestMacrosOfDBTAreThere(t *testing.T) {
	macros, problems := readBuiltin()
	for _, p := range problems {
		t.Error(p)
	}
	text, err := os.ReadFile("testdata/dbt_macros.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		name, reason, missing := strings.Cut(line, ": ")
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		switch m := macros[name]; {
		case m == nil && !missing:
			t.Errorf("the macro %s is not there", name)
		case m != nil && missing:
			t.Errorf("the macro %s is there, though %s", name, reason)
		}
	}
}
