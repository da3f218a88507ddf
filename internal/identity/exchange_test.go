package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/secret"
)

// exchange logs in where good says that the client knew the password.
func exchange(t *testing.T, g *Guard, name string, good bool) (*Exchange, string) {
	t.Helper()
	e, err := g.Exchange(t.Context(), name, here)
	if err != nil {
		return nil, reason(t, err)
	}
	if known := len(e.Verifiers()); known > 0 {
		has := -1
		if good {
			has = 0
		}
		e.Ended(has)
	}
	access, err := e.Access(t.Context())
	if why := reason(t, err); why != "" {
		return e, why
	}
	return e, access.Principal.String()
}

func TestAnExchangeLetsInWhoKnowsThePassword(t *testing.T) {
	p := newProject(t)
	open := newGuard(p, "", true)
	before, who := exchange(t, open, "anybody", false)
	if who != local.String() || len(before.Verifiers()) > 0 {
		t.Errorf("where nobody is known: %s %q", who, before.Verifiers())
	}
	p.add(User, "ada", Reader)
	p.add(User, "linus")
	p.add(Service, "etl", Owner)
	for _, name := range []string{"ada", "linus"} {
		p.done(p.SetPassword(t.Context(), name, secret.New("correct horse battery")))
	}
	if _, err := before.Access(t.Context()); reason(t, err) == "" {
		t.Error("who showed nothing is still let in, now that somebody is known")
	}
	closed, owned := newGuard(p, "", false), newGuard(p, "0123456789abcdef", false)
	for _, c := range []struct {
		guard *Guard
		name  string
		good  bool
		want  string
	}{
		{closed, "ADA", true, "user:ada"}, {closed, "ada", false, unknown}, {closed, "linus", true, "user:linus"},
		{closed, "nobody", true, unknown}, {closed, "etl", true, unknown}, {open, "nobody", true, unknown},
		{owned, "ada", true, "user:ada"}, {owned, "nobody", true, local.String()}, {owned, "nobody", false, unknown},
	} {
		e, got := exchange(t, c.guard, c.name, c.good)
		if got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
		again, _ := exchange(t, c.guard, c.name, c.good)
		if e.Verifiers()[0] != again.Verifiers()[0] || strings.SplitN(e.Verifiers()[0], ":", 2)[0][:len("SCRAM-SHA-256$4096")] != "SCRAM-SHA-256$4096" || len(e.Verifiers()[0]) != len(again.Verifiers()[0]) {
			t.Errorf("%s: %q and then %q", c.name, e.Verifiers()[0], again.Verifiers()[0])
		}
	}
}

func TestWhoIsLetInByAnExchangeMayBeKeptOutLater(t *testing.T) {
	p := newProject(t)
	p.add(User, "ada", Reader)
	g := newGuard(p, "", false)
	for _, change := range []func() error{
		func() error { return p.SetPassword(t.Context(), "ada", secret.New("another horse battery")) },
		func() error { return p.Disable(t.Context(), "ada") },
	} {
		p.done(p.SetPassword(t.Context(), "ada", secret.New("correct horse battery")))
		e, who := exchange(t, g, "ada", true)
		if who != "user:ada" {
			t.Fatal(who)
		}
		p.done(change())
		if _, err := e.Access(t.Context()); reason(t, err) == "" {
			t.Error("somebody is let in who may not be any more")
		}
	}
}

