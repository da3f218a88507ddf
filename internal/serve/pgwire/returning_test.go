//go:build duckdb_arrow

package pgwire_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

func TestChangesReturnTheirRows(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	for _, step := range []struct{ sql, want, code string }{
		{"INSERT INTO orders (id, region) VALUES (100, 'x'), (101, 'y') RETURNING id, upper(region) AS r, orders.amount", "100|X|NULL\n101|Y|NULL", ""},
		{"INSERT INTO orders AS o BY NAME SELECT 102 AS id RETURNING *", "102|NULL|NULL|NULL", ""},
		{"UPDATE orders AS o SET id = o.id + 10 FROM (VALUES (100, 'a'), (100, 'b')) AS v(id, t) WHERE o.id = v.id RETURNING o.id, region", "110|x", ""},
		{"WITH w AS (SELECT 110 AS id) DELETE FROM orders USING w WHERE orders.id = w.id RETURNING id || region", "110x", ""},
		{"DELETE FROM orders WHERE id = 102 RETURNING 1 + 1; SELECT count(*) FROM orders WHERE id >= 100", "2\n1", ""},
		{"BEGIN; UPDATE shop.prices SET price = 2 WHERE shop.prices.price > 1 RETURNING shop.prices.price * 2 AS p, prices.price; DELETE FROM shop.prices AS p RETURNING p.*, 3 * price; INSERT INTO shop.prices VALUES (4) RETURNING *, shop.prices.price; ROLLBACK", "4|2\n2|6\n4|4", ""},
		{"DELETE FROM orders WHERE id = -1 RETURNING id", "", ""},
		{"BEGIN; DELETE FROM orders WHERE id < 4 RETURNING id; ROLLBACK", "0\n1\n2\n3", ""},
		{"BEGIN; UPDATE orders SET region = 'z' WHERE id = 101 RETURNING id; DELETE FROM orders WHERE region = 'z' RETURNING region; ROLLBACK", "101\nz", ""},
		{"CREATE TABLE numbers AS SELECT 1 AS n; INSERT INTO numbers SELECT random() * 1000000 RETURNING n < 0; UPDATE numbers SET n = random() * 1000000 RETURNING n + 0.5 > 0", "f\nt\nt", ""},
		// what fails has changed nothing
		{"DELETE FROM orders WHERE id < 40 RETURNING error('no')", "", "42000"}, {"DELETE FROM orders RETURNING nothing", "", "42703"},
		{"INSERT INTO orders (id) VALUES (1) RETURNING id FROM orders", "", "42601"}, {"INSERT INTO orders (id) VALUES (1) RETURNING", "", "42601"},
		{"BEGIN; MERGE INTO orders USING orders o2 USING (id) WHEN MATCHED AND orders.id < 1 THEN DELETE RETURNING merge_action(), id; ROLLBACK", "DELETE|0", ""},
		{"SELECT count(*) FROM orders", "41", ""},
		// a query sees what was there before
		{"BEGIN; DELETE FROM orders AS o WHERE id < 1 RETURNING id, (SELECT count(*) FROM orders), (SELECT min(x.id) FROM orders AS x WHERE x.id > o.id), EXISTS (FROM shop.prices); ROLLBACK", "0|41|1|t", ""},
		{"BEGIN; UPDATE orders SET id = id + 1000 WHERE id = 3 RETURNING id, (SELECT list(id) FROM orders WHERE id IN (3, 1003)), *; ROLLBACK", "1003|{3}|1003|30.00|US|2011-12-04", ""},
		{"INSERT INTO orders (id) VALUES (1) RETURNING (SELECT max(id) FROM orders), (FROM missing)", "", "42P01"},
		{"INSERT INTO orders (id) VALUES (1) RETURNING id) UNION (SELECT 1", "", "42601"},
		{"DELETE FROM orders WHERE id = -1 RETURNING * EXCLUDE (amount, day), orders.* EXCLUDE id, COLUMNS(*), count(*) OVER ()", "", ""},
	} {
		got, err := rows(t, c, step.sql)
		if err != nil && code(err) != step.code || err == nil && step.code != "" || got != step.want {
			t.Errorf("%s: %q, %v", step.sql, got, err)
		}
	}
}

// What an UPDATE returns is what it has written, also where it is random.
func TestWhatIsReturnedIsWhatIsWritten(t *testing.T) {
	c := newServer(t).connect(t)
	said, err := rows(t, c, "UPDATE orders SET amount = random() * 1000 RETURNING id, amount")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(said, "\n") {
		id, amount, _ := strings.Cut(line, "|")
		if got, err := rows(t, c, "SELECT amount FROM orders WHERE id = "+id); err != nil || got != amount {
			t.Fatal(line, got, err)
		}
	}
}

