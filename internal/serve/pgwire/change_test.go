//go:build duckdb_arrow

package pgwire_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

func TestStatementsThatChangeHaveTheirTags(t *testing.T) {
	s := newServer(t)
	_, f := s.dial(t)
	for _, step := range [][2]string{
		{"INSERT INTO orders VALUES (100, 1.5, 'EU', '2020-01-01'), (101, 2, NULL, NULL)", "C(INSERT 0 2)Z"},
		{"INSERT INTO orders (id) SELECT range FROM range(102, 105)", "C(INSERT 0 3)Z"},
		{"INSERT INTO orders DEFAULT VALUES", "C(INSERT 0 1)Z"},
		{"UPDATE orders SET amount = amount + 1 WHERE id >= 100", "C(UPDATE 5)Z"},
		{"DELETE FROM orders WHERE id IS NULL", "C(DELETE 1)Z"},
		{"MERGE INTO orders o USING (SELECT 100 AS id UNION ALL SELECT 200) n ON o.id = n.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (n.id)", "C(MERGE 2)Z"},
		{"CREATE TABLE t (a INTEGER NOT NULL, b VARCHAR)", "C(CREATE TABLE)Z"},
		{"CREATE TABLE IF NOT EXISTS t (a INTEGER)", "C(CREATE TABLE)Z"},
		{"CREATE TABLE u AS SELECT range AS a FROM range(3)", "C(SELECT 3)Z"},
		{"CREATE OR REPLACE TABLE u AS SELECT 1 AS a WHERE false", "C(SELECT 0)Z"},
		{"ALTER TABLE u ADD COLUMN b VARCHAR", "C(ALTER TABLE)Z"},
		{"ALTER TABLE u RENAME TO w", "C(ALTER TABLE)Z"},
		{"CREATE VIEW v AS SELECT a FROM t", "C(CREATE VIEW)Z"},
		{"COMMENT ON TABLE t IS 'one'", "C(COMMENT)Z"},
		{"CREATE SCHEMA more", "C(CREATE SCHEMA)Z"},
		{"CREATE TABLE more.t AS SELECT 1 AS a", "C(SELECT 1)Z"},
		{"TRUNCATE t", "C(TRUNCATE TABLE)Z"},
		{"DROP VIEW v", "C(DROP VIEW)Z"},
		{"DROP TABLE t", "C(DROP TABLE)Z"}, {"DROP TABLE w CASCADE", "C(DROP TABLE)Z"},
		{"DROP TABLE IF EXISTS t", "C(DROP TABLE)Z"},
		{"DROP SCHEMA more CASCADE", "C(DROP SCHEMA)Z"},
		{"INSERT INTO orders (id) VALUES (1); SELECT 1; UPDATE orders SET id = 2 WHERE id = 1", "C(INSERT 0 1)TDC(SELECT 1)C(UPDATE 2)Z"},
		{"INSERT INTO orders (id) VALUES (300); SELECT nothing", "C(INSERT 0 1)E(42703)Z"},
	} {
		if got := talk(t, f, &pgproto3.Query{String: step[0]}); got != step[1] {
			t.Errorf("%s: %s, not %s", step[0], got, step[1])
		}
	}
	c := s.connect(t)
	got, err := rows(t, c, "SELECT count(*), count(amount), max(id) FROM orders; SELECT table_name FROM information_schema.tables WHERE table_schema IN ('main', 'more')")
	if want := "46|41|200\norders"; err != nil || got != want {
		t.Errorf("%q %v", got, err)
	}
}

