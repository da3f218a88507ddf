//go:build duckdb_arrow

package pgwire_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestErrorsHaveTheirStateAndPlace(t *testing.T) {
	c := newServer(t).connect(t)
	for sql, want := range map[string]string{
		"selct 1": "42601", "SELECT 1 FROM": "42601", "SELECT * FROM nothing": "42P01", "SELECT nothing FROM orders": "42703",
		"SELECT o.nothing FROM orders o": "42703", "SELECT nothing(1)": "42883", "SELECT id + DATE '2020-01-01' FROM orders": "42883",
		"SELECT 'x'::INTEGER": "22P02", "SELECT 300::TINYINT": "22003", "SELECT 9223372036854775807 + id FROM orders WHERE id > 1": "22003",
		"SELECT id, count(*) FROM orders": "42803", "SELECT id FROM orders o JOIN orders p ON true": "42702",
		"INSERT INTO orders VALUES (1)": "42601", "CREATE TABLE orders (a INT)": "42P07", "DROP TABLE nothing": "42P01", "DROP VIEW orders": "42809",
		"INSERT INTO orders (nothing) VALUES (1)": "42703", "UPDATE orders SET id = 'x'": "22P02", "CREATE INDEX i ON orders (id)": "0A000",
		"DROP SCHEMA nothing": "3F000", "CREATE SCHEMA shop": "42P06", "SELECT 'x'::DATE": "22007", "SELECT 'x'::TIMESTAMP": "22007", "SELECT 'x'::INTERVAL": "22007", "SELECT '2020-13-01'::DATE": "22008", "SELECT '25:00'::TIME": "22008",
		"SELECT (1, 2) = (1, 2, 3)": "42846", "SELECT (SELECT 1, 2)": "42601", "SELECT 1 LIMIT -1": "2201W", "SELECT sqrt(-1)": "2201F", "SELECT ln(0)": "2201E", "SELECT '\xff'": "22021", "SELECT INTERVAL '3000000 hours'": "22015", "SELECT 1::nothing": "42704", "INSERT INTO information_schema.tables VALUES (1)": "42501",
		"COPY orders FROM '/etc/passwd'": "0A000", "ATTACH 'x'": "0A000", "SELECT * FROM read_csv('/etc/passwd')": "42501", "SELECT * FROM '/etc/passwd.csv'": "42P01",
		"SELECT $1": "42P02", "SET nothing = 1": "42704", "SHOW nothing": "42704", "SET client_encoding = 'LATIN1'": "22023", "SET server_version = 16": "55P02",
		"FETCH 1 FROM nowhere": "34000", "DEALLOCATE nothing": "26000", "SAVEPOINT a": "25P01", "DECLARE a CURSOR FOR SELECT 1": "25P01", "PREPARE TRANSACTION 'a'": "0A000",
	} {
		if _, err := rows(t, c, sql); code(err) != want {
			t.Errorf("%s: %s, %v", sql, want, err)
		}
	}
	_, err := rows(t, c, "SELECT 'é'; SELECT 1,\n nothing FROM orders")
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Position != 24 {
		t.Errorf("%v at %d", err, e.Position)
	}
	if got, err := rows(t, c, "SELECT 1; SELECT 2"); err != nil || got != "1\n2" {
		t.Error("the connection is no longer usable:", got, err)
	}
}

func TestATransactionSeesOneStateOfAllTables(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	for i, step := range []struct{ sql, want string }{
		{"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT count(*) FROM orders", "40"},
		{"", ""},
		{"SELECT count(*) FROM orders; SELECT count(*) FROM shop.prices", "40\n1"},
		{"COMMIT; SELECT count(*) FROM orders; SELECT count(*) FROM shop.prices", "41\n2"},
	} {
		if step.sql == "" {
			s.Append(t, "orders", "SELECT 40::BIGINT AS id, 1::DECIMAL(9,2) AS amount, 'EU' AS region, DATE '2020-01-01' AS day")
			s.Append(t, "shop.prices", "SELECT 2.5::DOUBLE AS price")
			continue
		}
		if got, err := rows(t, c, step.sql); err != nil || got != step.want {
			t.Errorf("%d: %q %v", i, got, err)
		}
	}
}

