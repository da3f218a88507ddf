package identity

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
)

const here = "192.0.2.1:4711"

func newGuard(p *project, token string, open bool) *Guard {
	return NewGuard(GuardOptions{Directory: p.Directory, Owner: local, OwnerToken: secret.New(token), Open: open})
}

// reason is why somebody is kept out; "" is not, and anything else is an error.
func reason(t *testing.T, err error) string {
	t.Helper()
	var r *Refusal
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &r):
		t.Fatal(err)
	}
	return r.Reason
}

func bearer(t *testing.T, g *Guard, token string) (Access, string) {
	t.Helper()
	a, err := g.Bearer(t.Context(), token, here)
	why := reason(t, err)
	if why != "" && !a.Principal.IsZero() {
		t.Errorf("who is kept out is %s", a.Principal)
	}
	return a, why
}

func login(t *testing.T, g *Guard, l Login) (Given, string) {
	t.Helper()
	if l.From == "" {
		l.From = here
	}
	given, err := g.Login(t.Context(), l)
	why := reason(t, err)
	if why != "" && !given.Token.IsZero() {
		t.Error("who is kept out has a token")
	}
	return given, why
}

const (
	unknown  = "the credentials are not good here"
	expired  = "the token has expired"
	revoked  = "the token was revoked"
	disabled = "the token's principal is disabled"
)

func TestATokenIsGoodForWhatItSays(t *testing.T) {
	p := newProject(t)
	g := newGuard(p, "", false)
	p.add(User, "ada", Owner)
	p.add(User, "grace", Reader)
	p.add(User, "linus")
	p.add(Service, "etl")
	p.add(Group, "loaders", Owner)
	p.done(p.Join(t.Context(), "loaders", "etl"))
	for _, c := range []struct {
		name   string
		scopes []Scope
		roles  string
	}{
		{"ada", []Scope{Read, Write}, "owner"}, {"ada", []Scope{Read}, "owner"}, {"ada", []Scope{Write}, "owner"}, {"ada", nil, "owner"},
		{"grace", []Scope{Read, Write}, "reader"}, {"linus", []Scope{Read, Write}, ""}, {"etl", []Scope{Read, Write}, "owner"},
	} {
		id, text := p.token(c.name, 0, c.scopes...)
		a, why := bearer(t, g, text)
		for _, scope := range Scopes {
			if a.Has(scope) != slices.Contains(c.scopes, scope) {
				t.Errorf("%s with %s has %s: %v", c.name, c.scopes, scope, a.Has(scope))
			}
		}
		if why != "" || Words(a.Roles) != c.roles || a.Principal.Name != c.name || a.Token != id {
			t.Errorf("%s with %s: %s %+v", c.name, c.scopes, why, a)
		}
	}
	if (Access{Roles: []Role{Owner}, Scopes: Scopes}).Has(Read) {
		t.Error("nobody has a scope")
	}
	_, text := p.token("etl", 0, Read, Write)
	p.done(p.Leave(t.Context(), "loaders", "etl"))
	if a, _ := bearer(t, g, text); len(a.Roles)+len(a.Groups) > 0 {
		t.Errorf("a role of a group outlives the membership: %+v", a)
	}
}

