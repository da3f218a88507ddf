package project

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// everything is a project of n models in layers of 100 with all that real ones
// have: macros, hooks, packages' tests, versions of names by macros, docs.
func everything(n int) fstest.MapFS {
	files := fstest.MapFS{
		File: {Data: []byte("name: big\nmodels:\n  big:\n    +materialized: table\n    +tags: [nightly]\n    +post-hook: \"{{ log('built ' ~ this) }}\"\n    +schema: marts\n")},
		"macros/m.sql": {Data: []byte("{% macro cents(c) %}({{ c }} / 100){% endmacro %}\n" +
			"{% macro generate_schema_name(custom, node) %}{{ target.schema }}_{{ custom | trim if custom else 'x' }}{% endmacro %}\n" +
			"{% test at_least(model, column_name, least) %}select * from {{ model }} where {{ column_name }} < {{ least }}{% endtest %}")},
		"dbt_packages/tools/dbt_project.yml":  {Data: []byte("name: tools\n")},
		"dbt_packages/tools/macros/tests.sql": {Data: []byte("{% test sane(model) %}{{ return(adapter.dispatch('test_sane', 'tools')(model)) }}{% endtest %}\n{% macro default__test_sane(model) %}select 1 from {{ model }} where false{% endmacro %}")},
		"packages.yml":                        {Data: []byte("packages: [{package: x/tools, version: 1.0.0}]")},
		"models/docs.md":                      {Data: []byte("{% docs key %}The key.{% enddocs %}")},
	}
	var yml strings.Builder
	for i := range n {
		sql := "select 1 as id, 'x' as status"
		if i >= 100 {
			sql = fmt.Sprintf("{{ config(tags=['generated']) }}\nwith a as (select * from {{ ref('model_%d') }}),\nb as (select {{ cents('n') }} as n from {{ ref('model_%d') }})\n"+
				"select * from a join b using (id){%% if target.name == 'prod' %%}where a.id > {{ var('limit', 10) }}{%% endif %%}\n", i-100, i-99)
		}
		files[fmt.Sprintf("models/layer_%d/model_%d.sql", i/100, i)] = &fstest.MapFile{Data: []byte(sql)}
		fmt.Fprintf(&yml, "  - name: model_%d\n    description: Model number %d.\n    tests: [tools.sane]\n    columns:\n      - name: id\n        description: \"{{ doc('key') }}\"\n        tests: [unique, not_null]\n"+
			"      - name: status\n        tests:\n          - at_least: {arguments: {least: 3}}\n", i, i)
		if i%20 == 19 {
			files[fmt.Sprintf("models/layer_%d/schema_%d.yml", i/100, i)] = &fstest.MapFile{Data: []byte("version: 2\nmodels:\n" + yml.String())}
			yml.Reset()
		}
	}
	return files
}

// Loading 2,000 models is to stay below 1 s, and 10,000 below 5 s and 1 GB.
func BenchmarkLoad2000Models(b *testing.B)  { benchmarkLoad(b, 2000) }
func BenchmarkLoad10000Models(b *testing.B) { benchmarkLoad(b, 10000) }

func benchmarkLoad(b *testing.B, n int) {
	files := everything(n)
	var m runtime.MemStats
	for b.Loop() {
		p, problems := Load(files, "", Options{})
		if err := problems.Err(); err != nil {
			b.Fatal(err)
		}
		if len(p.Resources) != n*5 {
			b.Fatal(len(p.Resources))
		}
		runtime.ReadMemStats(&m)
	}
	b.ReportMetric(float64(m.Sys)/1e6, "MB")
}
