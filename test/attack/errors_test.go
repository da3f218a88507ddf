//go:build duckdb_arrow

package attack

import (
	"net/http"
	"strings"
	"testing"
)

// failing are statements over views of the project that fail by values, which the
// engine's message quotes: bob may read the views, and not what they read.
var failing = []string{
	"SELECT n FROM main.numbers",
	"SELECT count(*) FROM main.numbers WHERE n = 1",
	"WITH v AS (FROM main.numbers) SELECT max(n) FROM v",
	"SELECT i.id FROM shop.items i JOIN main.numbers v ON v.n = i.id",
	"SELECT (SELECT max(n) FROM main.numbers)",
	"SUMMARIZE main.numbers",
	"SELECT day FROM main.parsed",
	"SELECT n FROM main.judged",
	`SELECT "is" FROM main.matched`,
	"SELECT day FROM main.days",
	"SELECT u FROM main.blobs",
}

func TestErrorsTellNoValuesThatAreHidden(t *testing.T) {
	g := newTarget(t)
	for _, sql := range failing {
		t.Run(sql, func(t *testing.T) {
			_, err := g.connect("bob").all(sql)
			if err == nil || strings.Contains(told(err), secret) || !strings.Contains(told(err), "which is not told") {
				t.Errorf("PostgreSQL's protocol tells %s", told(err))
			}
			if _, err := g.connect("bob").all("CREATE TEMP TABLE t AS " + sql); err == nil || strings.Contains(told(err), secret) {
				t.Errorf("a statement that changes tells %s", told(err))
			}
			if status, got := g.query("bob", sql); status != http.StatusUnprocessableEntity || strings.Contains(got, secret) {
				t.Errorf("HTTP tells %d %s", status, got)
			}
			if _, err := g.connect("ada").all(sql); !strings.Contains(told(err), secret) {
				t.Errorf("who may read all is told %s", told(err))
			}
		})
	}
	c := g.connect("bob")
	if _, err := c.all("SELECT query FROM system.queries WHERE error_message LIKE '%plan-%'"); err != nil {
		t.Error(err)
	}
	// What is wrong with the statement itself is told.
	for sql, want := range map[string]string{"SELECT nam FROM main.part": `"nam" not found`, "SELECT sum(text) FROM main.part": "sum(VARCHAR)"} {
		if _, err := c.all(sql); !strings.Contains(told(err), want) {
			t.Errorf("%s: %s", sql, told(err))
		}
	}
}

// The names of columns are made of the statement, and of nothing behind it.
func TestNamesOfColumnsTellNothing(t *testing.T) {
	g := newTarget(t)
	for _, sql := range []string{
		"SELECT (SELECT max(text) FROM main.part)", "SELECT EXISTS (FROM main.part)", "SELECT id IN (SELECT id FROM main.part) FROM shop.items",
		"DESCRIBE SELECT (SELECT max(text) FROM main.part)", "FROM (SELECT (SELECT max(text) FROM main.part))", "CREATE TEMP TABLE t AS SELECT (SELECT max(text) FROM main.part); DESCRIBE t",
	} {
		results, err := g.connect("bob").PgConn().Exec(t.Context(), sql).ReadAll()
		if err != nil {
			t.Errorf("%s: %v", sql, err)
		}
		var all strings.Builder
		for _, r := range results {
			for _, f := range r.FieldDescriptions {
				all.WriteString(f.Name + " ")
			}
			for _, row := range r.Rows {
				for _, v := range row {
					all.Write(v)
				}
			}
		}
		_, over := g.ask("bob", `POST /api/v1/queries {"sql":"`+sql+`"}`)
		for _, hidden := range []string{"plans", "parquet", ".tarn", "OFFSET"} {
			if strings.Contains(all.String()+over, hidden) {
				t.Errorf("%s: %s is told of: %s %s", sql, hidden, all.String(), over)
			}
		}
	}
}
