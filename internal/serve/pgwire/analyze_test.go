//go:build duckdb_arrow

package pgwire_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// times are what differs from run to run.
var times = regexp.MustCompile(`[0-9.]+ ms|, [0-9]+ bytes`)

func TestExplainAnalyzeTellsWhatTheEngineDid(t *testing.T) {
	c := newServer(t).connect(t)
	for sql, want := range map[string]string{
		"EXPLAIN ANALYZE SELECT region, count(*) FROM orders WHERE id < 10 GROUP BY 1":              "(actual time=T rows=2)",
		"EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM orders JOIN shop.prices ON id > price":            "Scan on shop.prices  (rows=1 of 1 fileT)",
		"EXPLAIN (ANALYZE ON, TIMING OFF) SELECT 1":                                                 "Execution Time: T",
		"EXPLAIN (ANALYZE OFF) SELECT * FROM orders":                                                "Scan on main.orders  (rows=40 of 1 fileT)",
		"PREPARE few(bigint) AS SELECT * FROM orders WHERE id < $1; EXPLAIN ANALYZE EXECUTE few(3)": "rows=3)",
	} {
		got, err := rows(t, c, sql)
		if told := times.ReplaceAllString(got, "T"); err != nil || !strings.Contains(told, want) {
			t.Errorf("%s: %s, %v", sql, told, err)
		}
	}
	got, err := rows(t, c, "EXPLAIN (ANALYZE, FORMAT JSON) SELECT sum(amount) FROM orders")
	var plan []struct {
		Plan  map[string]any
		Reads []map[string]any
		Took  float64 `json:"Execution Time"`
	}
	if err := errors.Join(err, json.Unmarshal([]byte(got), &plan)); err != nil || len(plan) != 1 || plan[0].Plan["Actual Rows"] != 1.0 || plan[0].Reads[0]["Relation Name"] != "orders" || plan[0].Took <= 0 {
		t.Error(got, err)
	}
	var said *pgconn.PgError
	if _, err := rows(t, c, "EXPLAIN ANALYZE\nSELECT nothing FROM orders"); !errors.As(err, &said) || said.Code != "42703" || said.Position != 24 {
		t.Errorf("%+v", said)
	}
	if _, err := rows(t, c, "SET statement_timeout = 50; EXPLAIN ANALYZE SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3"); code(err) != "57014" {
		t.Error(err)
	}
}

// What runs tells no more than its rows: neither what a view reads that whoever
// asks may not, nor how many rows of it there are, nor files, nor what the
// statement has become.
func TestExplainAnalyzeTellsNothingThatIsHidden(t *testing.T) {
	g := newGoverned(t)
	for _, who := range []string{"bob", "priv", "rita", "ada"} {
		c := g.connect(t, who)
		for _, sql := range []string{
			"SELECT * FROM shop.part", "SELECT count(*) FROM shop.part p JOIN shop.orders o ON p.id = o.id", "SELECT * FROM shop.trusting", "WITH w AS (FROM shop.part) FROM w WHERE id = 3",
			"SELECT (SELECT max(text) FROM shop.part), * FROM shop.orders", "SELECT * FROM shop.part WHERE text LIKE 'plan%'", "FROM shop.names", "SELECT * FROM pg_class",
		} {
			for _, explain := range []string{"EXPLAIN ANALYZE ", "EXPLAIN (ANALYZE, VERBOSE) ", "EXPLAIN (ANALYZE, FORMAT JSON) "} {
				got, err := rows(t, c, explain+sql)
				if err != nil && code(err) != "42P01" && code(err) != "42501" && code(err) != "42000" {
					t.Errorf("%s: %s: %v", who, sql, err)
				}
				for _, word := range []string{g.Dir, ".parquet", "read_parquet", "memory.main", "tarn_", hidden, "LIKE", "text", "barrier", "behind"} {
					if strings.Contains(got, word) {
						t.Errorf("%s: %s tells %s: %s", who, sql, word, got)
					}
				}
				if who == "bob" && (strings.Contains(got, "secret") || strings.Contains(got, "plans")) {
					t.Errorf("%s: %s tells of what is behind: %s", who, sql, got)
				}
			}
		}
	}
	bob := g.connect(t, "bob")
	got, err := rows(t, bob, "EXPLAIN ANALYZE SELECT * FROM shop.part")
	if told := times.ReplaceAllString(got, "T"); err != nil || told != "Result  (actual rows=1)\nScan on shop.part  (rows=0 of 0 filesT)\nPlanning Time: T\nExecution Time: T" {
		t.Errorf("%s, %v", told, err)
	}
	for sql, want := range map[string]string{"FROM secret.plans": "42P01", "FROM shop.part WHERE error(text) = 'x'": "42000", "FROM read_text('/etc/passwd')": "42501"} {
		got, err := rows(t, bob, "EXPLAIN ANALYZE "+sql)
		if code(err) != want || got != "" || strings.Contains(err.Error(), hidden) || strings.Contains(err.Error(), "public") {
			t.Errorf("%s: %s, %v", sql, got, err)
		}
	}
}

// What EXPLAIN ANALYZE runs is on record as what it is, and takes its turn.
func TestExplainAnalyzeIsOnRecord(t *testing.T) {
	db := metadbtest.Open(t, t.TempDir(), "record.db")
	log, err := audit.Open(t.Context(), audit.Options{State: db, Process: "p1", Live: func(string) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	c := newServer(t, func(o *pgwire.Options) { o.Record = log.Submit }).connect(t)
	for _, sql := range []string{"EXPLAIN ANALYZE SELECT * FROM orders", "EXPLAIN ANALYZE SELECT error('no') FROM orders"} {
		_, _ = rows(t, c, sql) // the record says how it ended
	}
	if err := errors.Join(c.Close(t.Context()), log.Close()); err != nil {
		t.Fatal(err)
	}
	found, err := audit.List(t.Context(), db, audit.Filter{})
	if err != nil || len(found) != 2 {
		t.Fatalf("%v, on record: %+v", err, found)
	}
	if failed, done := found[0], found[1]; failed.Outcome.State != audit.Failed || done.Outcome.State != audit.Finished || done.SQL != "EXPLAIN ANALYZE SELECT * FROM orders" || strings.Join(done.Tables, " ") != "main.orders" {
		t.Errorf("on record: %+v, %+v", done, failed)
	}
}
