package template

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// resolver resolves refs and sources to themselves.
type resolver struct{}

func (resolver) Ref(pkg, name string, version any) (relation.Relation, error) {
	if name == "missing" {
		return relation.Relation{}, diag.New("unknown-ref", diag.Place{}, "there is no model `missing`")
	}
	name = strings.TrimPrefix(pkg+"_"+name, "_")
	if version != nil {
		name = fmt.Sprintf("%s_v%v", name, version)
	}
	return relation.New(ident.Table{Namespace: "main", Name: name}), nil
}

func (resolver) Source(source, table string) (relation.Relation, error) {
	return relation.New(ident.Table{Namespace: source, Name: table}), nil
}

func shop() Context {
	return Context{
		Package: "shop", File: "models/a.sql", This: relation.New(ident.Table{Namespace: "main", Name: "a"}),
		Vars:   map[string]any{"limit": 3, "countries": []any{"France", "Spain"}, "flags": map[string]any{"on": true}},
		Config: map[string]any{"materialized": "table"},
		Env: func(name string) (string, bool) {
			return "from the environment", name == "REGION"
		},
		RunStartedAt: time.Date(2011, 12, 9, 9, 27, 0, 0, time.UTC),
		InvocationID: "7e4c",
	}
}

func place(line, column int) diag.Place {
	return diag.Place{File: "models/a.sql", Line: line, Column: column}
}

func TestParseCapturesWhatATextRefersTo(t *testing.T) {
	got, err := Parse(`{{ config(materialized='table', tags=['daily'],
          meta={'owner': 'ann'}) }}
{{ config(tags='more', meta={'tier': 1}) }}
select * from {{ ref('orders') }} join {{ ref('crm', 'people') }}
{%- for c in var('countries') %} union {{ source('retail', 'invoices') }}{% endfor %}
{% if execute %}{{ ref('only_when_run') }}{% endif %}
limit {{ var('limit') }} {{ var('depth', 1) }}`, shop())
	if err != nil {
		t.Fatal(err)
	}
	want := &Captured{
		Refs:    []Ref{{Name: "orders", Place: place(4, 18)}, {Package: "crm", Name: "people", Place: place(4, 43)}},
		Sources: []Source{{"retail", "invoices", place(5, 43)}},
		Config: map[string]any{
			"materialized": "table", "tags": []any{"daily", "more"},
			"meta": map[string]any{"owner": "ann", "tier": int64(1)},
		},
		ConfigPlaces: map[string]diag.Place{
			"materialized": place(1, 11), "tags": place(3, 11), "meta": place(3, 24),
		},
		Vars: []string{"countries", "limit", "depth"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompileGivesSQL(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"select * from {{ ref('orders') }}\n", `select * from "tarn"."main"."orders"`},
		{"{{ ref('crm', 'people') }} {{ ref('a').identifier }} {{ ref('a').schema }}", `"tarn"."main"."crm_people" a main`},
		{"{{ source('retail', 'invoices') }}", `"tarn"."retail"."invoices"`},
		{"{{ config(materialized='view') }}{{ config.get('materialized') }} {{ config.get('x', 7) }}", "table 7"},
		{"{{ config.require('materialized') }}", "table"},
		{"{{ this }} {{ this.schema }} {{ this.name }} {{ this.identifier }}", `"tarn"."main"."a" main a a`},
		{"{{ target.name }} {{ target.type }} {{ target.schema }} {{ target['database'] }}", "dev duckdb main tarn"},
		{"{{ var('limit') + 1 }} {{ var('countries') }} {{ var('none', None) }}", "4 ['France', 'Spain'] None"},
		{"{{ var.has_var('limit') }} {{ var.has_var('x') }}", "True False"},
		{"{{ env_var('REGION') }} {{ env_var('OTHER', 'default') }}", "from the environment default"},
		{"{{ execute }} {{ is_incremental() }} {{ dbt_version }} {{ invocation_id }} {{ project_name }}", "True False 1.11.0 7e4c shop"},
		{"{{ run_started_at }} {{ run_started_at.strftime('%Y-%m-%d %H:%M') }} {{ run_started_at.isoformat() }} {{ run_started_at.year }}",
			"2011-12-09 09:27:00+00:00 2011-12-09 09:27 2011-12-09T09:27:00+00:00 2011"},
		{"{{ log('hello', info=true) }}{{ tojson({'b': 1, 'a': [none]}) }}", `{"b": 1, "a": [null]}`},
		{"{% if is_incremental() %}where x{% endif %}", ""},
		{"{% do var('countries').append('x') %}{{ var('countries') | length }}", "2"},
		{"{% macro cents(c) %}({{ c }} / 100){% endmacro %}select {{ cents('price') }}", "select (price / 100)"},
	} {
		got, err := Compile(t.Context(), c.text, shop(), resolver{})
		if err != nil || got != c.want {
			t.Errorf("%s\n got %q, %v\nwant %q", c.text, got, err, c.want)
		}
	}
}

func TestProblemsSayWhereAndWhatToDo(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"select\n  {{ reff('a') }}", "models/a.sql:2:6: unknown-name: `reff` is undefined\n  hint: did you mean `ref`?"},
		{"{{ dbt_utils.star(ref('a')) }}", "models/a.sql:1:4: unknown-name: `dbt_utils` is undefined\n  hint: no macro, variable or word of dbt's has that name; a package `dbt_utils` would be added to packages.yml and fetched by `tarn deps`"},
		{"{% if true %}\n {{ adapter.dispatch('x')() }}{% endif %}", "models/a.sql:2:13: unknown-name: no macro is there for `x`: looked for duckdb__x, default__x\n  hint: define default__x"},
		{"{% include 'x' %}", "models/a.sql:1:12: jinja-error: there is no template `x`"},
		{"{% for x in y %}", "models/a.sql:1:4: jinja-syntax: `for` is never closed: `{% endfor %}` is missing"},
		{"{{ ref(a) }}", "models/a.sql:1:4: bad-call: `ref` takes the name of a model, or of a package and a model, as strings\n  hint: write ref('orders') or ref('shop', 'orders')"},
		{"{{ source('a') }}", "models/a.sql:1:4: bad-call: `source` takes the names of a source and of a table, as strings\n  hint: write source('retail', 'invoices')"},
		{"{{ ref('missing') }}", "models/a.sql:1:4: unknown-ref: there is no model `missing`"},
		{"{{ var('limt') }}", "models/a.sql:1:4: unknown-var: the variable `limt` has no value and no default\n  hint: did you mean `limit`?"},
		{"{{ var('start') }}", "models/a.sql:1:4: unknown-var: the variable `start` has no value and no default\n  hint: set it under `vars:` in dbt_project.yml, or with --vars '{start: value}', or write var('start', default)"},
		{"{{ env_var('HOST') }}", "models/a.sql:1:4: unknown-env-var: the environment variable `HOST` is not set and has no default\n  hint: set it, or write env_var('HOST', 'default')"},
		{"{{ env_var('DBT_ENV_SECRET_KEY', 'x') }}", "models/a.sql:1:4: secret-in-template: `DBT_ENV_SECRET_KEY` is a secret: secrets are for connections and may not enter SQL or configurations\n  hint: name the variable without DBT_ENV_SECRET if it is no secret"},
		{"\n\n{{ exceptions.raise_compiler_error('no ' ~ 'good') }}", "models/a.sql:3:15: raised: no good"},
		{"{{ config.require('key') }}", "models/a.sql:1:11: missing-config: the configuration `key` is required here and not set\n  hint: set it with config(key=…), in the YAML file of the model, or in dbt_project.yml"},
		{"{{ 1 + 'a' }}", "models/a.sql:1:6: jinja-error: `+` does not work on int and str"},
		{"{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "models/a.sql:1:4: jinja-limit: calls are nested more than 500 deep: does it call itself without end?\n  hint: in `f`, called from models/a.sql:1:19"},
		{"{{ 'a\n }}", "models/a.sql:1:4: jinja-syntax: the string is never closed: `'` is missing"},
	} {
		_, err := Compile(t.Context(), c.text, shop(), resolver{})
		var p *diag.Problem
		if !errors.As(err, &p) || p.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %v", c.text, err, c.want)
		}
	}
}

