//go:build duckdb_arrow

package pgwire_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/generated"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/scan/scantest"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
	"github.com/tarn-lake/tarn/internal/workspace"
	"github.com/tarn-lake/tarn/internal/write"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a server before a small lake.
type server struct {
	*scantest.Lake
	*pgwire.Server
	address string
	stop    context.CancelFunc
	ended   chan error
}

// newServer serves main.orders (40 rows, ids from 0) and shop.prices.
func newServer(t testing.TB, change ...func(*pgwire.Options)) *server {
	t.Helper()
	return newServerWith(t, nil, change...)
}

func newServerWith(t testing.TB, policies func() policy.Tables, change ...func(*pgwire.Options)) *server {
	t.Helper()
	l := scantest.New(t)
	l.Append(t, "orders", `SELECT range AS id, (range * 10)::DECIMAL(9,2) AS amount, CASE WHEN range % 2 = 0 THEN 'EU' ELSE 'US' END AS region,
		DATE '2011-12-01' + range::INT AS day FROM range(40)`)
	l.Append(t, "shop.prices", "SELECT 1.5::DOUBLE AS price")
	e, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Reader, Threads: 2, MemoryLimit: 256 << 20, AllowedDirs: []string{l.Dir}})
	if err != nil {
		t.Fatal(err)
	}
	g, err := gate.New(gate.Options{Reader: e, Policies: policies})
	if err != nil {
		t.Fatal(err)
	}
	w, err := duckdb.Open(t.Context(), engine.Options{Class: engine.Writer, Threads: 2, MemoryLimit: 256 << 20})
	if err != nil {
		t.Fatal(err)
	}
	pin := func(ctx context.Context) (gate.Scope, error) {
		v, err := l.Pin(ctx)
		return pinned{v}, err
	}
	transactions, err := workspace.NewTransactions(workspace.Transactions{Lake: l.Lake, Writer: write.New(l.Lake, w), Gate: g, Scope: pin, Run: "server"})
	if err != nil {
		t.Fatal(err)
	}
	o := pgwire.Options{Gate: g, Accounts: accounts{}, Databases: []string{"shop"}, Scope: pin, Transactions: transactions}
	for _, c := range change {
		c(&o)
	}
	s := &server{Lake: l, ended: make(chan error, 1)}
	if s.Server, err = pgwire.New(o); err != nil {
		t.Fatal(err)
	}
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	go func() { s.ended <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		s.stop()
		if err := errors.Join(<-s.ended, e.Close(), w.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// accounts are anna, who needs no password, and those of a map from names to
// verifiers.
type accounts map[string]string

func (a accounts) Account(_ context.Context, name, _ string) (pgwire.Account, error) {
	v, there := a[name]
	if there || name == "anna" {
		return account{name, v, true}, nil
	}
	v, err := credential.Verifier("nobody's", 4096)
	return account{name, v, false}, err
}

type account struct {
	name, verifier string
	known          bool
}

func (a account) Verifiers() []string {
	if a.verifier == "" {
		return nil
	}
	return []string{a.verifier}
}

func (a account) Ended(int) {}

func (a account) Who(context.Context) (policy.Who, bool, error) {
	if !a.known {
		return policy.Who{}, false, &identity.Refusal{Reason: "nobody"}
	}
	return policy.Who{Principal: identity.Principal{Kind: identity.User, Name: a.name}, Roles: []string{policy.Owner}}, true, nil
}

func (s *server) url(settings string) string {
	return fmt.Sprintf("postgres://anna@%s/shop?sslmode=disable&%s", s.address, settings)
}

// connect returns a client of pgx.
func (s *server) connect(t testing.TB, settings ...string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.url(strings.Join(settings, "&")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
		defer stop()
		_ = c.Close(ctx) // may be gone
	})
	return c
}

// rows asks by the simple protocol and returns values as text, rows apart by
// line feeds and values by bars.
func rows(t testing.TB, c *pgx.Conn, sql string) (string, error) {
	t.Helper()
	results, err := c.PgConn().Exec(t.Context(), sql).ReadAll()
	var lines []string
	for _, r := range results {
		for _, row := range r.Rows {
			values := make([]string, len(row))
			for i, v := range row {
				if values[i] = string(v); v == nil {
					values[i] = "NULL"
				}
			}
			lines = append(lines, strings.Join(values, "|"))
		}
	}
	return strings.Join(lines, "\n"), err
}

// code is the SQLSTATE of an error.
func code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

// pinned is a scope over one state of the lake.
type pinned struct{ view *lake.View }

func (p pinned) Table(ctx context.Context, name ident.Table) (*lake.Table, error) {
	return p.view.Load(ctx, name)
}

// System has notes, a row for each table, and runs, which tell of the whole.
func (p pinned) System(_ context.Context, name string, wanted gate.Wanted) (*generated.Table, error) {
	var list [][]any
	switch {
	case name == "notes":
		for _, e := range p.view.Entries() {
			if wanted.Table(e.Name) {
				list = append(list, []any{e.Name.String()})
			}
		}
	case name == "runs" && wanted.All():
		list = [][]any{{"built secret.plans"}}
	default:
		return nil, nil
	}
	return &generated.Table{Columns: []generated.Column{{Name: "note"}}, Rows: generated.All(list)}, nil
}

func (p pinned) Names(context.Context) []ident.Table {
	names := []ident.Table{{Namespace: "system", Name: "notes"}, {Namespace: "system", Name: "runs"}}
	for _, e := range p.view.Entries() {
		names = append(names, e.Name)
	}
	return names
}

func (p pinned) Entries(context.Context) []lake.Entry { return p.view.Entries() }
func (p pinned) Namespaces(context.Context) []string  { return p.view.Namespaces() }
func (p pinned) State() any                           { return weak.Make(p.view) }
func (p pinned) At() lake.At                          { return lake.At{} }