func TestATransactionSeesItsOwnChangesAndOthersSeeThemAtOnce(t *testing.T) {
	s := newServer(t)
	a, b := s.connect(t), s.connect(t)
	ask := "SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM shop.prices), (SELECT count(*) FROM information_schema.tables WHERE table_name = 'new')"
	for i, step := range []struct {
		c         *pgx.Conn
		sql, want string
	}{
		{a, "BEGIN; INSERT INTO orders (id) VALUES (100); DELETE FROM shop.prices; CREATE TABLE new AS SELECT 1 AS a", ""},
		{a, ask, "41|0|1"}, {b, ask, "40|1|0"}, {a, "COMMIT", ""}, {b, ask, "41|0|1"}, {a, ask, "41|0|1"},
		{a, "BEGIN; DROP TABLE new; INSERT INTO shop.prices VALUES (1)", ""}, {a, ask, "41|1|0"}, {a, "ROLLBACK", ""}, {a, ask, "41|0|1"},
		{a, "BEGIN; DROP TABLE new; SELECT nothing", "42703"}, {a, "COMMIT", ""}, {a, ask, "41|0|1"},
	} {
		got, err := rows(t, step.c, step.sql)
		if err != nil {
			got = code(err)
		}
		if got != step.want {
			t.Errorf("%d: %s: %s, not %s, %v", i, step.sql, got, step.want, err)
		}
	}
}

func TestTransactionsThatMeetConflictOrMoveAlong(t *testing.T) {
	s := newServer(t)
	a, b := s.connect(t), s.connect(t)
	for i, step := range []struct {
		first, between, want string
	}{
		{"INSERT INTO orders (id) VALUES (1)", "INSERT INTO orders (id) VALUES (2)", ""},
		{"UPDATE orders SET amount = 0 WHERE id = 1", "INSERT INTO orders (id) VALUES (2)", "40001"},
		{"DROP TABLE shop.prices", "INSERT INTO shop.prices VALUES (3)", "40001"},
		{"CREATE TABLE same AS SELECT 1 AS a", "CREATE TABLE same AS SELECT 2 AS a", "40001"},
		{"UPDATE orders SET amount = 0 WHERE id = 1", "INSERT INTO shop.prices VALUES (4)", ""},
	} {
		if _, err := rows(t, a, "BEGIN; "+step.first); err != nil {
			t.Fatal(i, err)
		}
		if _, err := rows(t, b, step.between); err != nil {
			t.Fatal(i, err)
		}
		_, err := rows(t, a, "COMMIT")
		if got := code(err); err != nil && got != step.want || err == nil && step.want != "" {
			t.Errorf("%d: %v, not %s", i, err, step.want)
		}
		if a.PgConn().TxStatus() != 'I' {
			t.Errorf("%d: status %c", i, a.PgConn().TxStatus())
		}
	}
	if got, err := rows(t, b, "SELECT count(*), (SELECT a FROM same) FROM orders"); err != nil || got != "43|2" {
		t.Error(got, err)
	}
}

