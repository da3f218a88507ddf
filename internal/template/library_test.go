package template

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
)

// shelf is a library of a root project, shop, and a package, utils.
func shelf(t *testing.T) *Library {
	t.Helper()
	l := NewLibrary("shop", []string{"utils", "other"}, []DispatchRule{{"other", []string{"shop", "other"}}})
	for _, f := range []struct{ pkg, file, text string }{
		{"shop", "macros/money.sql", `{# money #}
{% macro cents(column, places=2) -%}
  round({{ column }} / 100, {{ places }})
{%- endmacro %}
{% macro numbers() %}{{ return([1, 2, 3]) }}dropped{% endmacro %}
{% macro twice() %}{{ caller() }}-{{ caller() }}{% endmacro %}
{% macro fails(x) %}
  {{ 1 / x }}
{% endmacro %}
{% macro outer() %}{{ fails(0) }}{% endmacro %}
{% macro forever() %}{{ forever() }}{% endmacro %}
{% macro missing() %}{{ ref('missing') }}{% endmacro %}
{% macro duckdb__greet() %}hello from shop{% endmacro %}
{% macro is_daily() %}{{ return(config.get('materialized') == 'table') }}{% endmacro %}
{% macro secret_sum() %}{{ centz('a') }}{% endmacro %}`},
		{"utils", "macros/star.sql", `{% macro star(from) %}{{ return(adapter.dispatch('star', 'utils')(from)) }}{% endmacro %}
{% macro default__star(from) %}{{ from.identifier }}.*{% endmacro %}
{% macro duckdb__star(from) %}duck {{ from.identifier }}.*{% endmacro %}
{% macro cents(c) %}utils cents{% endmacro %}
{% macro whose() %}{{ cents('x') }}{% endmacro %}
{% macro greet() %}{{ adapter.dispatch('greet', 'utils')() }}{% endmacro %}
{% macro default__greet() %}hello from utils{% endmacro %}
{% test positive(model, column_name, least=0) %}select * from {{ model }} where {{ column_name }} < {{ least }}{% endtest %}
{% materialization pile, default %}{{ return({'relations': [this]}) }}{% endmaterialization %}
{% materialization heap, adapter='duckdb', supported_languages=['sql', 'python'] %}{% endmaterialization %}`},
	} {
		for _, p := range l.Add(f.pkg, f.file, f.text) {
			t.Fatal(p)
		}
	}
	return l
}

func TestMacrosAreFoundAsInDBT(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{{ cents('price') }}", "round(price / 100, 2)"},
		{"{{ cents('price', places=0) }}", "round(price / 100, 0)"},
		{"{{ shop.cents('price') }} {{ utils.cents('price') }}", "round(price / 100, 2) utils cents"},
		{"{% for n in numbers() %}{{ n + 1 }} {% endfor %}", "2 3 4 "},
		{"{% call twice() %}x{% endcall %}", "x-x"},
		{"{{ utils.star(ref('orders')) }}", "duck orders.*"},
		{"{{ utils.greet() }}", "hello from shop"},
		{"{{ utils.whose() }}", "round(x / 100, 2)"}, // in dbt too a macro sees what the text sees
		{"{{ adapter.dispatch('star', 'utils')(this) }}", "duck a.*"},
		{"{{ context.get('cents')('a') }} {{ context['cents']('b') }} {{ context.get('nothing') }}", "round(a / 100, 2) round(b / 100, 2) None"},
		{"{{ 'cents' in context }} {{ 'star' in utils }} {{ utils.get('nothing') }} {{ utils['cents'](1) }}", "True True None utils cents"},
		{"{% set f = cents %}{{ f('a') }}", "round(a / 100, 2)"},
		{"{{ is_daily() }}", "True"},
		{"{% macro cents(c) %}my own{% endmacro %}{{ cents('a') }}", "my own"},
		{"{{ dbt.type_string() }} {{ type_int() }}", "TEXT integer"},
		{"{{ render('{{ cents(\"a\") }}') }}", "round(a / 100, 2)"},
	} {
		ctx := shop()
		ctx.Library = shelf(t)
		got, err := Compile(t.Context(), c.text, ctx, resolver{})
		if err != nil || got != c.want {
			t.Errorf("%s\n got %q, %v\nwant %q", c.text, got, err, c.want)
		}
	}
}

