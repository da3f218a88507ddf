//go:build duckdb_arrow

package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

func TestPlanTellsColumnsAndTables(t *testing.T) {
	s := newShop(t)
	p, err := s.gate.Plan(t.Context(), s.statement(t, "SELECT c.name, b.amount, sum(id) OVER () AS total FROM nested_view, big_orders b JOIN customers c USING (id)"))
	if err != nil {
		t.Fatal(err)
	}
	want := []engine.Column{{Name: "name", Type: "VARCHAR"}, {Name: "amount", Type: "DECIMAL(9,2)"}, {Name: "total", Type: "HUGEINT"}}
	if diff := cmp.Diff(want, p.Columns); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, n := range p.Tables {
		names = append(names, n.Name)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"big_orders", "customers", "nested_view", "orders"}, names); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(p.SQL, "tarn_") || !strings.Contains(p.SQL, "read_parquet") {
		t.Errorf("placeholders are left in %s", p.SQL)
	}
}

func TestSelectWrapsTheStatement(t *testing.T) {
	s := newShop(t)
	var schema lake.Schema
	r, err := s.gate.Select(t.Context(), s.statement(t, "SELECT id, sum(id) AS total FROM customers GROUP BY id ORDER BY id -- done"),
		func(inner string, cols []engine.Column) (string, error) {
			p, err := scan.Project(cols)
			schema = p.Schema
			return "SELECT " + p.Select + " FROM (" + inner + ")", err
		})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if diff := cmp.Diff("struct<id: long, total: decimal(38,0)>", schema.String()); diff != "" {
		t.Error(diff)
	}
	if got := text(r); len(got) != 5 || r.Err() != nil || r.Columns[1].Type != "DECIMAL(38,0)" {
		t.Errorf("%v %v %v", got, r.Err(), r.Columns)
	}
}

func TestUntypedNullsOfAModelAreText(t *testing.T) {
	s := newShop(t)
	st := s.statement(t, "SELECT NULL AS a, 1 AS b, id, NULL::INT AS c, CASE WHEN id > 1 THEN NULL END AS d, 'x' AS e FROM customers UNION ALL SELECT NULL, 2, 3, NULL, NULL, NULL")
	for purpose, want := range map[string]string{"model": `"NULL" INTEGER BIGINT INTEGER "NULL" VARCHAR`, "query": "INTEGER INTEGER BIGINT INTEGER INTEGER VARCHAR"} {
		st.Purpose = purpose
		p, err := s.gate.Plan(t.Context(), st)
		if err != nil {
			t.Fatal(err)
		}
		var types []string
		for _, c := range p.Columns {
			types = append(types, c.Type)
		}
		if got := strings.Join(types, " "); got != want {
			t.Errorf("%s: %s, want %s", purpose, got, want)
		}
	}
}

func TestSelectReturnsTheWrappersError(t *testing.T) {
	s := newShop(t)
	mine := errors.New("mine")
	_, err := s.gate.Select(t.Context(), s.statement(t, "SELECT 1"), func(string, []engine.Column) (string, error) { return "", mine })
	if !errors.Is(err, mine) {
		t.Errorf("got %v", err)
	}
}

func TestTablesAreReadAsOfATime(t *testing.T) {
	s := newShop(t)
	first := s.Table(t, "customers").Current()
	s.Append(t, "customers", "SELECT 100 AS id, 'late' AS name")
	at := first.Time.Format("2006-01-02 15:04:05.000")
	for sql, want := range map[string]string{
		"SELECT count(*) FROM customers":                                                                                     "6",
		fmt.Sprintf("SELECT count(*) FROM customers AT (VERSION => %d)", first.ID):                                           "5",
		fmt.Sprintf("SELECT count(*) FROM customers AT (TIMESTAMP => '%s')", at):                                             "5",
		fmt.Sprintf("SELECT count(*) FROM customers AT (TIMESTAMP => TIMESTAMP '%s')", at):                                   "5",
		fmt.Sprintf("SELECT count(*) FROM customers c AT (TIMESTAMP => '%s'), customers d WHERE d.id = 100 AND c.id>=0", at): "5",
	} {
		if got, err := s.query(t, sql); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v %v, want %s", sql, got, err, want)
		}
	}
	st := s.statement(t, "SELECT count(*) FROM customers")
	scope := s.scope(t)
	scope.at = lake.At{Time: first.Time}
	st.Scope = scope
	r, err := s.gate.Query(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if got := text(r); len(got) != 1 || got[0] != "5" {
		t.Errorf("as of the first snapshot: %v", got)
	}
}