// Each is somebody who once had something good.
func TestWhatHasEndedLetsNobodyIn(t *testing.T) {
	ctx := t.Context()
	for _, c := range []struct {
		name string
		end  func(p *project, id string) error
		want string
	}{
		{"nothing ended", func(*project, string) error { return nil }, ""},
		{"expired", func(p *project, _ string) error { p.pass(30 * 24 * time.Hour); return nil }, expired},
		{"revoked", func(p *project, id string) error { _, err := p.RevokeToken(ctx, id); return err }, revoked},
		{"disabled", func(p *project, _ string) error { return p.Disable(ctx, "ada") }, disabled},
		{"removed", func(p *project, _ string) error { return p.Remove(ctx, "ada", User) }, unknown},
		{"removed, and another one has the name", func(p *project, _ string) error {
			err := p.Remove(ctx, "ada", User)
			p.add(User, "ada", Owner)
			return err
		}, unknown},
		{"enabled again", func(p *project, _ string) error { return errors.Join(p.Disable(ctx, "ada"), p.Enable(ctx, "ada")) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProject(t)
			g := newGuard(p, "", false)
			p.add(User, "ada", Owner)
			id, text := p.token("ada", 30*24*time.Hour, Read, Write)
			given, _ := login(t, g, Login{Secret: text})
			p.done(c.end(p, id))
			if _, why := bearer(t, g, text); why != c.want {
				t.Errorf("the token: %q, want %q", why, c.want)
			}
			if _, why := login(t, g, Login{Secret: text}); why != c.want {
				t.Errorf("a login with it: %q, want %q", why, c.want)
			}
			if _, why := bearer(t, g, given.Token.Reveal()); (why == "") != (c.want == "") {
				t.Errorf("what was given for it: %q", why)
			}
			_, err := g.Renew(ctx, Login{Secret: given.Token.Reveal(), From: here})
			if why := reason(t, err); (why == "") != (c.want == "") {
				t.Errorf("renewing that: %q", why)
			}
		})
	}
}

func TestATokenOfAnotherProjectIsNone(t *testing.T) {
	ours, theirs := newProject(t), newProject(t)
	for _, p := range []*project{ours, theirs} {
		p.add(User, "ada", Owner)
	}
	_, text := theirs.token("ada", 0, Read)
	if _, why := bearer(t, newGuard(ours, "", false), text); why != unknown {
		t.Error(why)
	}
	if _, why := bearer(t, newGuard(theirs, "", false), text); why != "" {
		t.Error(why)
	}
}

func TestWhatIsNoTokenLetsNobodyIn(t *testing.T) {
	p := newProject(t)
	p.add(User, "ada", Owner)
	id, text := p.token("ada", 0, Read)
	g := newGuard(p, "", false)
	for _, token := range []string{
		id, "ada", text[:len(text)-1] + "?", strings.ToLower(text), text + " ", credential.NewToken(), credential.TokenHash(text),
		"tarn.99999999999.AAAA", "' OR 1=1 --", "\x00", strings.Repeat("x", 1<<16),
	} {
		if _, why := bearer(t, g, token); why != unknown {
			t.Errorf("%.60q: %s", token, why)
		}
	}
	if _, why := bearer(t, g, ""); why == "" || why == unknown {
		t.Error("no token:", why)
	}
}

func TestALoginGivesATokenForAWhile(t *testing.T) {
	p := newProject(t)
	g := newGuard(p, "", false)
	p.add(User, "ada", Owner)
	p.add(Service, "etl", Owner)
	_, all := p.token("etl", 0, Read, Write)
	_, some := p.token("etl", 0, Read)
	_, ends := p.token("etl", 10*time.Minute, Read)
	begun := p.time()
	for i, c := range []struct {
		login  Login
		who    string
		scopes []Scope
		lasts  time.Duration
	}{
		{Login{Name: "etl", Secret: all}, "service:etl", Scopes, time.Hour},
		{Login{Secret: all, Scopes: []string{"catalog"}}, "service:etl", Scopes, time.Hour},
		{Login{Name: "ETL", Secret: all, Scopes: []string{"catalog", "read"}}, "service:etl", []Scope{Read}, time.Hour},
		{Login{Name: "etl", Secret: some, Scopes: []string{"write", "read"}}, "service:etl", []Scope{Read}, time.Hour},
		{Login{Name: "etl", Secret: ends}, "service:etl", []Scope{Read}, 10 * time.Minute},
		{Login{Name: "ada", Secret: passphrase}, "user:ada", Scopes, time.Hour},
		{Login{Name: "Ada", Secret: passphrase, Scopes: []string{"read"}}, "user:ada", []Scope{Read}, time.Hour},
	} {
		given, why := login(t, g, c.login)
		if why != "" {
			t.Fatalf("%d: %s", i, why)
		}
		a, why := bearer(t, g, given.Token.Reveal())
		if why != "" || a.Principal.String() != c.who || !cmp.Equal(a.Scopes, c.scopes) || !cmp.Equal(given.Scopes, c.scopes) || !given.Expires.Equal(begun.Add(c.lasts)) || !a.Expires.Equal(given.Expires) {
			t.Errorf("%d: %s %+v, %+v", i, why, given, a)
		}
	}
	if _, why := login(t, g, Login{Name: "etl", Secret: some, Scopes: []string{"write"}}); why != "" {
		t.Error("a scope that the token has not:", why)
	}
	given, _ := login(t, g, Login{Name: "etl", Secret: all})
	for name, l := range map[string]Login{
		"somebody else's token":     {Name: "ada", Secret: all},
		"somebody else's password":  {Name: "etl", Secret: passphrase},
		"a password without a name": {Secret: passphrase},
		"another password":          {Name: "ada", Secret: passphrase + "?"},
		"a service without one":     {Name: "etl", Secret: ""},
		"nobody":                    {Name: "", Secret: ""},
		"what a login gave":         {Name: "etl", Secret: given.Token.Reveal()},
		"a long one":                {Name: "ada", Secret: strings.Repeat("x", 1<<16)},
		"a long name":               {Name: strings.Repeat("x", 1<<16), Secret: "x"},
	} {
		if _, why := login(t, g, l); why != unknown {
			t.Errorf("%s: %q", name, why)
		}
	}
}

