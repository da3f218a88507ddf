//go:build duckdb_arrow

package pgwire_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/policy"
)

// step is a text that is sent as one message, what it returns, and its error.
type step struct{ sql, want, code string }

func take(t *testing.T, c *pgx.Conn, steps ...step) {
	t.Helper()
	for _, s := range steps {
		got, err := rows(t, c, s.sql)
		if err != nil && code(err) != s.code || err == nil && s.code != "" || got != s.want {
			t.Errorf("%s: %q, %v", s.sql, got, err)
		}
	}
}

func TestTemporaryTablesLastAsLongAsTheirSession(t *testing.T) {
	s := newServer(t)
	c, other := s.connect(t), s.connect(t)
	take(t, c,
		step{`CREATE TEMP TABLE mine AS SELECT id, region FROM orders WHERE id < 3`, "", ""},
		step{`INSERT INTO mine VALUES (7, 'x')`, "", ""},
		step{`UPDATE mine SET region = 'y' WHERE id = 7 RETURNING *`, "7|y", ""},
		step{`SELECT count(*), max(region) FROM mine`, "4|y", ""},
		step{`SELECT count(*) FROM temp.mine JOIN pg_temp.mine AS m USING (id)`, "4", ""},
		step{`BEGIN; DELETE FROM mine; SELECT count(*) FROM mine; ROLLBACK`, "0", ""},
		step{`BEGIN; INSERT INTO mine VALUES (8, 'a'); SAVEPOINT s; DELETE FROM mine; ROLLBACK TO s; SELECT count(*) FROM mine; COMMIT`, "5", ""},
		step{`BEGIN; SAVEPOINT s; DELETE FROM mine; ROLLBACK TO s; COMMIT; SELECT count(*) FROM mine`, "5", ""},
		step{`BEGIN; DROP TABLE mine; SELECT count(*) FROM mine`, "", "42P01"},
		step{`ROLLBACK; SELECT count(*) FROM mine`, "5", ""},
		step{`BEGIN; CREATE TEMP TABLE brief (n INTEGER); INSERT INTO brief VALUES (1); SELECT n FROM brief; ROLLBACK`, "1", ""},
		step{`SELECT n FROM brief`, "", "42P01"},
		step{`BEGIN; CREATE TEMP TABLE brief (n INTEGER); INSERT INTO brief VALUES (1); COMMIT; SELECT n FROM brief`, "1", ""},
		step{`DELETE FROM brief; SELECT error('no')`, "", "42000"},
		step{`SELECT n FROM brief`, "1", ""},
		step{`ALTER TABLE brief RENAME TO short; ALTER TABLE short ADD COLUMN m INTEGER; SELECT * FROM short`, "1|NULL", ""},
		step{`SELECT n FROM brief`, "", "42P01"},
		step{`CREATE TEMP TABLE short (n INTEGER)`, "", "42P07"},
		step{`CREATE TEMP TABLE IF NOT EXISTS short AS SELECT 3 AS n; SELECT n FROM short`, "1", ""},
		step{`CREATE OR REPLACE TEMP TABLE short AS SELECT 3 AS n; SELECT * FROM short`, "3", ""},
		step{`INSERT INTO orders (id) SELECT n + 1000 FROM short; SELECT count(*) FROM orders WHERE id = 1003`, "1", ""},
		step{`CREATE TEMP VIEW double AS SELECT n * 2 AS n FROM short`, "", ""},
		step{`SELECT n FROM double`, "6", ""},
		step{`CREATE VIEW lasting AS SELECT * FROM short`, "", "42P16"},
		step{`SELECT table_schema, table_name FROM information_schema.tables WHERE table_name IN ('mine', 'short') ORDER BY 2`, "temp|mine\ntemp|short", ""},
		step{`SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'mine' AND pg_table_is_visible(c.oid)`, "temp|mine", ""},
		step{`CREATE LOCAL TEMPORARY TABLE "#Tableau_1/Connect" ("COL" INTEGER) ON COMMIT PRESERVE ROWS; INSERT INTO "#Tableau_1/Connect" VALUES (1)`, "", ""},
		step{`SELECT "COL" FROM "#Tableau_1/Connect"; DROP TABLE "#Tableau_1/Connect"`, "1", ""},
	)
	take(t, other, step{`SELECT count(*) FROM mine`, "", "42P01"}, step{`SELECT count(*) FROM temp.mine`, "", "42P01"}, step{`DROP TABLE mine`, "", "42P01"},
		step{`SELECT count(*) FROM pg_class WHERE relname IN ('mine', 'short', 'double')`, "0", ""}, step{`CREATE TEMP TABLE mine AS SELECT 1 AS id; SELECT id FROM mine`, "1", ""})
	take(t, c, step{`DISCARD TEMP`, "", ""}, step{`SELECT count(*) FROM mine`, "", "42P01"}, step{`CREATE TEMP TABLE mine AS SELECT 1 AS n`, "", ""},
		step{`BEGIN; DISCARD TEMP; ROLLBACK; SELECT n FROM mine`, "1", ""}, step{`DISCARD ALL`, "", ""}, step{`SELECT n FROM mine`, "", "42P01"})
}

