package identity

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/metadb/metadbtest"
	"github.com/tarn-lake/tarn/internal/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// project is what is known to one project.
type project struct {
	*Directory
	*clock
	t testing.TB
}

var local = Principal{Local, "somebody"}

// newProject opens the state database of a project; each has its own.
func newProject(t testing.TB) *project { return openProject(t, t.TempDir()) }

func openProject(t testing.TB, dir string) *project {
	t.Helper()
	db := metadbtest.Open(t, dir, "state.db")
	c := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	d, err := Open(t.Context(), Options{State: db, Now: c.time, Cost: credential.Cost{Memory: 64, Passes: 1, Lanes: 1}, Iterations: 4096})
	if err != nil {
		t.Fatal(err)
	}
	return &project{d, c, t}
}

const passphrase = "correct horse battery"

func (p *project) add(kind Kind, name string, roles ...Role) {
	p.t.Helper()
	if err := p.Add(p.t.Context(), New{Kind: kind, Name: name, Roles: roles, Password: secret.New(passphrase), By: local}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) token(name string, lasts time.Duration, scopes ...Scope) (id, text string) {
	p.t.Helper()
	t, s, err := p.CreateToken(p.t.Context(), NewToken{Principal: name, Name: "test", Scopes: scopes, Lasts: lasts, By: local})
	if err != nil {
		p.t.Fatal(err)
	}
	return t.ID, s.Reveal()
}

func (p *project) done(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// code is that of a problem.
func code(err error) string {
	var p *diag.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

func TestWhoIsKnownIsListed(t *testing.T) {
	dir := t.TempDir()
	p := openProject(t, dir)
	ctx := t.Context()
	p.add(User, "ada", Owner)
	p.add(Group, "analysts", Reader)
	p.add(Service, "etl")
	p.done(p.Join(ctx, "analysts", "etl"))
	p.done(p.Join(ctx, "Analysts", "ADA"))
	p.done(p.Join(ctx, "analysts", "ada"))
	p.done(p.Disable(ctx, "etl"))
	at := p.time()

	other := openProject(t, dir)
	got, err := other.List(ctx, User, Service, Group)
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{Kind: User, Name: "ada", Roles: []Role{Owner}, Groups: []string{"analysts"}, PasswordSet: at, Created: at, CreatedBy: "local:somebody"},
		{Kind: Group, Name: "analysts", Roles: []Role{Reader}, Members: []string{"ada", "etl"}, Created: at, CreatedBy: "local:somebody"},
		{Kind: Service, Name: "etl", Groups: []string{"analysts"}, Disabled: at, Created: at, CreatedBy: "local:somebody"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Entry{})); diff != "" {
		t.Error(diff)
	}
	p.done(p.Leave(ctx, "analysts", "ada"))
	p.done(p.Remove(ctx, "etl", User, Service))
	p.done(p.Withdraw(ctx, "ada", Owner, User))
	if got, err := other.List(ctx, Group); err != nil || len(got) != 1 || len(got[0].Members) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := other.Get(ctx, "ada", User); err != nil || len(got.Roles)+len(got.Groups) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestWhatCannotBeDoneSaysWhy(t *testing.T) {
	p := newProject(t)
	ctx := t.Context()
	p.add(User, "ada", Owner)
	p.add(Service, "etl")
	p.add(Group, "analysts")
	add := func(name, password string) error {
		return p.Add(ctx, New{Kind: User, Name: name, Password: secret.New(password), By: local})
	}
	_, _, tokenErr := p.CreateToken(ctx, NewToken{Principal: "analysts"})
	_, roleErr := ParseRoles([]string{"owner", "ownr"}, nil)
	_, scopeErr := ParseScopes([]string{"admin"})
	_, listErr := p.Tokens(ctx, "grace")
	_, revokeErr := p.RevokeToken(ctx, "t1")
	for i, c := range []struct {
		err        error
		code, text string
	}{
		{add("Ada", passphrase), "bad-name", "in lower case: ada"},
		{add("a b", passphrase), "bad-name", "up to 63 more"},
		{add(strings.Repeat("a", 65), passphrase), "bad-name", ""},
		{add("", passphrase), "bad-name", ""},
		{add("ada", passphrase), "name-taken", "there is a user ada"},
		{add("analysts", passphrase), "name-taken", "there is a group analysts"},
		{add("grace", "short"), "weak-password", "too short"},
		{add("grace", ""), "weak-password", "too short"},
		{add("grace", "ababababababab"), "weak-password", "the same few"},
		{add("grace", "grace-grace1"), "weak-password", "made of the name"},
		{add("grace", "correct\nhorse battery"), "weak-password", "U+000A"},
		{add("grace", strings.Repeat("correct horse ", 100)), "weak-password", "longer than 1024"},
		{p.SetPassword(ctx, "ada", secret.New("short")), "weak-password", ""},
		{p.SetPassword(ctx, "etl", secret.New(passphrase)), "no-password", "tarn token create etl"},
		{p.SetPassword(ctx, "adb", secret.New(passphrase)), "unknown-user", "did you mean ada?"},
		{p.Remove(ctx, "analysts", User, Service), "unknown-user", "analysts is a group"},
		{p.Remove(ctx, "ada", Group), "unknown-group", "ada is a user"},
		{p.Disable(ctx, "nobody"), "unknown-user", "tarn user list"},
		{p.Join(ctx, "analyst", "ada"), "unknown-group", "did you mean analysts?"},
		{p.Join(ctx, "analysts", "analysts"), "unknown-user", ""},
		{p.Leave(ctx, "analysts", "ada"), "no-member", "ada is no member of analysts"},
		{p.Withdraw(ctx, "ada", Reader, User), "no-such-role", ""},
		{revokeErr, "unknown-token", "tarn token list"},
		{tokenErr, "unknown-user", "analysts is a group"},
		{roleErr, "unknown-role", "did you mean owner?"},
		{scopeErr, "unknown-scope", "there are read and write"},
		{listErr, "unknown-user", ""},
	} {
		if c.err == nil || code(c.err) != c.code || !strings.Contains(c.err.Error(), c.text) {
			t.Errorf("%d: %v, want %s: %s", i, c.err, c.code, c.text)
		}
	}
	if list, err := p.List(ctx, User, Service, Group); err != nil || len(list) != 3 {
		t.Errorf("what failed has left something: %v, %v", list, err)
	}
}

// Whoever reads the database, or a message, has nothing to log in with.
func TestNothingThatIsStoredLetsAnybodyIn(t *testing.T) {
	p := newProject(t)
	p.add(User, "ada", Owner)
	_, text := p.token("ada", 0, Read)
	var stored strings.Builder
	err := p.db.View(t.Context(), func(tx metadb.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT p.password, p.scram, t.hash FROM principal p JOIN principal_token t ON t.principal_id = p.id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a, b, c string
			if err := rows.Scan(&a, &b, &c); err != nil {
				return err
			}
			stored.WriteString(a + "\n" + b + "\n" + c + "\n")
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(stored.String(), text) || strings.Contains(stored.String(), passphrase) ||
		!strings.Contains(stored.String(), "$argon2id$") || !strings.Contains(stored.String(), "SCRAM-SHA-256$4096:") {
		t.Errorf("stored is %s", &stored)
	}
	g := newGuard(p, "", false)
	for line := range strings.Lines(stored.String()) {
		if _, err := g.Bearer(t.Context(), strings.TrimSpace(line), "127.0.0.1:1"); err == nil {
			t.Errorf("%s lets somebody in", line)
		}
		if _, err := g.Login(t.Context(), Login{Name: "ada", Secret: strings.TrimSpace(line), From: line}); err == nil {
			t.Errorf("%s is a password", line)
		}
	}
	err = p.Add(t.Context(), New{Kind: User, Name: "grace", Password: secret.New("tiny-secret"), By: local})
	if err == nil || strings.Contains(err.Error(), "tiny") {
		t.Error(err)
	}
	mistyped := text[:20] + "0" + text[20:]
	if _, err := p.RevokeToken(t.Context(), mistyped); err == nil || strings.Contains(err.Error(), text[10:20]) {
		t.Error(err)
	}
}

func TestTokensAreListedWithoutThemselves(t *testing.T) {
	p := newProject(t)
	ctx := t.Context()
	p.add(User, "ada", Owner)
	p.add(Service, "etl", Owner)
	at := p.time()
	lasting, text := p.token("ada", 0, Read, Write)
	short, _ := p.token("etl", time.Hour, Read)
	g := newGuard(p, "", false)
	p.pass(time.Minute)
	if _, err := g.Bearer(ctx, text, "127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Login(ctx, Login{Secret: text}); err != nil {
		t.Fatal(err)
	}
	p.pass(time.Hour)
	id, err := p.RevokeToken(ctx, text)
	p.done(err)
	revoked := p.time()
	p.pass(time.Hour)
	if again, err := p.RevokeToken(ctx, lasting); err != nil || again != id || id != lasting {
		t.Errorf("%s, %s, %v", id, again, err)
	}
	got, err := p.Tokens(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []Token{
		{ID: lasting, Principal: Principal{User, "ada"}, Name: "test", Scopes: []Scope{Read, Write}, Created: at, CreatedBy: "local:somebody", Used: at.Add(time.Minute), Revoked: revoked},
		{ID: short, Principal: Principal{Service, "etl"}, Name: "test", Scopes: []Scope{Read}, Created: at, CreatedBy: "local:somebody", Expires: at.Add(time.Hour)},
	}
	byID := cmpopts.SortSlices(func(a, b Token) bool { return a.Principal.Name < b.Principal.Name })
	if diff := cmp.Diff(want, got, byID); diff != "" {
		t.Error(diff)
	}
	for _, tk := range got {
		want := map[string]TokenState{lasting: Revoked, short: Expired}[tk.ID]
		if s := tk.State(p.time()); s != want {
			t.Errorf("%s is %s", tk.ID, s)
		}
	}
	if one, err := p.Tokens(ctx, "etl"); err != nil || len(one) != 1 || one[0].ID != short {
		t.Errorf("%v, %v", one, err)
	}
}
