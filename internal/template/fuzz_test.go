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