func TestALoginIsRenewedForAsLongAsWhatItWasMadeWith(t *testing.T) {
	p := newProject(t)
	g := newGuard(p, "", false)
	p.add(User, "ada", Owner)
	p.add(Service, "etl", Owner)
	_, lasting := p.token("etl", 0, Read)
	_, ends := p.token("etl", 100*time.Hour, Read)
	for _, c := range []struct {
		name   string
		secret string
		hours  int
	}{{"ada", passphrase, 24}, {"etl", lasting, 200}, {"etl", ends, 100}} {
		p.clock.now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		given, why := login(t, g, Login{Name: c.name, Secret: c.secret})
		if why != "" {
			t.Fatal(why)
		}
		for lasted := 0.0; ; lasted += 0.5 {
			if _, why := bearer(t, g, given.Token.Reveal()); why != "" || lasted == 200 {
				if int(lasted) != c.hours {
					t.Errorf("%s lasted %v hours: %s", c.name, lasted, why)
				}
				break
			}
			renewed, err := g.Renew(t.Context(), Login{Secret: given.Token.Reveal(), From: here})
			if reason(t, err) == "" {
				given = renewed
			}
			p.pass(30 * time.Minute)
		}
	}
	n := 0
	err := p.db.View(t.Context(), func(tx metadb.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM principal_token WHERE login <> ''`).Scan(&n)
	})
	if err != nil || n > 10 {
		t.Errorf("%d tokens of logins are kept, %v", n, err)
	}
}

func TestAPasswordThatIsChangedEndsItsLogins(t *testing.T) {
	p := newProject(t)
	g := newGuard(p, "", false)
	p.add(User, "ada", Owner)
	_, token := p.token("ada", 0, Read)
	given, _ := login(t, g, Login{Name: "ada", Secret: passphrase})
	p.done(p.SetPassword(t.Context(), "ada", secret.New("another horse battery")))
	if _, why := bearer(t, g, given.Token.Reveal()); why != unknown {
		t.Error("what the old password gave:", why)
	}
	if _, why := login(t, g, Login{Name: "ada", Secret: passphrase}); why != unknown {
		t.Error("the old password:", why)
	}
	if _, why := login(t, g, Login{Name: "ada", Secret: "another horse battery"}); why != "" {
		t.Error("the new one:", why)
	}
	if _, why := bearer(t, g, token); why != "" {
		t.Error("a token of her own:", why)
	}
	// One that was shown before, and looked at after: it is looked at again.
	old, err := p.passwordOf(t.Context(), "ada")
	p.done(err)
	p.done(p.SetPassword(t.Context(), "ada", secret.New("a third horse battery")))
	s := session{origin: origin{principal: old.id, login: byPassword, loginAt: p.time(), hash: old.hash}}
	if _, err := p.give(t.Context(), s, nil); reason(t, err) != unknown {
		t.Error("a password that was changed meanwhile:", err)
	}
}

func TestTheOwnersTokenIsGoodBesideThoseOfOthers(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef"
	p := newProject(t)
	g := newGuard(p, token, false)
	p.add(User, "ada", Owner)
	for _, name := range []string{"", "anything"} {
		given, why := login(t, g, Login{Name: name, Secret: token})
		if why != "" {
			t.Fatal(why)
		}
		a, why := bearer(t, g, given.Token.Reveal())
		if why != "" || a.Principal != local || !a.Has(Write) {
			t.Errorf("%s %+v", why, a)
		}
		p.pass(loginLasts - time.Second)
		if _, err := g.Renew(t.Context(), Login{Secret: given.Token.Reveal()}); err != nil {
			t.Error(err)
		}
		p.pass(time.Second)
		if _, why := bearer(t, g, given.Token.Reveal()); why != unknown {
			t.Error("after an hour:", why)
		}
	}
	other, _ := login(t, newGuard(p, token+"x", false), Login{Secret: token + "x"})
	for _, forged := range []string{other.Token.Reveal(), "tarn.99999999999.", token[1:], token + "0"} {
		if _, why := bearer(t, g, forged); why != unknown {
			t.Errorf("%s: %s", forged, why)
		}
	}
}

func TestAnOpenGuardClosesWhenSomebodyIsKnown(t *testing.T) {
	p := newProject(t)
	open, closed := newGuard(p, "", true), newGuard(p, "", false)
	a, why := bearer(t, open, "")
	if why != "" || a.Principal != local || !a.Has(Write) {
		t.Errorf("%s %+v", why, a)
	}
	given, _ := login(t, open, Login{})
	if _, why := bearer(t, closed, ""); why == "" {
		t.Error("without anybody known a guard that is not open lets everybody in")
	}
	p.add(Group, "analysts", Owner)
	if _, why := bearer(t, open, ""); why != "" {
		t.Error("nobody can log in as a group:", why)
	}
	p.add(User, "ada", Owner)
	for _, token := range []string{"", given.Token.Reveal(), "x"} {
		if _, why := bearer(t, open, token); why == "" {
			t.Errorf("%q is good still", token)
		}
		if _, why := login(t, open, Login{Secret: token}); why == "" {
			t.Errorf("a login with %q is good still", token)
		}
	}
	p.done(p.Disable(t.Context(), "ada"))
	if _, why := bearer(t, open, ""); why == "" {
		t.Error("with all users disabled everybody is the owner")
	}
	p.done(p.Remove(t.Context(), "ada", User))
	if _, why := bearer(t, closed, ""); why == "" {
		t.Error("with the last user gone everybody is the owner from elsewhere")
	}
}

func TestWrongPasswordsWaitAndRightOnesOfOthersDoNot(t *testing.T) {
	p := newProject(t)
	g := newGuard(p, "", false)
	for _, name := range []string{"ada", "grace"} {
		p.add(User, name, Owner)
	}
	_, token := p.token("ada", 0, Read)
	attempts := func(name, from string) (n int) {
		for ; n < 200; n++ {
			_, err := g.Login(t.Context(), Login{Name: name, Secret: "wrong", From: from})
			var r *Refusal
			if errors.As(err, &r) && r.Wait > 0 {
				return n
			}
		}
		return n
	}
	known, strange := attempts("ada", "198.51.100.1:1"), attempts("nobody", "198.51.100.2:1")
	if known != 6 || strange != known {
		t.Errorf("%d guesses at who is known, %d at who is not", known, strange)
	}
	if _, why := login(t, g, Login{Name: "ada", Secret: passphrase, From: "198.51.100.1:999"}); why == "" {
		t.Error("the right password passes where a guess waits: then the wait tells nothing")
	}
	if _, why := login(t, g, Login{Name: "ada", Secret: passphrase, From: "203.0.113.9:1"}); why != "" {
		t.Error("ada is kept out elsewhere:", why)
	}
	if _, why := login(t, g, Login{Name: "grace", Secret: passphrase, From: "198.51.100.1:1"}); why != "" {
		t.Error("grace is kept out:", why)
	}
	for i := range 200 {
		_, _ = g.Bearer(t.Context(), fmt.Sprint("guess", i), "198.51.100.1:1")
	}
	var r *Refusal
	if _, err := g.Bearer(t.Context(), credential.NewToken(), "198.51.100.1:1"); !errors.As(err, &r) || r.Wait <= 0 {
		t.Error("tokens may be guessed:", err)
	}
	if _, err := g.Bearer(t.Context(), token, "198.51.100.1:1"); err != nil {
		t.Error("a good token waits for what others guess:", err)
	}
	if _, why := login(t, g, Login{Name: "grace", Secret: passphrase, From: "198.51.100.1:1"}); why != "" {
		t.Error("a password waits for tokens that others guess:", why)
	}
	p.add(User, "linus", Owner)
	p.done(p.Disable(t.Context(), "linus"))
	for i := range 7 {
		_, why := login(t, g, Login{Name: "linus", Secret: passphrase, From: "198.51.100.3:1"})
		if wait := why != unknown; wait != (i == 6) {
			t.Errorf("attempt %d of who is disabled, with the right password: %s", i, why)
		}
	}
	p.pass(5 * time.Minute)
	if _, why := login(t, g, Login{Name: "ada", Secret: passphrase, From: "198.51.100.1:1"}); why != "" {
		t.Error("five minutes later:", why)
	}
}

func TestAnAddressIsAHostOrANetworkOfIPv6(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64", "[2001:db8:1:2::1]:9": "2001:db8:1:2::/64",
		"[::ffff:192.0.2.1]:80": "192.0.2.1", "[fe80::1%eth0]:80": "fe80::/64", "@": "@", "": "",
	} {
		if got := address(from); got != want {
			t.Errorf("%s: %s, want %s", from, got, want)
		}
	}
}

// An answer costs as much whether or not the name is known: one hash of the same
// cost. What is counted is the memory that it takes, as time depends on who else
// uses the machine.
func TestWhatAnAnswerCostsTellsNothing(t *testing.T) {
	p := newProject(t)
	p.cost = credential.Cost{Memory: 16 << 10, Passes: 1, Lanes: 1}
	g := newGuard(p, "", false)
	for _, name := range []string{"ada", "grace"} {
		p.add(User, name, Owner)
	}
	p.add(Service, "etl", Owner)
	p.done(p.Disable(t.Context(), "grace"))
	for _, l := range []Login{
		{Name: "ada", Secret: "wrong"}, {Name: "grace", Secret: "wrong"}, {Name: "grace", Secret: passphrase}, {Name: "etl", Secret: "wrong"},
		{Name: "nobody", Secret: "wrong"}, {Name: "ada", Secret: "\a"}, {Name: "nobody", Secret: "\a"}, {Name: "ada", Secret: strings.Repeat("x", 1<<16)},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, why := login(t, g, l)
		runtime.ReadMemStats(&after)
		if why != unknown {
			t.Errorf("%s: %s", l.Name, why)
		}
		if cost := (after.TotalAlloc - before.TotalAlloc) >> 20; cost < 16 || cost > 20 {
			t.Errorf("%s with %.20q costs %d MB, a hash takes 16", l.Name, l.Secret, cost)
		}
	}
}

func TestTooManyLoginsAtOnceAreTurnedAway(t *testing.T) {
	p := newProject(t)
	g := newGuard(p, "", false)
	p.add(User, "ada", Owner)
	for range hashesAtOnce {
		g.hashing <- struct{}{}
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range inLine {
		all.Go(func() {
			_, err := g.Login(ctx, Login{Name: "ada", Secret: passphrase, From: fmt.Sprint(i)})
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	for len(g.line) < inLine {
		if t.Context().Err() != nil {
			t.Fatal("they do not wait")
		}
	}
	var r *Refusal
	if _, err := g.Login(t.Context(), Login{Name: "ada", Secret: passphrase, From: "late"}); !errors.As(err, &r) || r.Wait != time.Second {
		t.Error(err)
	}
	stop()
	all.Wait()
	for range hashesAtOnce {
		<-g.hashing
	}
	if _, why := login(t, g, Login{Name: "ada", Secret: passphrase}); why != "" {
		t.Error("what came to no end counts:", why)
	}
	if !slices.Equal(Scopes, []Scope{Read, Write}) {
		t.Error("the list of scopes was changed")
	}
}