// Statements by themselves are run again where others were quicker.
func TestStatementsByThemselvesWaitForEachOther(t *testing.T) {
	s := newServer(t)
	const clients, each = 4, 3
	var all sync.WaitGroup
	for range clients {
		c := s.connect(t)
		all.Go(func() {
			for range each {
				if _, err := c.Exec(t.Context(), "UPDATE shop.prices SET price = price + $1", 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got, err := rows(t, s.connect(t), "SELECT price FROM shop.prices"); err != nil || got != "13.5" {
		t.Error(got, err)
	}
}

func TestParametersOfChangesHaveTheTypesOfTheColumns(t *testing.T) {
	_, f := newServer(t).dial(t)
	sync := &pgproto3.Sync{}
	for sql, want := range map[string]string{
		"INSERT INTO orders VALUES ($1, $2, $3, $4)":                                                         "1t[20 1700 25 1082]nZ",
		"INSERT INTO orders (day, id) VALUES ($2, $1)":                                                       "1t[20 1082]nZ",
		"UPDATE orders SET day = $2 WHERE id = $1":                                                           "1t[20 1082]nZ",
		"DELETE FROM orders WHERE day < $1":                                                                  "1t[1082]nZ",
		"INSERT INTO orders (id) SELECT id + $1::INT FROM orders":                                            "1t[23]nZ",
		"CREATE TABLE x AS SELECT $1::DATE AS d":                                                             "1t[1082]nZ",
		"MERGE INTO orders USING (SELECT 1::BIGINT AS n) s ON id = $1 WHEN MATCHED THEN UPDATE SET day = $2": "1t[20 1082]nZ",
		"DROP TABLE orders": "1t[]nZ",
	} {
		if got := talk(t, f, &pgproto3.Parse{Query: sql}, &pgproto3.Describe{ObjectType: 'S'}, sync); got != want {
			t.Errorf("%s: %s, not %s", sql, got, want)
		}
	}
}

func TestWhatIsBeforeASyncIsOneTransaction(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	insert := func(id string) []pgproto3.FrontendMessage {
		return []pgproto3.FrontendMessage{&pgproto3.Parse{Query: "INSERT INTO orders (id) VALUES ($1)"}, &pgproto3.Bind{Parameters: [][]byte{[]byte(id)}}, &pgproto3.Execute{}}
	}
	_, f := s.dial(t)
	for _, step := range []struct {
		ids  []string
		want string
	}{
		{[]string{"100"}, "12C(INSERT 0 1)Z"}, {[]string{"101", "102"}, "12C(INSERT 0 1)12C(INSERT 0 1)Z"},
		{[]string{"103", "x"}, "12C(INSERT 0 1)12E(22P02)Z"},
	} {
		var messages []pgproto3.FrontendMessage
		for _, id := range step.ids {
			messages = append(messages, insert(id)...)
		}
		if got := talk(t, f, append(messages, &pgproto3.Sync{})...); got != step.want {
			t.Errorf("%v: %s, not %s", step.ids, got, step.want)
		}
	}
	if got, err := rows(t, c, "SELECT count(*), max(id) FROM orders"); err != nil || got != "43|102" {
		t.Error(got, err)
	}
	batch := &pgx.Batch{}
	for i := range 5 {
		batch.Queue("INSERT INTO orders (id, region) VALUES ($1, $2)", 200+i, fmt.Sprint("r", i))
	}
	if err := c.SendBatch(t.Context(), batch).Close(); err != nil {
		t.Error(err)
	}
	if got, err := rows(t, c, "SELECT count(*), max(region) FROM orders WHERE id >= 200"); err != nil || got != "5|r4" {
		t.Error(got, err)
	}
}

func TestWhoMayOnlyReadChangesNothing(t *testing.T) {
	c := newServer(t).connect(t)
	take(t, c, step{"BEGIN READ ONLY; DELETE FROM orders", "", "25006"}, step{"ROLLBACK; SET default_transaction_read_only = true", "", ""},
		step{"DELETE FROM orders", "", "25006"}, step{"BEGIN; DROP TABLE orders", "", "25006"})
	if _, err := rows(t, c, "ROLLBACK; BEGIN READ WRITE; DELETE FROM orders; COMMIT"); err != nil {
		t.Error(err)
	}
	none := newServer(t, func(o *pgwire.Options) { o.Transactions = nil }).connect(t)
	if _, err := rows(t, none, "DELETE FROM orders"); code(err) != "25006" {
		t.Error(err)
	}
}

func TestValuesThatAColumnDoesNotTakeAreRefused(t *testing.T) {
	c := newServer(t).connect(t)
	if _, err := rows(t, c, "CREATE TABLE strict (a INTEGER NOT NULL, b TINYINT)"); err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]string{
		"INSERT INTO strict VALUES (NULL, 1)": "23502", "INSERT INTO strict (b) VALUES (1)": "23502", "INSERT INTO strict VALUES (1, 1000000000000)": "22003",
		"INSERT INTO strict VALUES ('x', 1)": "22P02", "INSERT INTO strict VALUES (1)": "42601", "ALTER TABLE strict ADD COLUMN a INT": "42701",
	} {
		if _, err := rows(t, c, sql); code(err) != want {
			t.Errorf("%s: %s, %v", sql, want, err)
		}
	}
	if _, err := rows(t, c, "INSERT INTO strict VALUES (1, 2)"); err != nil {
		t.Error(err)
	}
	if _, err := rows(t, c, "UPDATE strict SET a = NULL"); code(err) != "23502" || !strings.Contains(err.Error(), "strict") {
		t.Error(err)
	}
}
