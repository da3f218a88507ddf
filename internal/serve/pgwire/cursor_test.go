//go:build duckdb_arrow

package pgwire_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// What drivers bind and name, as asyncpg does for its cursors, is one of SQL's
// cursors before its first row is asked for.
func TestACursorThatWasBound(t *testing.T) {
	_, f := newServer(t).dial(t)
	bound := []pgproto3.FrontendMessage{&pgproto3.Query{String: "BEGIN"}, &pgproto3.Parse{Query: "SELECT id FROM orders ORDER BY id"}, &pgproto3.Bind{DestinationPortal: "p"}, &pgproto3.Sync{}}
	for _, m := range bound {
		f.Send(m)
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	until(t, f, "Z")
	until(t, f, "Z")
	if got := talk(t, f, &pgproto3.Query{String: "MOVE FORWARD 10 FROM p"}); got != "C(MOVE 10)Z" {
		t.Error(got)
	}
	if got := talk(t, f, &pgproto3.Execute{Portal: "p", MaxRows: 2}, &pgproto3.Sync{}); got != "DDsZ" {
		t.Error(got)
	}
	if got := talk(t, f, &pgproto3.Parse{Query: "SELECT id FROM orders"}, &pgproto3.Bind{DestinationPortal: "q"}, &pgproto3.Sync{}); got != "12Z" {
		t.Error(got)
	}
	if got := talk(t, f, &pgproto3.Query{String: "FETCH 1 FROM q"}); got != "TDC(FETCH 1)Z" {
		t.Error(got)
	}
}

// A cursor has the time of one statement, for all that is fetched from it and not
// for what its client does in between.
func TestACursorHasTheTimeOfOneStatement(t *testing.T) {
	const long = time.Second
	s := newServer(t, func(o *pgwire.Options) {
		o.Admission = admission.New(admission.Limits{User: admission.Limit{Time: long}})
	})
	c := s.connect(t)
	if _, err := rows(t, c, "BEGIN; DECLARE x CURSOR FOR "+endless+"; FETCH 10 FROM x"); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); time.Since(begun) < long; {
		if _, err := rows(t, c, "SELECT 1"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := rows(t, c, "FETCH 1 FROM x"); err != nil || got == "" {
		t.Fatalf("after a pause it gives %q, %v", got, err)
	}
	var err error
	for err == nil {
		_, err = rows(t, c, "MOVE 100000 FROM x")
	}
	var told *pgconn.PgError
	if !errors.As(err, &told) || told.Code != "57014" || told.Detail != "Statements of this user may run for 1s." {
		t.Errorf("it ends with %v", err)
	}
}