func TestRowsAreReturnedOverTheExtendedProtocol(t *testing.T) {
	s := newServer(t)
	_, f := s.dial(t)
	const sql = "INSERT INTO orders (id) SELECT range FROM range($1) RETURNING id, 'n' || id"
	parse := &pgproto3.Parse{Query: sql, ParameterOIDs: []uint32{20}}
	bind := &pgproto3.Bind{Parameters: [][]byte{[]byte("3")}, ResultFormatCodes: []int16{1, 0}}
	if got := talk(t, f, parse, &pgproto3.Describe{ObjectType: 'S'}, bind, &pgproto3.Describe{ObjectType: 'P'}, &pgproto3.Execute{}, &pgproto3.Sync{}); got != "1t[20]T2TDDDC(INSERT 0 3)Z" {
		t.Error(got)
	}
	// As asyncpg's fetchrow: what was not fetched is done all the same.
	if got := talk(t, f, parse, bind, &pgproto3.Execute{MaxRows: 1}, &pgproto3.Sync{}); got != "12DsZ" {
		t.Error(got)
	}
	if got := talk(t, f, parse, bind, &pgproto3.Execute{MaxRows: 2}, &pgproto3.Execute{MaxRows: 2}, &pgproto3.Execute{}, &pgproto3.Sync{}); got != "12DDsDC(INSERT 0 3)E(55000)Z" {
		t.Error(got)
	}
	if got := talk(t, f, parse, &pgproto3.Bind{Parameters: [][]byte{[]byte("3")}, ResultFormatCodes: []int16{1, 1, 1}}, &pgproto3.Execute{}, &pgproto3.Sync{}); got != "12E(08P01)Z" {
		t.Error(got)
	}
	c := s.connect(t)
	if got, err := rows(t, c, "SELECT count(*) FROM orders"); err != nil || got != "46" {
		t.Error(got, err)
	}
	var price float64
	if err := c.QueryRow(t.Context(), "UPDATE shop.prices SET price = $1 WHERE shop.prices.price > $2 RETURNING shop.prices.price + $3::DOUBLE", 7.5, 1, 1.5).Scan(&price); err != nil || price != 9 {
		t.Error(price, err)
	}
	var id int64
	if err := c.QueryRow(t.Context(), "DELETE FROM orders WHERE id = $1 AND day IS NOT NULL RETURNING id + $2::BIGINT", 5, 100).Scan(&id); err != nil || id != 105 {
		t.Error(id, err)
	}
}

// A statement by itself that meets others is done again, and tells of the rows of
// the time that counted.
func TestCountersGoUpByOne(t *testing.T) {
	s := newServer(t)
	if _, err := rows(t, s.connect(t), "CREATE TABLE counter AS SELECT 0 AS n"); err != nil {
		t.Fatal(err)
	}
	const clients, each = 4, 3
	var mu sync.Mutex
	var running sync.WaitGroup
	seen := map[int]bool{}
	for range clients {
		c := s.connect(t)
		running.Go(func() {
			for range each {
				var n int
				err := c.QueryRow(t.Context(), "UPDATE counter SET n = n + 1 RETURNING n", pgx.QueryExecModeExec).Scan(&n)
				mu.Lock()
				if seen[n] || err != nil {
					t.Error(n, err)
				}
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	running.Wait()
	if len(seen) != clients*each || !seen[clients*each] {
		t.Error(seen)
	}
}

// RETURNING reads the table, for which one needs another right.
func TestWhoMayNotReadIsReturnedNothing(t *testing.T) {
	g := newGoverned(t)
	c := g.connect(t, "etl")
	for sql, want := range map[string]string{
		"INSERT INTO shop.orders VALUES (6, 'x') RETURNING id": "42501", "INSERT INTO shop.orders VALUES (6, 'x') RETURNING 1": "42501",
		"INSERT INTO secret.plans VALUES (6, 'x') RETURNING id": "42P01", "INSERT INTO shop.orders VALUES (7, 'y')": "",
	} {
		_, err := rows(t, c, sql)
		_, described := c.Prepare(t.Context(), "", sql)
		if err != nil && code(err) != want || err == nil && want != "" || want != "" && code(described) != want {
			t.Errorf("%s: %v, %v", sql, err, described)
		}
	}
	if got, err := rows(t, c, "BEGIN; CREATE TEMP TABLE plans AS SELECT 1 AS id; UPDATE plans SET id = 2 RETURNING id; ROLLBACK"); err != nil || got != "2" {
		t.Error(got, err)
	}
	g.change("etl", &policy.Who{Roles: []string{"analyst"}})
	if got, err := rows(t, c, "INSERT INTO shop.orders VALUES (8, 'z') RETURNING text"); err != nil || got != "z" {
		t.Error(got, err)
	}
	const hidden = "INSERT INTO shop.orders VALUES (9, 'z') RETURNING (SELECT max(id) FROM secret.plans)"
	_, described := c.Prepare(t.Context(), "", hidden)
	if _, err := rows(t, c, hidden); code(err) != "42P01" || code(described) != "42P01" {
		t.Error(err, described)
	}
	if got, err := rows(t, g.connect(t, "ada"), "SELECT count(*) FROM shop.orders"); err != nil || got != "7" {
		t.Error(got, err)
	}
}

// A client that is gone before it read all leaves nothing.
func TestReturnedRowsThatNobodyReads(t *testing.T) {
	s := newServer(t, func(o *pgwire.Options) { o.DrainWithin = time.Hour })
	c, f := s.dial(t)
	f.Send(&pgproto3.Query{String: "INSERT INTO orders (id, region) SELECT range, repeat('x', 1000) FROM range(50000) RETURNING *"})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	until(t, f, "D")
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if got, err := rows(t, s.connect(t), "SELECT count(*) FROM orders"); err != nil || got != fmt.Sprint(50040) {
		t.Error(got, err)
	}
}
