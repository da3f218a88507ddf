//go:build duckdb_arrow

package pgwire_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

const house = `
@id("analysts") permit(principal in Role::"analyst", action == Action::"select", resource in Namespace::"shop");
@id("no pii") forbid(principal, action == Action::"select", resource) when { resource.tags.contains("pii") } unless { principal in Group::"privacy" };
@id("loader") permit(principal == User::"etl", action == Action::"insert", resource == Table::"shop.orders");
@id("own") permit(principal == User::"cat", action, resource in Namespace::"mine");
@id("people") permit(principal == User::"cat", action == Action::"alter", resource == Table::"shop.people");
`

// governed is a server whose clients may not all do the same: bob is an
// analyst, cat has the namespace mine, etl inserts, none may do nothing, priv may
// read personal data, rita is a reader and ada an owner.
type governed struct {
	*server
	secret string // a file beside the lake

	mu       sync.Mutex
	policies policy.Tables
	people   map[string]policy.Who
}

// hidden is in whatever nobody but owners may see.
const hidden = "plan-"

func newGoverned(t *testing.T) *governed {
	t.Helper()
	g := &governed{people: map[string]policy.Who{
		"bob": {Roles: []string{"analyst"}}, "cat": {}, "etl": {}, "none": {}, "rita": {Roles: []string{policy.Reader}},
		"priv": {Roles: []string{"analyst"}, Groups: []string{"privacy"}}, "ada": {Roles: []string{policy.Owner}, Groups: []string{"privacy"}},
	}}
	g.bind(t, house)
	g.server = newServerWith(t, func() policy.Tables {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.policies
	}, func(o *pgwire.Options) { o.Accounts = g })
	g.fill(t)
	return g
}

// bind gives the server other policies.
func (g *governed) bind(t *testing.T, text string) {
	t.Helper()
	set, err := policy.Compile([]policy.File{{Name: "house.cedar", Text: []byte(text)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.policies = policy.Tables{Set: set, Tags: func(n ident.Table) []string {
		if slices.Contains([]string{"shop.people", "shop.keys"}, n.Key()) {
			return []string{"pii"}
		}
		return nil
	}}
}

// change gives a principal other groups and roles; nil is nobody any more.
func (g *governed) change(name string, who *policy.Who) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if who == nil {
		delete(g.people, name)
		return
	}
	g.people[name] = *who
}

func (g *governed) Account(_ context.Context, name, _ string) (pgwire.Account, error) {
	return login{g, name}, nil
}

type login struct {
	*governed
	name string
}

func (l login) Verifiers() []string { return nil }
func (l login) Ended(int)           {}

func (l login) Who(context.Context) (policy.Who, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	who, known := l.people[l.name]
	if !known {
		return policy.Who{}, false, &identity.Refusal{Reason: "nobody"}
	}
	who.Principal = identity.Principal{Kind: identity.User, Name: l.name}
	return who, true, nil
}

func (g *governed) fill(t *testing.T) {
	t.Helper()
	g.secret = filepath.Join(t.TempDir(), "secret.csv")
	if err := os.WriteFile(g.secret, []byte("text\nplan-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const plans = "SELECT * FROM (VALUES (1, 'plan-b'), (2, 'public'), (3, 'plan-c')) p(id, text)"
	g.Append(t, "shop.items", "SELECT range AS id, 'item' AS text FROM range(5)")
	g.Append(t, "shop.orders", "SELECT range AS id, 'order' AS text FROM range(5)")
	g.Append(t, "shop.people", plans)
	g.Append(t, "shop.keys", plans)
	g.Append(t, "secret.plans", plans)
	g.Append(t, "mine.notes", "SELECT 1 AS id, 'note' AS text")
	// What the project shows, in ways that go well, and that do not.
	const part = "SELECT id, text FROM secret.plans WHERE id = 2"
	g.ProjectView(t, "shop.part", part, "id", "text")
	g.ProjectView(t, "shop.broken", "SELECT id, text FROM secret.plan_b WHERE id = 2", "id", "text")
	g.ProjectView(t, "shop.wrong", "SELECT nothing AS id, text FROM secret.plans", "id", "text")
	g.ProjectView(t, "shop.runs", "SELECT count(*) AS id, 'x' AS text FROM system.runs", "id", "text")
	// What others make of it.
	g.View(t, "shop.grab", "SELECT * FROM secret.plans", "id", "text")
	g.View(t, "mine.grab", "SELECT * FROM secret.plans", "id", "text")
	g.View(t, "mine.over", "SELECT * FROM shop.part", "id", "text")
	g.View(t, "shop.names", "SELECT table_name AS id, table_name AS text FROM information_schema.tables", "id", "text")
	g.ProjectView(t, "shop.trusting", "SELECT * FROM mine.grab", "id", "text")
	g.ProjectView(t, "shop.replaced", part, "id", "text")
	g.View(t, "shop.replaced", "SELECT * FROM secret.plans", "id", "text")
	g.ProjectView(t, "shop.changed", part, "id", "text")
	g.alter(t, "changed", `[{"action":"add-view-version","view-version":{"version-id":7,"schema-id":0,"timestamp-ms":1,"default-namespace":["shop"],"summary":{},
		"representations":[{"type":"sql","sql":"SELECT * FROM secret.plans","dialect":"duckdb"}]}},{"action":"set-current-view-version","view-version-id":-1}]`)
	g.ProjectView(t, "shop.back", "SELECT * FROM secret.plans", "id", "text")
	g.ProjectView(t, "shop.back", part, "id", "text")
	g.alter(t, "back", `[{"action":"set-current-view-version","view-version-id":1}]`)
}

func (g *governed) alter(t *testing.T, name, updates string) {
	t.Helper()
	_, err := g.Writer(lake.Writer{Run: "rest"}).AlterView(t.Context(), lake.TableUpdate{Name: ident.Table{Namespace: "shop", Name: name}, Updates: json.RawMessage(updates)}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

func (g *governed) connect(t testing.TB, name string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), strings.Replace(g.url(""), "anna", name, 1))
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