func TestWhatBecomesOfTemporaryTablesAtCommit(t *testing.T) {
	c := newServer(t).connect(t)
	take(t, c,
		step{`CREATE TEMP TABLE a (n INTEGER) ON COMMIT DROP; INSERT INTO a VALUES (1); SELECT n FROM a`, "1", ""},
		step{`SELECT n FROM a`, "", "42P01"},
		step{`BEGIN; CREATE TEMP TABLE a ON COMMIT DROP AS SELECT 2 AS n; SELECT n FROM a; COMMIT`, "2", ""},
		step{`SELECT n FROM a`, "", "42P01"},
		step{`CREATE TEMP TABLE d (n INTEGER) ON COMMIT DELETE ROWS`, "", ""},
		step{`BEGIN; INSERT INTO d VALUES (1); INSERT INTO d VALUES (2); SELECT count(*) FROM d; COMMIT`, "2", ""},
		step{`SELECT count(*) FROM d`, "0", ""},
		step{`INSERT INTO d VALUES (1)`, "", ""},
		step{`SELECT count(*) FROM d`, "0", ""},
		step{`CREATE TEMP TABLE p (n INTEGER) ON COMMIT PRESERVE ROWS; INSERT INTO p VALUES (1)`, "", ""},
		step{`SELECT count(*) FROM p`, "1", ""},
		step{`CREATE TABLE lasting (n INTEGER) ON COMMIT DROP`, "", "42601"},
		step{`CREATE TEMP TABLE e (n INTEGER) ON COMMIT KEEP`, "", "42601"},
	)
}

// A temporary table stands before a lake's of its name where no schema is written,
// and nowhere else: neither in views, nor for others.
func TestTemporaryTablesStandBeforeOthers(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	take(t, c,
		step{`CREATE VIEW seen AS SELECT count(*) AS n FROM orders`, "", ""},
		step{`CREATE TEMP TABLE orders AS SELECT 1 AS id`, "", ""},
		step{`SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM main.orders), (SELECT n FROM seen)`, "1|40|40", ""},
		step{`SET search_path = shop, public; SELECT count(*) FROM orders`, "1", ""},
		step{`UPDATE orders SET id = 2; DELETE FROM main.orders WHERE id = 3; SELECT id FROM orders`, "2", ""},
		step{`DROP TABLE orders; SELECT count(*) FROM orders`, "39", ""},
	)
	take(t, s.connect(t), step{`SELECT count(*) FROM orders`, "39", ""})
}

// Temporary tables of many changes do not take more and more stages, and none are
// left when their client is gone.
func TestTemporaryTablesLeaveNothing(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	take(t, c, step{`CREATE TEMP TABLE many AS SELECT 0 AS n`, "", ""})
	for range 30 {
		take(t, c, step{`INSERT INTO many SELECT max(n) + 1 FROM many`, "", ""})
	}
	take(t, c, step{`SELECT count(*), max(n), sum(n) FROM many`, "31|30|465", ""})
	if n := s.stages(t); n == 0 || n > 12 {
		t.Errorf("there are %d stages", n)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.eventually(t, func() bool { return s.stages(t) == 0 })
}

// What is temporary is its client's, whatever the policies say; that says nothing
// about what is hidden from them.
func TestTemporaryTablesNeedNoPolicy(t *testing.T) {
	g := newGoverned(t)
	c := g.connect(t, "bob")
	take(t, c,
		step{`CREATE TEMP TABLE plans AS SELECT id FROM shop.orders`, "", ""},
		step{`SELECT count(*) FROM plans`, "5", ""},
		step{`CREATE TEMP TABLE stolen AS SELECT * FROM secret.plans`, "", "42P01"},
		step{`SET search_path = secret; SELECT count(*) FROM plans; SELECT count(*) FROM secret.plans`, "5", "42P01"},
		step{`SELECT relname FROM pg_class WHERE relname = 'plans'`, "plans", ""},
		step{`SELECT count(*) FROM main.plans`, "", "42P01"},
	)
	g.change("bob", &policy.Who{})
	if got, err := rows(t, c, "SELECT count(*) FROM shop.orders"); code(err) != "42P01" {
		t.Error(got, err)
	}
	if got, err := rows(t, c, "SELECT count(*) FROM plans"); err != nil || !strings.HasPrefix(got, "5") {
		t.Error(got, err)
	}
}

// What a statement that meets others does again, it does with what is temporary.
func TestTemporaryTablesInStatementsThatRunAgain(t *testing.T) {
	s := newServer(t)
	take(t, s.connect(t), step{`CREATE TABLE counter AS SELECT 0 AS n`, "", ""})
	const clients, each = 3, 4
	done := make(chan error, clients)
	for range clients {
		c := s.connect(t)
		take(t, c, step{`CREATE TEMP TABLE one AS SELECT 1 AS n`, "", ""})
		go func() {
			var err error
			for i := 0; i < each && err == nil; i++ {
				_, err = c.Exec(t.Context(), "UPDATE counter SET n = counter.n + one.n FROM one")
			}
			done <- err
		}()
	}
	for range clients {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	take(t, s.connect(t), step{`SELECT n FROM counter`, "12", ""})
}

// stages is how many stages of temporary tables there are.
func (s *server) stages(t *testing.T) (n int) {
	t.Helper()
	err := s.DB().View(t.Context(), func(tx metadb.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM tarn_stage WHERE table_key LIKE 'temp%'`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// eventually waits until something holds.
func (s *server) eventually(t *testing.T, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("it did not come to hold")
		}
	}
}
