package graph

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tarn-lake/tarn/internal/project"
)

// manyModels is a project of n models in layers of 100, each with two parents,
// a description, two described columns and three tests.
func manyModels(n int) fstest.MapFS {
	files := fstest.MapFS{project.File: {Data: []byte("name: big\nmodels:\n  big:\n    +materialized: table\n    +tags: [nightly]\n")}}
	var yml strings.Builder
	for i := range n {
		sql := "{{ config(tags=['generated']) }}\nselect 1 as id, 'x' as status"
		if i >= 100 {
			sql = fmt.Sprintf("{{ config(tags=['generated']) }}\nwith a as (select * from {{ ref('model_%d') }}),\nb as (select * from {{ ref('model_%d') }})\n"+
				"select a.id, b.status, {{ var('limit', 10) }} as most\nfrom a join b using (id)\n{%% if target.name == 'prod' %%}where a.id > 0{%% endif %%}\n", i-100, i-99)
		}
		files[fmt.Sprintf("models/layer_%d/model_%d.sql", i/100, i)] = &fstest.MapFile{Data: []byte(sql)}
		fmt.Fprintf(&yml, "  - name: model_%d\n    description: Model number %d.\n    columns:\n      - name: id\n        description: The key.\n        tests: [unique, not_null]\n"+
			"      - name: status\n        tests:\n          - accepted_values: {values: [x, y]}\n", i, i)
		if i%20 == 19 {
			files[fmt.Sprintf("models/layer_%d/schema_%d.yml", i/100, i)] = &fstest.MapFile{Data: []byte("version: 2\nmodels:\n" + yml.String())}
			yml.Reset()
		}
	}
	return files
}

// BenchmarkLoadAndBuild2000Models is what `tarn ls` does on a large project
// before it prints; it is to stay below 400 ms.
func BenchmarkLoadAndBuild2000Models(b *testing.B) {
	files := manyModels(2000)
	for b.Loop() {
		p, problems := project.Load(files, "", project.Options{})
		if err := problems.Err(); err != nil {
			b.Fatal(err)
		}
		g, err := Build(p)
		if err != nil {
			b.Fatal(err)
		}
		if s, err := g.Select([]string{"+model_1999"}, nil); err != nil || s.Len() < 20 {
			b.Fatal(s.Len(), err)
		}
	}
}
