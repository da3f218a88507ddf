//go:build duckdb_arrow

package pgwire_test

import (
	"fmt"
	"strings"
	"testing"
)

// Files that conditions of joins leave out have no row that the answer needs: it is
// the same where the condition says as much in a way that leaves nothing out.
func TestConditionsOfJoinsLeaveNoRowOut(t *testing.T) {
	s := newServer(t)
	for i := range 4 {
		s.Append(t, "shop.a", fmt.Sprintf("SELECT range + %d AS k, range %% 3 AS v FROM range(10)", i*10))
		s.Append(t, "shop.b", fmt.Sprintf("SELECT range + %d AS k, range %% 3 AS v FROM range(5)", i*10))
	}
	c := s.connect(t)
	conditions := []string{"{a.k} = 12", "{b.k} = 12", "{a.k} < 5", "{b.k} IN (1, 33)", "{a.k} = 12 AND {b.k} = 12", "{a.k} = 12 OR {b.k} = 3", "{b.k} > 20 AND {a.v} = 1", "NOT {a.k} = 12"}
	for _, join := range []string{"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI JOIN", "ANTI JOIN"} {
		for _, on := range conditions {
			queries := []string{fmt.Sprintf("SELECT a.k, a.v, b.k, b.v FROM shop.a %s shop.b ON a.k = b.k AND %s", join, on)}
			if strings.HasPrefix(join, "SEMI") || strings.HasPrefix(join, "ANTI") {
				queries[0] = strings.Replace(queries[0], "a.v, b.k, b.v", "a.v", 1)
			} else {
				queries = append(queries, fmt.Sprintf("SELECT a.k, b.k FROM shop.a %s shop.b ON a.k = b.k WHERE %s", join, on),
					fmt.Sprintf("SELECT a.k, b.k, d.k FROM shop.a %s shop.b ON a.v = b.v AND %s LEFT JOIN shop.b d ON d.k = a.k AND {d.k} = 21", join, on))
			}
			for _, q := range append(queries, fmt.Sprintf("SELECT a.k FROM shop.a WHERE EXISTS (SELECT 1 FROM shop.b WHERE b.v = a.v AND (%s))", on)) {
				q += " ORDER BY ALL"
				plain := strings.NewReplacer("{", "", "}", "").Replace(q)
				hidden := strings.NewReplacer("{", "(", "}", " + 0)").Replace(q)
				got, err := rows(t, c, plain)
				want, wrong := rows(t, c, hidden)
				if got != want || err != nil || wrong != nil {
					t.Errorf("%s: %v, %v\n%q, not %q", plain, err, wrong, got, want)
				}
			}
		}
	}
}
