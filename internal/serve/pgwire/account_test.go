//go:build duckdb_arrow

package pgwire_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// several is a name with several passwords, of which the second is for reading.
type several struct {
	verifiers []string
	knew      int
}

func (s *several) Account(context.Context, string, string) (pgwire.Account, error) { return s, nil }
func (s *several) Verifiers() []string                                             { return s.verifiers }
func (s *several) Ended(knew int)                                                  { s.knew = knew }

func (s *several) Who(ctx context.Context) (policy.Who, bool, error) {
	who, _, err := account{name: "bert", known: s.knew >= 0}.Who(ctx)
	return who, s.knew != 1, err
}

func TestANameMayHaveSeveralPasswords(t *testing.T) {
	first, err := credential.Verifier("one", 4096)
	if err != nil {
		t.Fatal(err)
	}
	known := &several{verifiers: []string{first}}
	for _, password := range []string{"two", "three"} {
		next, err := credential.Like(first, password)
		if err != nil {
			t.Fatal(err)
		}
		known.verifiers = append(known.verifiers, next)
	}
	s := newServer(t, func(o *pgwire.Options) { o.Accounts = known })
	for password, want := range map[string]string{"one": "", "two": "42501", "three": "", "four": "28P01"} {
		c, err := pgx.Connect(t.Context(), strings.Replace(s.url(""), "anna@", "anna:"+password+"@", 1))
		if err == nil {
			_, err = c.Exec(t.Context(), "DELETE FROM orders WHERE id = 1")
			_ = c.Close(t.Context())
		}
		if err == nil && want != "" || err != nil && code(err) != want {
			t.Errorf("%s: %v, want %s", password, err, want)
		}
	}
}

// fleeting is who is known the first few times that it is asked: more often than
// a statement does by itself.
type fleeting struct {
	account
	left atomic.Int32
}

func (f *fleeting) Who(ctx context.Context) (policy.Who, bool, error) {
	if f.left.Add(-1) < 0 {
		return policy.Who{}, false, &identity.Refusal{Reason: "the token has expired"}
	}
	return f.account.Who(ctx)
}

type passing struct{}

func (passing) Account(_ context.Context, name, _ string) (pgwire.Account, error) {
	f := &fleeting{account: account{name: name, known: true}}
	f.left.Store(12)
	return f, nil
}

// Who may not be here any more has what runs stopped, whether it has rows and
// whether the client reads them: else the server would not come to its end.
func TestWhatRunsEndsWithTheToken(t *testing.T) {
	s := newServer(t, func(o *pgwire.Options) {
		o.Accounts, o.LookEvery, o.DrainWithin = passing{}, 5*time.Millisecond, time.Hour
	})
	for _, sql := range []string{busy, endless, "BEGIN; DECLARE a CURSOR FOR " + busy + "; FETCH a"} {
		c := s.connect(t)
		if _, err := rows(t, c, sql); code(err) != "28000" || !strings.Contains(err.Error(), "the token has expired") {
			t.Errorf("%s: %v", sql, err)
		}
		if _, err := rows(t, c, "ROLLBACK; SELECT 1"); code(err) != "28000" {
			t.Error("afterwards:", err)
		}
	}
	_, f := s.dial(t) // and says nothing any more
	f.Send(&pgproto3.Query{String: endless})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
}

func TestWhoIsNotKnownAnyMorePublishesNothing(t *testing.T) {
	g := newGoverned(t)
	c := g.connect(t, "ada")
	if _, err := rows(t, c, "BEGIN; DELETE FROM shop.orders"); err != nil {
		t.Fatal(err)
	}
	g.change("ada", nil)
	if _, err := rows(t, c, "COMMIT"); code(err) != "28000" {
		t.Error(err)
	}
	g.change("ada", &policy.Who{Roles: []string{policy.Owner}})
	if got, err := rows(t, c, "SELECT count(*) FROM shop.orders"); err != nil || got != "5" {
		t.Error(got, err)
	}
}
