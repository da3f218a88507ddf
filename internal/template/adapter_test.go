package template

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// memory is a database of names: tables have columns, and queries are answered
// from a list.
type memory struct {
	relations []relation.Relation
	columns   []Column
	schemas   []string
	answers   map[string]*Table
	log       []string
}

func (m *memory) at(r relation.Relation) int {
	return slices.IndexFunc(m.relations, func(o relation.Relation) bool { return o.Table().Key() == r.Table().Key() })
}

func (m *memory) Execute(_ context.Context, sql string, at diag.Place, fetch bool) (*Table, error) {
	m.log = append(m.log, sql)
	if t, ok := m.answers[sql]; ok {
		if !fetch {
			return &Table{Affected: 7}, nil
		}
		return t, nil
	}
	return nil, diag.New("sql", at, "nobody knows the answer to %s", sql)
}

func (m *memory) Relation(_ context.Context, r relation.Relation) (*relation.Relation, error) {
	if i := m.at(r); i >= 0 {
		return &m.relations[i], nil
	}
	return nil, nil
}

func (m *memory) Relations(_ context.Context, schema string) ([]relation.Relation, error) {
	var out []relation.Relation
	for _, r := range m.relations {
		if r.Schema == schema {
			out = append(out, r)
		}
	}
	return out, nil
}

func (m *memory) Columns(_ context.Context, r relation.Relation) ([]Column, error) {
	if m.at(r) < 0 {
		return nil, nil
	}
	if r.Identifier == "narrow" {
		return slices.Clone(m.columns[:1]), nil
	}
	return slices.Clone(m.columns), nil
}

func (m *memory) ColumnsOf(context.Context, string) ([]Column, error) { return m.columns, nil }

func (m *memory) Schemas(context.Context) ([]string, error) { return m.schemas, nil }

func (m *memory) CreateSchema(_ context.Context, schema string) error {
	m.schemas = append(m.schemas, schema)
	return nil
}

func (m *memory) DropSchema(_ context.Context, schema string) error {
	m.schemas = slices.DeleteFunc(m.schemas, func(s string) bool { return s == schema })
	return nil
}

func (m *memory) Drop(_ context.Context, r relation.Relation) error {
	if i := m.at(r); i >= 0 {
		m.relations = slices.Delete(m.relations, i, i+1)
	}
	return nil
}

func (m *memory) Rename(_ context.Context, from, to relation.Relation) error {
	i := m.at(from)
	if i < 0 {
		return errors.New("nothing to rename")
	}
	m.relations[i].Schema, m.relations[i].Identifier = to.Schema, to.Identifier
	return nil
}

func (m *memory) Truncate(_ context.Context, r relation.Relation) error {
	m.log = append(m.log, "truncate "+r.Name())
	return nil
}

func newMemory() *memory {
	table := func(name, kind string) relation.Relation {
		r := relation.New(ident.Table{Namespace: "main", Name: name})
		r.Type = kind
		return r
	}
	return &memory{
		relations: []relation.Relation{table("a", relation.TypeTable), table("narrow", relation.TypeView)},
		columns:   []Column{{"id", "INTEGER"}, {"place", "STRUCT(x INTEGER, y VARCHAR)"}},
		schemas:   []string{"main"},
		answers: map[string]*Table{
			"select 1": {Columns: []Column{{"n", "INTEGER"}}, Rows: [][]any{{int64(1)}, {int64(2)}}, Message: "SELECT"},
		},
	}
}