func TestRenderYAMLKeepsWhatAnExpressionIs(t *testing.T) {
	for _, c := range []struct {
		text string
		want any
	}{
		{"plain { text }", "plain { text }"},
		{"{{ var('limit') }}", int64(3)},
		{"{{ var('limit') }} rows", "3 rows"},
		{"{{ var('countries') }}", []any{"France", "Spain"}},
		{"{{ target.name == 'dev' }}", true},
		{"{{ env_var('X', 'true') }}", "true"},
		{"{{ env_var('X', 'true') | as_bool }}", true},
		{"{{ env_var('X', '12') | as_number }}", int64(12)},
		{"{{ env_var('X', '[1, 2]') | as_native }}", []any{int64(1), int64(2)}},
		{"{{ none }}", nil},
	} {
		got, err := RenderYAML(c.text, shop())
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
}

func TestTextsInsideOtherFilesKeepTheirPlace(t *testing.T) {
	c := shop()
	c.File, c.Line, c.Column = "models/schema.yml", 12, 20
	for text, want := range map[string]string{
		"{{ nope() }}":      "models/schema.yml:12:23: ",
		"a\n  {{ nope() }}": "models/schema.yml:13:6: ",
	} {
		if _, err := RenderYAML(text, c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want it at %s", text, err, want)
		}
	}
}

// A model as projects have them.
const model = `{{ config(materialized='table', tags=['daily']) }}
with orders as (select * from {{ ref('stg_orders_%d') }})
{% for country in var('countries') -%}
  {%- if not loop.first %} union all {% endif %}
  select * from orders where country = '{{ country | replace("'", "''") }}'
{% endfor %}
{% if is_incremental() %} where at > (select max(at) from {{ this }}) {% endif %}`

func BenchmarkParse2000Models(b *testing.B) {
	texts := make([]string, 2000)
	for i := range texts {
		texts[i] = strings.Replace(model, "%d", strconv.Itoa(i), 1)
	}
	for b.Loop() {
		for _, text := range texts {
			if _, err := Parse(text, shop()); err != nil {
				b.Fatal(err)
			}
		}
	}
}