// TestWhoCannotBeLookedForIsNotKeptOut: what ends before an answer, such as a look
// at who still may ask, says nothing about who asks.
func TestWhoCannotBeLookedForIsNotKeptOut(t *testing.T) {
	p := newProject(t)
	ended, stop := context.WithCancel(t.Context())
	stop()
	open, _ := exchange(t, newGuard(p, "", true), "anybody", false)
	p.add(User, "ada")
	p.done(p.SetPassword(t.Context(), "ada", secret.New("correct horse battery")))
	ada, _ := exchange(t, newGuard(p, "", false), "ada", true)
	for name, e := range map[string]*Exchange{"where nobody was known": open, "by a password": ada} {
		var refusal *Refusal
		if _, err := e.Access(ended); !errors.Is(err, context.Canceled) || errors.As(err, &refusal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRolesOfWhoIsLetInAreThoseOfTheMoment(t *testing.T) {
	p := newProject(t)
	p.add(User, "ada", Reader)
	e, _ := exchange(t, newGuard(p, "", false), "ada", true)
	p.done(p.Withdraw(t.Context(), "ada", Reader, User))
	p.done(p.Grant(t.Context(), "ada", Owner, User))
	a, err := e.Access(t.Context())
	if err != nil || Words(a.Roles) != "owner" {
		t.Error(a.Roles, err)
	}
}

func TestExchangesThatFailMakeOneWait(t *testing.T) {
	p := newProject(t)
	g := newGuard(p, "0123456789abcdef", false)
	for range 10 {
		if _, why := exchange(t, g, "ada", false); strings.Contains(why, "too many attempts") {
			return
		}
	}
	t.Error("one may guess as often as one likes")
}

// A salt that changes when the server starts again would tell that nobody has
// the name.
func TestWhoIsNotKnownHasTheSameSaltAfterARestart(t *testing.T) {
	p := newProject(t)
	p.add(User, "ada", Reader)
	salt := func(g *Guard, name string) string {
		e, err := g.Exchange(t.Context(), name, here)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(e.Verifiers()[0], "$")[1]
	}
	first, second := newGuard(p, "", false), newGuard(p, "", false)
	other := newProject(t)
	other.add(User, "ada", Reader)
	for _, name := range []string{"ada", "nobody"} {
		if salt(first, name) != salt(second, name) || salt(first, name) == salt(newGuard(other, "", false), name) {
			t.Errorf("%s: %s, %s", name, salt(first, name), salt(second, name))
		}
	}
	if salt(first, "nobody") == salt(first, "somebody") {
		t.Error("all have the same")
	}
}

// shows logs in with a secret, as a client does that is told one salt for all
// that the name may have.
func shows(t *testing.T, g *Guard, name, shown string) (*Exchange, string) {
	t.Helper()
	e, err := g.Exchange(t.Context(), name, here)
	if err != nil {
		return nil, reason(t, err)
	}
	with, err := credential.Like(e.Verifiers()[0], shown)
	if err != nil {
		t.Fatal(err)
	}
	e.Ended(slices.Index(e.Verifiers(), with))
	access, err := e.Access(t.Context())
	if why := reason(t, err); why != "" {
		return e, why
	}
	return e, access.Principal.String() + " " + Words(access.Scopes)
}

func TestATokenIsAPasswordOfItsPrincipal(t *testing.T) {
	p := newProject(t)
	p.add(User, "ada")
	p.add(Service, "etl")
	_, reads := p.token("etl", 0, Read)
	_, writes := p.token("etl", 0, Read, Write)
	_, adas := p.token("ada", 0, Read)
	given, err := newGuard(p, "", false).Login(t.Context(), Login{Name: "etl", Secret: reads})
	if err != nil {
		t.Fatal(err)
	}
	const another = "another horse battery"
	p.done(p.SetPassword(t.Context(), "ada", secret.New(another)))
	_, later := p.token("ada", 0, Read)
	closed, owned := newGuard(p, "", false), newGuard(p, "0123456789abcdef", false)
	for _, c := range []struct {
		guard             *Guard
		name, shown, want string
	}{
		{closed, "etl", reads, "service:etl read"}, {closed, "ETL", writes, "service:etl read write"},
		{closed, "etl", adas, unknown}, {closed, "nobody", reads, unknown}, {closed, "etl", reads[:len(reads)-1], unknown},
		{closed, "etl", given.Token.Reveal(), unknown}, {closed, "ada", passphrase, unknown},
		{closed, "ada", adas, "user:ada read"}, {closed, "ada", later, "user:ada read"}, {closed, "ada", another, "user:ada read write"},
		{owned, "etl", reads, "service:etl read"}, {owned, "etl", "0123456789abcdef", local.String() + " read write"}, {owned, "ada", "0123456789abcdef", unknown},
	} {
		if _, got := shows(t, c.guard, c.name, c.shown); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestATokenThatEndsEndsWhatItLetIn(t *testing.T) {
	p := newProject(t)
	p.add(Service, "etl", Reader)
	g := newGuard(p, "", false)
	for want, end := range map[string]func(id string){
		"the token was revoked":    func(id string) { _, err := p.RevokeToken(t.Context(), id); p.done(err) },
		"the token has expired":    func(string) { p.pass(2 * time.Hour) },
		"principal is disabled":    func(string) { p.done(p.Disable(t.Context(), "etl")) },
		"gone, with its principal": func(string) { p.done(p.Remove(t.Context(), "etl", Service)); p.add(Service, "etl", Reader) },
	} {
		p.done(p.Enable(t.Context(), "etl"))
		id, text := p.token("etl", time.Hour, Read)
		e, who := shows(t, g, "etl", text)
		if who != "service:etl read" {
			t.Fatal(who)
		}
		if end(id); !strings.Contains(fmt.Sprint(reasonOf(e)), want) {
			t.Errorf("%s: %v", want, reasonOf(e))
		}
	}
}

func reasonOf(e *Exchange) error {
	_, err := e.Access(context.Background())
	return err
}

// All secrets of a name have one salt, whichever was made first, and a password
// gets a new one as soon as nothing else has it.
func TestSecretsOfANameHaveOneSalt(t *testing.T) {
	p := newProject(t)
	p.add(User, "ada")
	g := newGuard(p, "", false)
	salts := func() (list []string) {
		e, err := g.Exchange(t.Context(), "ada", here)
		p.done(err)
		e.attempt.Undo()
		for _, v := range e.Verifiers() {
			list = append(list, strings.Split(v, "$")[1])
		}
		return list
	}
	first := salts()[0]
	id, _ := p.token("ada", 0, Read)
	p.done(p.SetPassword(t.Context(), "ada", secret.New("another horse battery")))
	if got := salts(); !slices.Equal(got, []string{first, first}) {
		t.Error(got)
	}
	_, err := p.RevokeToken(t.Context(), id)
	p.done(err)
	p.done(p.SetPassword(t.Context(), "ada", secret.New("a third horse battery")))
	if got := salts(); len(got) != 1 || got[0] == first {
		t.Error(got, "beside", first)
	}
}