func TestRootProjectsOverrideWordsAndBuiltinMacros(t *testing.T) {
	l := NewLibrary("shop", []string{"utils"}, nil)
	for pkg, text := range map[string]string{
		"shop": `{% macro ref(name) %}{% do return(builtins.ref(name).include(database=false)) %}{% endmacro %}
{% macro type_string() %}mine{% endmacro %}
{% macro default__type_int() %}my int{% endmacro %}`,
		"utils": `{% macro which() %}{{ type_string() }} {{ ref('a') }} {{ type_int() }}{% endmacro %}`,
	} {
		if ps := l.Add(pkg, "macros/a.sql", text); len(ps) > 0 {
			t.Fatal(ps)
		}
	}
	c := shop()
	c.Library = l
	got, err := Compile(t.Context(), "{{ utils.which() }} {{ dbt.type_string() }}", c, resolver{})
	if want := `mine "main"."a" my int TEXT`; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	seen, err := Parse("{{ ref('a') }} {{ utils.which() }}", c)
	if err != nil || len(seen.Refs) != 1 || seen.Refs[0].Name != "a" {
		t.Errorf("refs within macros are lost: %v, %v", seen, err)
	}
	if diff := cmp.Diff([]string{"macro.shop.ref", "macro.utils.which"}, seen.Macros); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsInMacrosTellTheCallsThatLedThere(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"select\n {{ outer() }}", "macros/money.sql:8:8: jinja-error: division by zero\n  hint: in `fails`, called from macros/money.sql:10:23\n  in `outer`, called from models/a.sql:2:5"},
		{"{{ missing() }}", "macros/money.sql:12:25: unknown-ref: there is no model `missing`\n  hint: in `missing`, called from models/a.sql:1:4"},
		{"{{ secret_sum() }}", "macros/money.sql:15:28: unknown-name: `centz` is undefined\n  hint: did you mean `cents`?\n  in `secret_sum`, called from models/a.sql:1:4"},
		{"{{ star(this) }}", "models/a.sql:1:4: unknown-name: `star` is undefined\n  hint: write `utils.star`: macros of packages are called with the package's name"},
		{"{{ utils.stra(this) }}", "models/a.sql:1:10: unknown-name: the package `utils` has no attribute `stra`\n  hint: did you mean `star`?"},
		{"{{ cents() }}{{ cents(1, 2, 3) }}", "models/a.sql:1:17: jinja-error: the macro `cents` takes 2 arguments, not 3"},
		{"{{ adapter.dispatch('grete', 'utils')() }}", "models/a.sql:1:12: unknown-name: no macro is there for `grete`: looked for shop.duckdb__grete, shop.default__grete, utils.duckdb__grete, utils.default__grete\n  hint: did you mean `greet`?"},
		{"{{ adapter.dispatch('utils.star')() }}", "models/a.sql:1:12: bad-call: `adapter.dispatch` takes the name of a macro without its package, not `utils.star`\n  hint: write adapter.dispatch('star', macro_namespace='utils')"},
		{"{{ adapter.qoute('a') }}", "models/a.sql:1:12: unknown-name: the adapter has no attribute `qoute`\n  hint: did you mean `quote`?"},
		{"{{ return(1) }}", "models/a.sql:1:1: jinja-error: `return` stands outside of a macro"},
		{"{{ render('{{ nope() }}') }}", "models/a.sql:1:7: unknown-name: `nope` is undefined"},
	} {
		ctx := shop()
		ctx.Library = shelf(t)
		_, err := Compile(t.Context(), c.text, ctx, resolver{})
		var p *diag.Problem
		if !errors.As(err, &p) || !strings.HasPrefix(p.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %v", c.text, err, c.want)
		}
	}
}

