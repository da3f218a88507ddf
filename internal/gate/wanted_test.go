//go:build duckdb_arrow

package gate

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/generated"
)

// wide is a scope with a generated table of four columns and five rows, which
// gives what is asked for and nothing else.
type wide struct {
	pinned
	// sparing is that values which are not wanted are not there.
	sparing bool
	asked   *[]string
	made    *int
}

func (w wide) System(_ context.Context, _ string, wanted Wanted) (*generated.Table, error) {
	names := []string{"a", "b", "c", "wide"}
	columns := make([]generated.Column, len(names))
	var asked []string
	for i, name := range names {
		columns[i] = generated.Column{Name: name, Kind: generated.Long}
		if wanted.Column(name) {
			asked = append(asked, name)
		}
	}
	*w.asked = append(*w.asked, strings.Join(asked, " "))
	return &generated.Table{Columns: columns, Rows: func(yield func([]any, error) bool) {
		for n := range 5 {
			row := make([]any, len(names))
			for i, name := range names {
				if !w.sparing || wanted.Column(name) {
					row[i] = 10*n + i
				}
			}
			*w.made++
			if !yield(row, nil) {
				return
			}
		}
	}}, nil
}

func TestOfGeneratedTablesNoMoreIsMadeThanAStatementUses(t *testing.T) {
	s := newShop(t)
	for _, c := range []struct {
		sql, asked string
		made       int
	}{
		{"SELECT count(*) FROM system.wide", "", 5},
		{"SELECT A FROM system.wide ORDER BY 1", "a", 5},
		{"SELECT a FROM system.wide AS w WHERE w.b > 20", "a b", 5},
		{"SELECT sum(a) AS b FROM system.wide GROUP BY c HAVING min(b) >= 0 ORDER BY 1", "a b c", 5},
		{"SELECT system.wide.a FROM system.wide ORDER BY 1", "a wide", 5},
		{"SELECT system.wide.b FROM system.wide AS x, system.wide ORDER BY 1", "b wide; b wide", 10},
		{"WITH x AS (SELECT a, c FROM system.wide) SELECT a FROM x ORDER BY 1", "a c", 5},
		{"WITH x AS (FROM system.wide) SELECT a FROM x ORDER BY 1", "a b c wide", 5},
		{"SELECT (SELECT max(b) FROM system.wide AS y WHERE y.a < x.a) FROM system.wide AS x ORDER BY x.c", "a b c; a b", 10},
		{"SELECT x.a FROM system.wide AS x JOIN system.wide AS y USING (b) ORDER BY 1", "a b; b", 10},
		{"SELECT x.a FROM system.wide AS x NATURAL JOIN system.wide AS y ORDER BY 1", "a b c wide; a b c wide", 10},
		{"SELECT a FROM system.wide ORDER BY ALL", "a b c wide", 5},
		{"SELECT max(w) FROM system.wide AS w", "a b c wide", 5},
		{"SELECT (w).c FROM system.wide AS w ORDER BY 1", "a b c wide", 5},
		{"SELECT x FROM system.wide AS w(x, y) ORDER BY 1", "a b c wide", 5},
		{"SELECT max(COLUMNS('b')) FROM system.wide", "a b c wide", 5},
		{"SELECT #2 FROM system.wide ORDER BY 1", "a b c wide", 5},
		{"UNPIVOT system.wide ON a, b", "a b c wide", 5},
		{"SUMMARIZE system.wide", "a b c wide", 5},
		{"FROM system.wide", "a b c wide", 5},
		{"FROM system.wide LIMIT 2", "a b c wide", 2},
		{"SELECT b FROM system.wide LIMIT 1 OFFSET 2", "b", 3},
		{"SELECT b FROM system.wide LIMIT 0", "b", 0},
		{"SELECT * FROM (SELECT a, b FROM system.wide) AS x ORDER BY 1", "a b", 5},
		{"SELECT x.*, c FROM (SELECT a, c FROM system.wide) AS x ORDER BY 1", "a c", 5},
		{"SELECT * FROM (SELECT a AS n FROM system.wide) AS x, system.wide AS y ORDER BY 1, 2", "a b c wide; a b c wide", 10},
		{"SELECT max(COLUMNS(*)) FROM (SELECT a, b FROM system.wide) AS x", "a b c wide", 5},
		{"SELECT b FROM (FROM system.wide LIMIT 3) ORDER BY b DESC", "a b c wide", 3},
		{"SELECT b FROM system.wide LIMIT 40%", "b", 5},
		{"SELECT b FROM system.wide ORDER BY b DESC LIMIT 2", "b", 5},
		{"SELECT b FROM system.wide WHERE a > 20 LIMIT 2", "a b", 5},
		{"SELECT DISTINCT a // 20 FROM system.wide LIMIT 9", "a", 5},
		{"SELECT sum(a) FROM system.wide LIMIT 1", "a", 5},
		{"SELECT * REPLACE (sum(a) OVER () AS a) FROM system.wide LIMIT 1", "a b c wide", 5},
		{"SELECT unnest([a, b]) FROM system.wide LIMIT 3", "a b", 5},
		{"SELECT x.a FROM system.wide AS x, system.wide AS y LIMIT 30", "a; ", 10},
		{"SELECT x.c, y.a FROM system.wide AS x, system.wide AS Y WHERE X.b = Y.b ORDER BY ALL", "a b c wide; a b c wide", 10},
		{"SELECT x.c, y.a FROM system.wide AS x, system.wide AS Y WHERE X.b = Y.b ORDER BY 1, 2", "b c; a b", 10},
		{"SELECT a FROM system.wide QUALIFY row_number() OVER () > 3 LIMIT 1", "a", 5},
	} {
		var asked []string
		var made int
		run := func(sparing bool) []string {
			asked, made = nil, 0
			st := s.statement(t, c.sql)
			st.Scope = wide{s.scope(t), sparing, &asked, &made}
			r, err := s.gate.Query(t.Context(), st)
			if err != nil {
				t.Fatalf("%s: %v", c.sql, err)
			}
			defer r.Release()
			return text(r)
		}
		want := run(false)
		if diff := cmp.Diff(want, run(true)); diff != "" {
			t.Errorf("%s: %s", c.sql, diff)
		}
		if got := strings.Join(asked, "; "); got != c.asked || made != c.made {
			t.Errorf("%s: asked for %q and made %d rows, want %q and %d", c.sql, got, made, c.asked, c.made)
		}
	}
}
