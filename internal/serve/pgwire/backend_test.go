//go:build duckdb_arrow

package pgwire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// running is a session that runs a statement without an end, and how it ended.
func running(t *testing.T, g *governed, who string) (c *pgx.Conn, ended chan error) {
	t.Helper()
	c, ended = g.connect(t, who), make(chan error, 1)
	go func() {
		_, err := c.PgConn().Exec(t.Context(), "SELECT count(*) FROM range(100000000000) AS endless").ReadAll()
		ended <- err
	}()
	owner := g.connect(t, "ada")
	for got := ""; got != "1" && t.Context().Err() == nil; {
		got, _ = rows(t, owner, fmt.Sprintf("SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND state = 'active' AND query LIKE '%%endless'", c.PgConn().PID()))
	}
	return c, ended
}

// Sessions of one's own can be stopped, by owners everybody's, in the ways that
// clients write it.
func TestSessionsAreStopped(t *testing.T) {
	g := newGoverned(t)
	for _, c := range []struct{ who, by, sql, want string }{
		{"bob", "bob", "SELECT pg_cancel_backend(%d)", "57014"}, {"bob", "ada", "SELECT pg_catalog.pg_cancel_backend('%d') AS done", "57014"},
		{"bob", "bob", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid='%d'", "57P01"}, // apache/superset: superset/db_engine_specs/postgres.py
		{"cat", "ada", "SELECT pg_terminate_backend(%d)", "57P01"},
	} {
		session, ended := running(t, g, c.who)
		sql := fmt.Sprintf(c.sql, session.PgConn().PID())
		if got, err := rows(t, g.connect(t, c.by), sql); err != nil || got != "t" {
			t.Fatalf("%s: %q, %v", sql, got, err)
		}
		if err := <-ended; code(err) != c.want {
			t.Errorf("%s: %v", sql, err)
		}
		_, err := rows(t, session, "SELECT 1")
		if gone := err != nil; gone != (c.want == "57P01") {
			t.Errorf("after %s: %v", sql, err)
		}
	}
	idle, other := g.connect(t, "bob"), g.connect(t, "bob")
	var done bool
	if err := other.QueryRow(t.Context(), "SELECT pg_terminate_backend($1)", int32(idle.PgConn().PID())).Scan(&done); err != nil || !done { //nolint:gosec // a number of a session
		t.Error(done, err)
	}
	if _, err := rows(t, idle, "SELECT 1"); err == nil {
		t.Error("it goes on")
	}
	if _, err := rows(t, other, "SELECT pg_terminate_backend(pg_backend_pid())"); code(err) != "57P01" {
		t.Error(err)
	}
}

// Another's session is one that is not there.
func TestSessionsOfOthersAreNotThere(t *testing.T) {
	g := newGoverned(t)
	session, ended := running(t, g, "cat")
	pid := session.PgConn().PID()
	for _, who := range []string{"bob", "priv", "rita", "none"} {
		c := g.connect(t, who)
		for _, sql := range []string{"SELECT pg_cancel_backend(%d)", "SELECT pg_terminate_backend(%d)"} {
			for _, number := range []uint32{pid, 1 << 30, 0} {
				if got, err := rows(t, c, fmt.Sprintf(sql, number)); err != nil || got != "f" {
					t.Errorf("%s %s, %d: %q, %v", who, sql, number, got, err)
				}
			}
		}
		if got, err := rows(t, c, "SELECT string_agg(DISTINCT usename || query, ' ') FROM pg_stat_activity"); err != nil || strings.Contains(got, "cat") || strings.Contains(got, "endless") {
			t.Errorf("%s sees %q: %v", who, got, err)
		}
		for _, sql := range []string{"SELECT 1 + pg_terminate_backend(%d)::INTEGER", "SELECT 1 WHERE pg_cancel_backend(%d)", "SELECT pg_cancel_backend(%d), 1"} {
			if _, err := rows(t, c, fmt.Sprintf(sql, pid)); code(err) != "0A000" {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
	select {
	case err := <-ended:
		t.Fatal("it was stopped:", err)
	default:
	}
	if got, err := rows(t, g.connect(t, "cat"), fmt.Sprintf("SELECT pg_cancel_backend(%d)", pid)); err != nil || got != "t" {
		t.Error(got, err)
	}
	if err := <-ended; code(err) != "57014" {
		t.Error(err)
	}
}