func TestRecursionWithoutEndIsStopped(t *testing.T) {
	ctx := shop()
	ctx.Library = shelf(t)
	_, err := Compile(t.Context(), "{{ forever() }}", ctx, resolver{})
	if err == nil || !strings.Contains(err.Error(), "jinja-limit") || !strings.Contains(err.Error(), "in `forever`, called from macros/money.sql") {
		t.Errorf("got %v", err)
	}
}

func TestMacrosDependOnTheCallsThatStandInThem(t *testing.T) {
	l := shelf(t)
	for name, want := range map[string][]string{
		"shop.outer": {"macro.shop.fails"}, "utils.star": {"macro.utils.duckdb__star"}, "utils.greet": {"macro.shop.duckdb__greet"},
		"shop.forever": nil, "utils.whose": {"macro.utils.cents"}, "dbt.type_string": {"macro.dbt.default__type_string"},
	} {
		pkg, bare, _ := strings.Cut(name, ".")
		if diff := cmp.Diff(want, l.DependsOn(l.InPackage(pkg, bare))); diff != "" {
			t.Error(name, diff)
		}
	}
}

func TestUnitTestsOverrideMacros(t *testing.T) {
	ctx := shop()
	ctx.Library = shelf(t)
	ctx.Override = map[string]any{"is_incremental": true, "cents": "12", "utils.star": "x, y", "type_string": "words"}
	got, err := Compile(t.Context(), "{{ is_incremental() }} {{ cents('a') }} {{ utils.star(this) }} {{ utils.cents(1) }} {{ dbt.type_string() }} {{ dbt.is_incremental() }}", ctx, resolver{})
	if want := "True 12 x, y utils cents words True"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestErrorsInDBTsOwnMacrosAreWhereTheTextCalledThem(t *testing.T) {
	ctx := shop()
	ctx.Library = shelf(t)
	ctx.Adapter = newMemory()
	for _, c := range []struct{ text, want string }{
		{"select\n {{ dbt.get_powers_of_two(0) }}", "models/a.sql:2:9: raised: "},
		{"select {% set x = run_query('nonsense') %}", "models/a.sql:1:19: sql: nobody knows the answer to nonsense"},
		{"{{ whos() }}", "models/a.sql:1:4: unknown-name: `whos` is undefined\n  hint: write `utils.whose`: macros of packages are called with the package's name"},
	} {
		_, err := Compile(t.Context(), c.text, ctx, resolver{})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %v", c.text, err, c.want)
		}
	}
}

func TestTestsAndMaterializationsAreFoundByTheirNames(t *testing.T) {
	l := shelf(t)
	m := l.Test("shop", "utils.positive")
	if m == nil || m.ID != "macro.utils.test_positive" || m.Kind != KindTest || l.Test("shop", "unique") == nil || l.Test("shop", "nope") != nil {
		t.Fatalf("tests are not found: %+v", m)
	}
	var params []string
	for _, a := range m.Arguments {
		params = append(params, a.Name+"="+a.Default)
	}
	if diff := cmp.Diff([]string{"model=", "column_name=", "least=0"}, params); diff != "" {
		t.Error(diff)
	}
	heap := l.Materialization("heap")
	if heap == nil || heap.Name != "materialization_heap_duckdb" || len(heap.Languages) != 2 || l.Materialization("pile") == nil || l.Materialization("table") != nil {
		t.Errorf("materializations are not found: %+v", heap)
	}
	ctx := shop()
	ctx.Library = l
	v, _, err := Invoke(t.Context(), l.Materialization("pile"), nil, nil, ctx, resolver{})
	if err != nil || v == nil {
		t.Errorf("a materialization returns nothing: %v, %v", v, err)
	}
}

func TestGenericTestsGetTheirArgumentsRendered(t *testing.T) {
	l := shelf(t)
	ctx := shop()
	ctx.Library = l
	args := map[string]any{"model": "{{ get_where_subquery(ref('orders')) }}", "column_name": "price", "least": "var('limit')"}
	got, err := Test(t.Context(), l.Test("shop", "utils.positive"), args, ctx, resolver{})
	if want := `select * from "tarn"."main"."orders" where price < 3`; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	seen, err := CaptureTest(l.Test("shop", "utils.positive"), args, ctx)
	if err != nil || len(seen.Refs) != 1 || seen.Refs[0].Name != "orders" {
		t.Errorf("the refs of arguments are lost: %+v, %v", seen, err)
	}
}

