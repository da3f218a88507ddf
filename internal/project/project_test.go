package project

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tarn-lake/tarn/internal/diag"
)

var update = flag.Bool("update", false, "write what was found into the golden projects")

// TestGoldenProjects loads the projects in testdata. The comment of an archive
// says how ("vars name=value", "warn-error", "env NAME=value"); its last file,
// want, is what is found: the resources, and every problem.
func TestGoldenProjects(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no golden projects", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			want := ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				files[f.Name] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
			}
			got := loadAndShow(files, string(archive.Comment))
			if *update {
				archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
				archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("run with -update where this is right\n%s", diff)
			}
		})
	}
}

func loadAndShow(fsys fs.FS, instructions string) string {
	o := Options{Vars: map[string]any{}}
	env := map[string]string{}
	for line := range strings.Lines(instructions) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, value, _ := strings.Cut(rest, "=")
		switch verb {
		case "vars":
			o.Vars[name] = map[string]any{"true": true, "false": false}[value]
			if o.Vars[name] == nil {
				o.Vars[name] = value
			}
		case "env":
			env[name] = value
		case "warn-error":
			o.Warnings = diag.Strict
		}
	}
	o.Env = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	p, problems := Load(fsys, "shop", o)
	var out strings.Builder
	show(&out, p)
	for _, problem := range problems.All() {
		fmt.Fprintln(&out, problem)
	}
	return out.String()
}

func show(out *strings.Builder, p *Project) {
	fmt.Fprintf(out, "project %s", p.Name)
	if len(p.Vars) > 0 {
		fmt.Fprintf(out, " vars%v", pairs(p.Vars))
	}
	fmt.Fprintln(out)
	for _, r := range p.Resources {
		showResource(out, r)
	}
	for _, r := range p.Disabled {
		fmt.Fprintf(out, "disabled %s\n", r.ID)
	}
}

func showResource(out *strings.Builder, r *Resource) {
	fmt.Fprintf(out, "%s (%s)\n", r.ID, r.Place)
	line := func(name string, v any) {
		if s := fmt.Sprint(v); s != "" && s != "[]" && s != "0" && s != "false" {
			fmt.Fprintf(out, "  %s: %s\n", name, s)
		}
	}
	line("fqn", strings.Join(r.FQN, "."))
	if !r.Relation.IsZero() {
		line("relation", r.Relation)
	}
	line("materialized", r.Config.Materialized)
	line("partition_by", r.Config.PartitionBy)
	line("order_by", r.Config.OrderBy)
	line("description", r.Description)
	line("tags", r.Tags)
	line("meta", pairs(r.Meta))
	for _, c := range r.Columns {
		line("column", strings.Join(slices.DeleteFunc(append([]string{c.Name, c.DataType, c.Description, strings.Join(c.Tags, ",")}, pairs(c.Meta)...), func(s string) bool { return s == "" }), " "))
	}
	if t := r.Test; t != nil {
		line("test", strings.TrimSpace(t.Kind+" "+t.Column))
		line("expression", t.Expression)
		line("args", pairs(t.Args))
		line("to", strings.TrimSpace(t.To+" "+t.Field))
		line("severity", t.Severity)
		line("where", t.Where)
		line("warn_if", t.WarnIf)
		line("error_if", t.ErrorIf)
		line("fail_calc", t.FailCalc)
		line("limit", t.Limit)
		line("evidence", t.Evidence)
		line("on", t.On)
	}
	if in := r.Ingest; in != nil {
		line("from", in.From+" "+strings.Join(in.Paths, " "))
		line("mode", in.Mode)
		line("primary_key", strings.Join(in.PrimaryKey, ", "))
		line("cursor", in.Cursor)
		line("track", strings.Join(in.Track, ", "))
		for _, s := range in.Survivorship {
			line("survivor", strings.TrimSpace(fmt.Sprint(s.Column, " ", s.Rule, " ", s.Prefer, " ", s.Source)))
		}
		if d := in.Deduplicate; d != nil {
			line("deduplicate", fmt.Sprint(d.Exact, " keep ", d.Keep))
			if d.Fuzzy != nil {
				line("fuzzy", fmt.Sprintf("%+v", *d.Fuzzy))
			}
		}
		line("contract", fmt.Sprintf("%+v", in.Contract))
		line("partition_by", in.PartitionBy)
		for _, name := range slices.Sorted(maps.Keys(in.Columns)) {
			line("type", fmt.Sprintf("%s %s (%s)", name, in.Columns[name], in.Places["columns."+name]))
		}
		for _, name := range slices.Sorted(maps.Keys(in.Options)) {
			line("option", fmt.Sprintf("%s=%v (%s)", name, in.Options[name].Value, in.Options[name].Place))
		}
	}
	line("depends on", r.DependsOn)
}

func pairs(m map[string]any) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%s=%v", k, m[k]))
	}
	return out
}

func FuzzLoad(f *testing.F) {
	f.Add("name: shop\nmodels: {shop: {+materialized: table}}", "version: 2\nmodels: [{name: a, columns: [{name: id, tests: [unique]}]}]",
		"source: s\ntables: {t: {from: file, path: x, columns: {a: string}}}", "{{ config(enabled=true) }} select * from {{ ref('b') }}")
	f.Add("name: [", "sources: [{name: s, tables: [{name: t, tests: [{relationships: {to: ref('a'), field: x}}]}]}]",
		"source: s\ntables: {t: {columns: {a: {type: b, tests: [not_null]}}}}", "{% for x in y %}")
	f.Fuzz(func(t *testing.T, projectFile, properties, ingest, model string) {
		files := fstest.MapFS{
			File:                {Data: []byte(projectFile)},
			"models/m.yml":      {Data: []byte(properties)},
			"ingest/s.yml":      {Data: []byte(ingest)},
			"models/a.sql":      {Data: []byte(model)},
			"models/deep/b.sql": {Data: []byte("select 1")},
			"tests/c.sql":       {Data: []byte(model)},
		}
		p, problems := Load(files, "", Options{})
		for _, r := range p.Resources {
			if p.ByID(r.ID) == nil && problems.Err() == nil {
				t.Fatalf("%s cannot be found, and no problem says why", r.ID)
			}
		}
		for _, problem := range problems.All() {
			if problem.Place == (diag.Place{}) || problem.Message == "" {
				t.Fatalf("a problem without place or message: %#v", problem)
			}
		}
	})
}
