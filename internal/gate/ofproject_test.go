//go:build duckdb_arrow

package gate

import (
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/policy"
)

// Only who may not read what is behind a view of the project pays for a barrier
// before it.
func TestABarrierStandsBeforeWhatSomebodyMayNotRead(t *testing.T) {
	s := newShop(t)
	s.ProjectView(t, "shown.part", "SELECT id FROM orders WHERE id < 3", "id")
	s.View(t, "shown.other", "SELECT id FROM shown.part", "id")
	set, err := policy.Compile([]policy.File{{Name: "p.cedar", Text: []byte(`permit(principal in Role::"guest", action == Action::"select", resource in Namespace::"shown");
		permit(principal == User::"eve", action == Action::"select", resource == Table::"main.orders");`)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.gate.policies = func() policy.Tables { return policy.Tables{Set: set, Tags: func(ident.Table) []string { return nil }} }
	for _, c := range []struct {
		name, role string
		want       bool
	}{{"bob", "guest", true}, {"eve", "guest", false}, {"ada", policy.Owner, false}, {"rita", policy.Reader, false}} {
		for _, view := range []string{"part", "other"} {
			st := s.statement(t, "SELECT * FROM shown."+view)
			st.Who = policy.Who{Principal: identity.Principal{Kind: identity.User, Name: c.name}, Roles: []string{c.role}}
			p, err := s.gate.Plan(t.Context(), st)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(p.SQL, "OFFSET 0"); got != c.want {
				t.Errorf("%s, %s: %v: %s", c.name, view, got, p.SQL)
			}
		}
	}
}
