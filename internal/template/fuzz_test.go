package template

import (
	"errors"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
)

// FuzzParse looks for texts that panic or fail without a place.
func FuzzParse(f *testing.F) {
	f.Add(model)
	f.Add("{{ config({'tags': ['a']}) }}{{ ref('a').identifier }}{{ source('a', 'b') }}{{ var('limit') }}{{ this.schema }}")
	f.Add("{{ run_started_at.strftime('%Y-%j %%') }}{{ env_var('X', 'y') }}{{ target.name }}{{ tojson([1]) }}{{ log('x') }}")
	f.Add("{% macro m(a, b=1) %}{{ return(a ~ b) }}{% endmacro %}{{ m(1) }}{{ adapter.dispatch('type_string', 'dbt')() }}{{ context['tojson']([]) }}")
	f.Add("{{ this.include(database=false).incorporate(path={'schema': 's'}).quote(identifier=false).information_schema('x') }}{{ this.matches(schema='main') }}")
	f.Add("{{ api.Column('a', 'STRUCT(a INTEGER, b VARCHAR)').flatten() }}{{ api.Column.from_description('a', 'x(1,2)').data_type }}{{ api.Relation.create(limit=1) }}")
	f.Add("{{ render('{{ render(\"x\") }}') }}{{ exceptions.raise_contract_error([{'name': 1}], {}) }}{{ set([1]).union([2]) }}{{ flags.get('X') }}{{ store_result('a', 1) }}{{ load_result('a').data }}")
	f.Add("{{ adapter.render_raw_columns_constraints({'a': {'name': 'a', 'constraints': [{'type': 'check'}, 5]}}) }}{{ adapter.convert_type(1, 2) }}{{ validation.any(1)(2) }}{{ builtins }}{{ adapter.get_hard_deletes_behavior({}) }}")
	f.Fuzz(func(t *testing.T, text string) {
		_, parseErr := Parse(text, shop())
		_, compileErr := Compile(t.Context(), text, shop(), resolver{})
		_, yamlErr := RenderYAML(text, shop())
		for _, err := range []error{parseErr, compileErr, yamlErr} {
			var p *diag.Problem
			if err != nil && (!errors.As(err, &p) || p.Place.Line < 1 || p.Code == "" || p.Message == "") {
				t.Errorf("an error without a place: %#v", err)
			}
		}
	})
}