func TestFilesOfMacrosAreCheckedWhenTheyAreAdded(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{% macro a() %}{% endmacro %}\n{% macro a() %}{% endmacro %}", "macros/b.sql:2:1: duplicate-macro: the macro `a` is there twice, first in macros/b.sql:1:1\n  hint: rename or remove one of them"},
		{"{% macro a( %}{% endmacro %}", "macros/b.sql:1:14: jinja-syntax: "},
		{"{% macro a() %}", "macros/b.sql:1:1: jinja-syntax: `macro` is never closed: `{% endmacro %}` is missing"},
		{"{% materialization a, adaptor='x' %}{% endmaterialization %}", "macros/b.sql:1:23: jinja-syntax: a materialization cannot be told `adaptor`"},
	} {
		found := NewLibrary("shop", nil, nil).Add("shop", "macros/b.sql", c.text)
		if len(found) != 1 || !strings.HasPrefix(found[0].Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %s", c.text, found, c.want)
		}
	}
}

func TestBuiltinMacrosAreInOrder(t *testing.T) {
	if _, problems := readBuiltin(); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestBlocksOfFilesKeepTheirPlace(t *testing.T) {
	got, problems := Blocks("snapshots/a.sql", "{# x #}\n{% snapshot orders %}\n  select {{ 1 }}\n{% endsnapshot %}", "snapshot")
	want := []Block{{
		Kind: "snapshot", Name: "orders", Text: "\n  select {{ 1 }}\n", Source: "{% snapshot orders %}\n  select {{ 1 }}\n{% endsnapshot %}",
		Place: diag.Place{File: "snapshots/a.sql", Line: 2, Column: 1}, Start: diag.Place{File: "snapshots/a.sql", Line: 2, Column: 22},
	}}
	if diff := cmp.Diff(want, got); diff != "" || len(problems) > 0 {
		t.Error(diff, problems)
	}
}

// A name that dbt would miss only later is told, unless the text sets it.
func TestUnknownNamesAreToldWhenTextsAreParsed(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{{ config(enabled=false) }}{{ reff('a').b[0]() }}", "reff"},
		{"{% if execute %}{% set rows = run() %}{% endif %}{% for r in rows.columns[0].values() %}{% endfor %}{{ ref('b') }}", ""},
		{"{{ nothing }}", ""},
		{"{% for n in graph.nodes.values() %}{{ n.name }}{% endfor %}{{ model.config.meta.owner.name }}{{ ref('b') }}", ""},
	} {
		got, err := Parse(c.text, shop())
		switch {
		case err != nil:
			t.Errorf("%s: %v", c.text, err)
		case c.want == "" && got.Unknown != nil, c.want != "" && (got.Unknown == nil || !strings.Contains(got.Unknown.Message, c.want)):
			t.Errorf("%s: got %v", c.text, got.Unknown)
		}
	}
}

func TestOneLibraryServesManyRendersAtOnce(t *testing.T) {
	l := shelf(t)
	text := "{{ utils.star(ref('a')) }} {{ cents('x') }} {% for n in numbers() %}{{ n }}{% endfor %} {{ dbt.dateadd('day', 1, 'at') }} {{ this.include(database=false) }}"
	want := ""
	results := make(chan string)
	for range 16 {
		go func() {
			c := shop()
			c.Library, c.Adapter = l, newMemory()
			got, err := Compile(context.Background(), text, c, resolver{})
			if err != nil {
				got = err.Error()
			}
			results <- got
		}()
	}
	for range 16 {
		got := <-results
		if want == "" {
			want = got
		}
		if got != want || !strings.HasPrefix(got, "duck a.* round(x / 100, 2) 123 ") {
			t.Errorf("got %q and %q", got, want)
		}
	}
}