func TestPlacesAreInTheAuthorsFile(t *testing.T) {
	s := newShop(t)
	for _, c := range []struct {
		sql   string
		place diag.Place
		want  string
	}{
		{"SELECT 1,\n foo", diag.Place{File: "models/a.sql", Line: 1, Column: 1}, "models/a.sql:2:2"},
		{"SELECT foo", diag.Place{File: "models/a.yml", Line: 7, Column: 10}, "models/a.yml:7:17"},
		{"SELECT 1,\n foo", diag.Place{File: "models/a.yml", Line: 7, Column: 10}, "models/a.yml:8:2"},
		{"SELECT foo", diag.Place{File: "models/a.sql"}, "models/a.sql:1:8"},
		{"SELECT foo", diag.Place{}, "sql:1:8"},
	} {
		st := s.statement(t, c.sql)
		st.Place = c.place
		_, err := s.gate.Plan(t.Context(), st)
		var p *diag.Problem
		if !errors.As(err, &p) || p.Place.String() != c.want {
			t.Errorf("%q at %v: %v, want %s", c.sql, c.place, err, c.want)
		}
	}
}

// Leaving out files must never change an answer: every statement is compared
// with the same one whose conditions planning cannot see.
func TestPruningNeverChangesResults(t *testing.T) {
	s := newShop(t)
	s.Append(t, "readings", `SELECT range AS id, CASE range % 4 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN NULL ELSE range END AS x,
		CASE WHEN range % 3 = 0 THEN NULL ELSE 'ä' || range END AS word, range % 2 = 0 AS flag, 'x' || range AS "Mixed Case" FROM range(50)`)
	s.Append(t, "readings", `SELECT range AS id, -range::DOUBLE AS x, repeat('z', 40) || range AS word, NULL::BOOLEAN AS flag, 'y' AS "Mixed Case" FROM range(50, 90)`)
	s.Append(t, "readings", `SELECT 1000 AS id, NULL::DOUBLE AS x, NULL::VARCHAR AS word, true AS flag, NULL::VARCHAR AS "Mixed Case"`)
	conditions := map[string][]string{
		"orders": {
			"id = 15", "id <> 15", "id < 10", "id <= 10", "id > 29", "id >= 30", "10 > id", "id BETWEEN 9 AND 11", "id IN (1, 2, 35)", "id IN (1, NULL)",
			"id NOT IN (1)", "id IS NULL", "id IS NOT NULL", "NOT (id > 5)", "id = -1", "id = 99999999999", "id = 3.0", "id = '15'", "id > 5 AND id < 5",
			"id > 35 OR id < 2", "day = DATE '2011-12-02'", "day >= '2011-12-03'", "day < TIMESTAMP '2011-12-02 12:00:00'", "day = '2011-12-2'",
			"region = 'EU'", "region > 'F'", "region = 'eu'", "amount > 300", "amount = 150.00", "amount < 55.5", "amount IN (10, 20.00)",
			"detail.items[1] = 3", "id = (SELECT 15)", "id = 15::INT", "id = CAST('15' AS BIGINT)", "day BETWEEN DATE '2011-12-02' AND DATE '2011-12-03'",
			"id = 10 + 5", "id IN (SELECT id FROM customers)", "orders.id = 3", "main.orders.id = 3", "ID = 3", `"Id" >= 38`, "id > NULL", "id = true",
		},
		"readings": {
			"x > 10", "x >= 10", "x < 10", "x <= -60", "x = 'nan'::DOUBLE", "x = 3", "x = 3.0", "x = 3e0", "x <> 3", "isnan(x)", "x IS NULL", "x IN (2, 3e0)",
			"word = 'ä1'", "word > 'ä'", "word >= 'z'", "word < 'a'", "word = repeat('z', 40) || '50'", "word LIKE 'z%'", "word IS NULL", "word IS NOT NULL",
			"flag", "flag = true", "flag IS NULL", "NOT flag", `"Mixed Case" = 'y'`, `"mixed case" = 'x3'`, "word COLLATE NOCASE = 'Ä1'", "x = 1.5 OR id = 3",
			"word = 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz55'", "id = 1000",
		},
		"retail.invoices": {
			"at = TIMESTAMP '2011-12-01 10:00:00'", "at >= '2011-12-02'", "at < '2011-12-01 09:30:00'", "at > DATE '2011-12-01'", "at = '2011-12-01T10:00:00'",
			"at BETWEEN '2011-12-01 09:00:00' AND '2011-12-01 11:00:00'", "quantity = 5", "quantity > 20", "at > TIMESTAMPTZ '2011-12-01 20:00:00+05'", "at::DATE = '2011-12-02'",
		},
	}
	for table, list := range conditions {
		for _, c := range list {
			got, err := s.query(t, fmt.Sprintf("SELECT id FROM %s WHERE %s ORDER BY ALL", table, c))
			want, wantErr := s.query(t, fmt.Sprintf("SELECT id FROM (SELECT *, random() FROM %s LIMIT 1000000) AS %s WHERE %s ORDER BY ALL",
				table, ident.Quote(table[strings.LastIndexByte(table, '.')+1:]), strings.ReplaceAll(c, "main.orders.", "orders.")))
			if (err != nil) != (wantErr != nil) {
				t.Errorf("%s WHERE %s: %v and %v", table, c, err, wantErr)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s WHERE %s: %s", table, c, diff)
			}
		}
	}
}

