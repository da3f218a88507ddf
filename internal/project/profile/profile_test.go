package profile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

const profiles = `shop:
  target: ENV
  outputs:
    dev: {type: postgres, schema: ENV_schema, threads: 4, password: "{{ env_var('NOT_SET') }}"}
    prod: {type: bigquery, dataset: analytics}
    bare: {type: duckdb}
other: 3
`

func TestATargetIsPickedAndNothingElseIsRead(t *testing.T) {
	for _, c := range []struct {
		name, wanted string
		want         *Profile
		warning      string
	}{
		{"shop", "", &Profile{"shop", "dev", "dev_schema", 4}, ""},
		{"shop", "prod", &Profile{"shop", "prod", "analytics", 0}, ""},
		{"shop", "bare", &Profile{"shop", "bare", "", 0}, ""},
		{"shop", "prd", &Profile{"shop", "prd", "", 0}, "profiles.yml:2:3: warning: unknown-target: the profile `shop` has no target `prd`\n  hint: did you mean `prod`?"},
		{"shop", "staging", &Profile{"shop", "staging", "", 0}, "profiles.yml:2:3: warning: unknown-target: the profile `shop` has no target `staging`\n  hint: it has dev, prod, bare"},
		{"nobody", "", nil, ""},
		{"other", "", nil, ""},
	} {
		r := &yamldoc.Reader{Problems: &diag.Problems{}}
		got := Read(r, r.Parse(File, []byte(profiles)), c.name, c.wanted, func(text string, _ diag.Place) string {
			if strings.Contains(text, "NOT_SET") {
				t.Error("a password was read")
			}
			return strings.ReplaceAll(text, "ENV", "dev")
		})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s: %s", c.name, c.wanted, diff)
		}
		var warnings []string
		for _, w := range r.Problems.All() {
			warnings = append(warnings, w.Error())
		}
		if text := strings.Join(warnings, "\n"); text != c.warning {
			t.Errorf("%s %s: %s", c.name, c.wanted, text)
		}
	}
}
