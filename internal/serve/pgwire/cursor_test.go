//go:build duckdb_arrow

package pgwire_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

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