func TestAfterAnErrorATransactionOnlyEnds(t *testing.T) {
	c := newServer(t).connect(t)
	for _, step := range []struct {
		sql, want string
		status    byte
	}{
		{"BEGIN", "", 'T'}, {"SELECT nothing", "42703", 'E'}, {"SELECT 1", "25P02", 'E'}, {"SAVEPOINT a", "25P02", 'E'}, {"COMMIT", "", 'I'},
		{"BEGIN; SAVEPOINT a; SAVEPOINT \"B\"", "", 'T'}, {"SELECT nothing", "42703", 'E'}, {"ROLLBACK TO b", "", 'T'}, {"SELECT 1", "", 'T'},
		{"RELEASE SAVEPOINT a", "", 'T'}, {"ROLLBACK TO a", "3B001", 'E'}, {"ROLLBACK AND CHAIN", "", 'T'}, {"END", "", 'I'}, {"ROLLBACK", "", 'I'},
	} {
		_, err := rows(t, c, step.sql)
		if got := code(err); err != nil && got != step.want || err == nil && step.want != "" {
			t.Errorf("%s: %s, %v", step.sql, step.want, err)
		}
		if got := c.PgConn().TxStatus(); got != step.status {
			t.Errorf("%s: status %c", step.sql, got)
		}
	}
}

func TestSettingsAreThoseOfTheSession(t *testing.T) {
	s := newServer(t)
	c := s.connect(t, "application_name=first", "options=-c%20statement_timeout%3D5s%20--search-path%3Dmain")
	got, err := rows(t, c, `SHOW application_name; SHOW statement_timeout; SET application_name TO 'second'; SHOW application_name; RESET ALL; SHOW application_name;
		BEGIN; SET LOCAL application_name = third; SHOW application_name; COMMIT; SHOW application_name; SET my.own = 'x, y'; SHOW my.own; SET DateStyle = ISO, DMY; SHOW datestyle; SHOW TRANSACTION ISOLATION LEVEL`)
	want := "first\n5s\nsecond\nfirst\nthird\nfirst\nx, y\nISO, DMY\nrepeatable read"
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
	if v := c.PgConn().ParameterStatus("application_name"); v != "first" {
		t.Error("the client was told", v)
	}
	for name, value := range map[string]string{"client_encoding": "UTF8", "standard_conforming_strings": "on", "integer_datetimes": "on", "server_version": "15.0", "DateStyle": "ISO, DMY"} {
		if v := c.PgConn().ParameterStatus(name); v != value {
			t.Errorf("%s is %q", name, v)
		}
	}
	if got, err := rows(t, c, "DISCARD ALL; SHOW application_name"); err != nil || got != "first" {
		t.Error(got, err)
	}
}

func TestCursorsAreFetchedPieceByPiece(t *testing.T) {
	c := newServer(t).connect(t)
	got, err := rows(t, c, `BEGIN; DECLARE a NO SCROLL CURSOR FOR SELECT id FROM orders ORDER BY id; FETCH 2 FROM a; MOVE 35 IN a; FETCH FORWARD 2 FROM a;
		FETCH NEXT FROM a; FETCH ALL FROM a; FETCH ALL FROM a; CLOSE a; DECLARE b CURSOR WITH HOLD FOR SELECT 'held'; COMMIT; FETCH a`)
	if want := "0\n1\n37\n38\n39"; code(err) != "34000" || got != want {
		t.Errorf("%v %q", err, got)
	}
	if got, err := rows(t, c, "FETCH b; CLOSE ALL"); err != nil || got != "held" {
		t.Error(got, err)
	}
	if _, err := rows(t, c, "BEGIN; DECLARE a CURSOR FOR SELECT 1; FETCH PRIOR FROM a"); code(err) != "55000" {
		t.Error(err)
	}
}
