//go:build duckdb_arrow

package pgwire_test

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/policy"
)

// joe is an analyst, and has the namespace mine.
const joes = house + `@id("joes") permit(principal == User::"joe", action, resource in Namespace::"mine");`

// What somebody may no longer do when they commit is not done, whatever they were
// permitted before.
func TestWhatIsTakenAwayIsNotCommitted(t *testing.T) {
	for name, take := range map[string]func(*testing.T, *governed){
		"nothing": func(*testing.T, *governed) {},
		"something else": func(t *testing.T, g *governed) {
			g.bind(t, joes+`forbid(principal, action, resource in Namespace::"secret");`)
		},
		"the right to write": func(t *testing.T, g *governed) { g.bind(t, house) },
		"the right to read":  func(_ *testing.T, g *governed) { g.change("joe", &policy.Who{}) },
		"the principal":      func(_ *testing.T, g *governed) { g.change("joe", nil) },
		"one of its actions": func(t *testing.T, g *governed) {
			g.bind(t, joes+`forbid(principal == User::"joe", action == Action::"delete", resource == Table::"mine.notes");`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGoverned(t)
			g.bind(t, joes)
			g.change("joe", &policy.Who{Roles: []string{"analyst"}})
			c := g.connect(t, "joe")
			must(t, c, "BEGIN; DELETE FROM mine.notes WHERE id = 1; INSERT INTO mine.notes SELECT id, text FROM shop.items; CREATE TABLE mine.more AS SELECT 1 AS id")
			take(t, g)
			_, err := rows(t, c, "COMMIT")
			want := "1|5"
			if name != "nothing" && name != "something else" {
				want = "0|1"
				if state := code(err); state != "42501" && state != "42P01" && state != "28000" {
					t.Error("COMMIT says", told(err))
				}
			} else if err != nil {
				t.Error(told(err))
			}
			got, err := rows(t, g.connect(t, "ada"), `SELECT (SELECT count(*) FROM information_schema.tables WHERE table_name = 'more'), count(*) FROM mine.notes`)
			if err != nil || got != want {
				t.Errorf("there are %s, want %s: %v", got, want, err)
			}
		})
	}
}