func TestStatementsRunAtTheSameTime(t *testing.T) {
	s := newShop(t)
	scope := s.scope(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				sql := fmt.Sprintf("WITH c AS (SELECT * FROM big_orders) SELECT count(*) + %d FROM c", i)
				r, err := s.gate.Query(t.Context(), Statement{SQL: sql, Who: somebody, Scope: scope})
				if err != nil {
					t.Error(err)
					return
				}
				if got := text(r); r.Err() != nil || len(got) != 1 || got[0] != fmt.Sprint(9+i) {
					t.Errorf("%v %v", got, r.Err())
				}
				r.Release()
			}
		})
	}
	wg.Wait()
}

func TestCancellingStopsAStatement(t *testing.T) {
	s := newShop(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := s.gate.Query(ctx, s.statement(t, "SELECT count(*) FROM range(100000000000) a, range(1000) b WHERE a.range % 7 = b.range"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestReleasingEarlyEndsAStatement(t *testing.T) {
	s := newShop(t)
	r, err := s.gate.Query(t.Context(), s.statement(t, "SELECT a.range FROM range(100000000000) a, orders"))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Next() {
		t.Error(r.Err())
	}
	r.Retain()
	r.Release()
	r.Release()
}

func TestErrorsInMidResultAreProblems(t *testing.T) {
	s := newShop(t)
	r, err := s.gate.Query(t.Context(), s.statement(t, "SELECT\n  CASE WHEN range = 3000000 THEN CAST('x' || range AS INT) ELSE range END FROM range(5000000)"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	n := 0
	for r.Next() {
		n++
	}
	var p *diag.Problem
	if !errors.As(r.Err(), &p) || p.Code != "conversion" || n == 0 || p.Place.Line != 2 {
		t.Errorf("after %d batches: %v", n, r.Err())
	}
}

func TestEveryFunctionOfTheEngineIsJudged(t *testing.T) {
	s := newShop(t)
	session, err := s.gate.open(t.Context(), somebody)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	r, err := session.Query(t.Context(), `SELECT DISTINCT lower(function_name), function_type IN ('table', 'table_macro', 'pragma') FROM duckdb_functions()`)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	have := map[string]bool{"unnest | false": true} // the binder's own
	for _, row := range text(r) {
		have[row] = true
		name, from, _ := strings.Cut(row, " | ")
		table := functions.scalar
		if from == "true" {
			table = functions.from
		}
		reason, judged := table[name]
		if !judged {
			t.Errorf("functions.txt does not judge %s (after FROM: %s)", name, from)
		}
		if reason != allowed && reasons[reason] == [2]string{} {
			t.Errorf("functions.txt gives %s the reason %q, which is none", name, reason)
		}
	}
	for name := range functions.scalar {
		if !have[name+" | false"] {
			t.Errorf("functions.txt judges %s, which the engine does not have", name)
		}
	}
	for name := range functions.from {
		if !have[name+" | true"] {
			t.Errorf("functions.txt judges %s after FROM, which the engine does not have", name)
		}
	}
}