func TestAdapterAsksTheDatabase(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{{ adapter.get_relation('tarn', 'main', 'a') }} {{ adapter.get_relation(database='tarn', schema='main', identifier='b') }}", `"tarn"."main"."a" None`},
		{"{{ adapter.get_relation(this.database, this.schema, this.identifier).is_table }} {{ adapter.load_relation(this).type }}", "True table"},
		{"{% for c in adapter.get_columns_in_relation(this) %}{{ c.name }} {{ c.dtype }} {% endfor %}", "id INTEGER place STRUCT(x INTEGER, y VARCHAR) "},
		{"{{ adapter.get_columns_in_relation(ref('nowhere')) }}", "[]"},
		{"{{ adapter.get_column_schema_from_query('select 1') | map(attribute='name') | list }}", "['id', 'place.x', 'place.y']"},
		{"{{ adapter.get_missing_columns(this, ref('narrow')) | map(attribute='name') | list }}", "['place']"},
		{"{{ adapter.list_relations('tarn', 'main') | map(attribute='identifier') | list }} {{ adapter.list_relations_without_caching(this) | length }}", "['a', 'narrow'] 2"},
		{"{{ adapter.check_schema_exists('tarn', 'MAIN') }} {{ adapter.check_schema_exists('tarn', 'x') }} {{ adapter.list_schemas('tarn') }}", "True False ['main']"},
		{"{% do adapter.create_schema(this.incorporate(path={'schema': 'new'})) %}{{ adapter.list_schemas() }}", "['main', 'new']"},
		{"{% do adapter.drop_relation(this) %}{{ adapter.get_relation('tarn', 'main', 'a') }}{{ adapter.already_exists('main', 'a') }}", "NoneFalse"},
		{"{% do adapter.rename_relation(this, this.incorporate(path={'identifier': 'z'})) %}{{ adapter.already_exists('main', 'z') }}", "True"},
		{"{% set answer, table = adapter.execute('select 1', fetch=true) %}{{ answer }} {{ answer.code }} {{ table.rows | length }}", "SELECT SELECT 2"},
		{"{% set answer, table = adapter.execute('select 1') %}{{ answer.rows_affected }} {{ table.rows | length }}", "7 0"},
		{"{{ adapter.expand_target_column_types(this, this) }} {{ adapter.commit() }} {{ adapter.type() }} {{ adapter.quote('a') }}", "None None duckdb \"a\""},
		{"{{ adapter.quote_as_configured('a', 'identifier') }} {{ adapter.is_motherduck() }} {{ adapter.behavior.any_flag.no_warn }}", "\"a\" False False"},
		{"{{ adapter.valid_incremental_strategies() }} {{ adapter.Relation.create(identifier='i') }} {{ adapter.Column.translate_type('string') }}",
			"['append', 'delete+insert', 'merge', 'insert_overwrite', 'microbatch'] \"i\" TEXT"},
		{"{% if adapter.behavior.x %}on{% else %}off{% endif %}", "off"},
		{"{% do store_result('r', response='done', agate_table=none) %}{{ load_result('r').response }}{{ load_result('other') }}", "doneNone"},
	} {
		ctx := shop()
		ctx.Adapter = newMemory()
		got, err := Compile(t.Context(), c.text, ctx, resolver{})
		if err != nil || got != c.want {
			t.Errorf("%s\n got %q, %v\nwant %q", c.text, got, err, c.want)
		}
	}
}

// dbt's adapter answers with nothing while texts are parsed.
func TestAdapterAnswersNothingWhileTextsAreParsed(t *testing.T) {
	_, err := Parse(`{{ adapter.get_relation('a', 'b', 'c') }}{% for c in adapter.get_columns_in_relation(this) %}{{ 1 / 0 }}{% endfor %}
{% set answer, table = adapter.execute('select 1') %}{{ adapter.drop_relation(this) }}{{ adapter.check_schema_exists('a', 'b') }}
{% do adapter.create_schema(none) %}`, shop())
	if err != nil {
		t.Error(err)
	}
}

func TestCallsOfTheDatabaseFailWithTheirPlace(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"select\n{{ adapter.execute('nonsense') }}", "models/a.sql:2:12: sql: nobody knows the answer to nonsense"},
		{"{{ adapter.drop_relation('a') }}", "models/a.sql:1:12: bad-call: this takes a relation, such as ref('orders') or this, not a str"},
		{"{{ adapter.get_columns_in_relation(none) }}", "models/a.sql:1:12: bad-call: this takes a relation, and got none\n  hint: look first whether it is there: {% if relation is not none %}"},
		{"{{ adapter.rename_relation(ref('x'), this) }}", "models/a.sql:1:12: jinja-error: `adapter.rename_relation`: nothing to rename"},
		{"{% do store_result('r', 'x') %}{{ load_result('r').response }}{{ load_result('r') }}", "models/a.sql:1:66: bad-call: the result `r` was loaded before, and can be only once\n  hint: keep it with {% set result = load_result('r') %}"},
		{"{{ adapter.get_incremental_strategy_macro(context, 'tidal') }}", "models/a.sql:1:12: unknown-name: there is no strategy `tidal` for incremental models\n  hint: known are append, delete+insert, merge, insert_overwrite, microbatch; others need a macro get_incremental_tidal_sql"},
		{"{{ submit_python_job({}, 'x') }}", "models/a.sql:1:4: python-in-template: `submit_python_job` cannot be called from a template\n  hint: models in Python run by themselves: materialize them as table or incremental"},
		{"{{ load_agate_table() }}", "models/a.sql:1:4: bad-call: `load_agate_table` reads the file of a seed, and this is none"},
	} {
		ctx := shop()
		ctx.Adapter = newMemory()
		_, err := Compile(t.Context(), c.text, ctx, resolver{})
		var p *diag.Problem
		if !errors.As(err, &p) || p.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %v", c.text, err, c.want)
		}
	}
}

func TestContextTellsAboutTheCommand(t *testing.T) {
	ctx := shop()
	ctx.Library = NewLibrary("root", nil, nil)
	ctx.FullRefresh, ctx.Command, ctx.Selected, ctx.Thread = true, "build", []string{"model.shop.a"}, "Thread-1"
	ctx.Flags = map[string]any{"FAIL_FAST": true}
	ctx.Model = func() any { return map[string]any{"unique_id": "model.shop.a"} }
	ctx.Graph = func() any {
		return map[string]any{"nodes": map[string]any{"model.shop.a": map[string]any{"name": "a"}}}
	}
	ctx.Doc = func(_, name string) (string, bool) { return "about " + name, name == "orders" }
	ctx.PreHooks = []any{map[string]any{"sql": "select 1", "transaction": true}}
	ctx.Incremental = func() (bool, error) { return true, nil }
	var warned []string
	ctx.Warn = func(p *diag.Problem) error { warned = append(warned, p.Error()); return nil }
	for _, c := range []struct{ text, want string }{
		{"{{ flags.FULL_REFRESH }} {{ flags.full_refresh }} {{ flags.FAIL_FAST }} {{ flags.WHICH }} {{ flags.STORE_FAILURES }} {{ flags.get('nope', 1) }}", "True True True build False 1"},
		{"{{ invocation_args_dict.which }} {{ selected_resources }} {{ thread_id }} {{ project_name }}", "build ['model.shop.a'] Thread-1 root"},
		{"{{ model.unique_id }} {{ graph.nodes.values() | map(attribute='name') | list }}", "model.shop.a ['a']"},
		{"{{ doc('orders') }} {{ doc('shop', 'orders') }}", "about orders about orders"},
		{"{% for h in pre_hooks %}{{ h.sql }}{{ h.transaction }}{% endfor %} {{ post_hooks }}", "select 1True []"},
		{"{{ is_incremental() }} {{ should_full_refresh() if false }}", "True "},
		{"{{ exceptions.warn('careful') }}{{ schema }} {{ database }} {{ dbt_metadata_envs }} {{ env.name }}", "main tarn {} dev"},
		{"{{ api.Relation.create_from(config, model) }} {{ validation.any('a', 'b')('a') }}", " None"},
		{"{{ try_or_compiler_error('no', tojson, [1]) }}", "[1]"},
	} {
		got, err := Compile(t.Context(), c.text, ctx, resolver{})
		if err != nil || got != c.want {
			t.Errorf("%s\n got %q, %v\nwant %q", c.text, got, err, c.want)
		}
	}
	if diff := cmp.Diff([]string{"models/a.sql:1:15: warning: warned: careful"}, warned); diff != "" {
		t.Error(diff)
	}
}

func TestExceptionsRaiseWhatTheySay(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{{ exceptions.raise_database_error('broken') }}", "database-error: broken"},
		{"{{ exceptions.raise_not_implemented('later') }}", "not-implemented: later"},
		{"{{ exceptions.missing_config(model, 'key') }}", "missing-config: the configuration `key` is required here and not set"},
		{"{{ exceptions.relation_wrong_type(this, 'view') }}", `raised: the relation "tarn"."main"."a" is no view`},
		{"{{ exceptions.raise_contract_error([{'name': 'a', 'data_type': 'int'}], [{'name': 'b', 'data_type': 'int'}]) }}",
			"contract: the query does not keep the model's contract: `a` is missing in the query; `b` is missing in the contract"},
		{"{{ try_or_compiler_error('as I said', fromjson) }}", "raised: as I said"},
		{"{{ exceptions.raise_compiler_eror('x') }}", "unknown-name: the dict `exceptions` has no attribute `raise_compiler_eror`\n  hint: did you mean `raise_compiler_error`?"},
		{"{{ config.get('materialized', validator=validation.any('view')) }}", "bad-call: 'table' is none of ['view']"},
		{"{{ doc('nope') }}", "unknown-doc: there is no docs block `nope`"},
	} {
		_, err := Compile(t.Context(), c.text, shop(), resolver{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %v", c.text, err, c.want)
		}
	}
}

func TestSecretsAreReadWhereTheyMayBe(t *testing.T) {
	c := shop()
	c.Env = func(name string) (string, bool) { return "hush", name == "DBT_ENV_SECRET_KEY" }
	if _, err := RenderYAML("{{ env_var('DBT_ENV_SECRET_KEY') }}", c); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a secret is given away, or its value told: %v", err)
	}
	c.Secrets = true
	var logged []string
	c.Log = func(s string) { logged = append(logged, s) }
	for _, text := range []string{
		"{{ {}[env_var('DBT_ENV_SECRET_KEY')].x }}", "{{ exceptions.raise_compiler_error('it is ' ~ env_var('DBT_ENV_SECRET_KEY')) }}",
		"{{ env_var('DBT_ENV_SECRET_KEY') | as_number }}", "{{ log(env_var('DBT_ENV_SECRET_KEY')) }}{{ 1 / 0 }}",
	} {
		_, err := Compile(t.Context(), text, c, resolver{})
		var p *diag.Problem
		if !errors.As(err, &p) || strings.Contains(fmt.Sprintf("%v %v %v", err, p.Cause, logged), "hush") {
			t.Errorf("%s: %v %v %v", text, err, p.Cause, logged)
		}
	}
	v, err := RenderYAML("https://{{ env_var('DBT_ENV_SECRET_KEY') }}@example.com", c)
	if err != nil || v != "https://{{ env_var('DBT_ENV_SECRET_KEY') }}@example.com" {
		t.Errorf("got %v, %v", v, err)
	}
	revealed, secrets := Reveal(v.(string), c.Env)
	if revealed != "https://hush@example.com" || !slices.Equal(secrets, []string{"hush"}) {
		t.Errorf("got %v, %v", revealed, secrets)
	}
}
