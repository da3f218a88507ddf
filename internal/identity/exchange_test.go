package identity

import (
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/secret"
)

// exchange logs in where good says that the client knew the password.
func exchange(t *testing.T, g *Guard, name string, good bool) (*Exchange, string) {
	t.Helper()
	e, err := g.Exchange(t.Context(), name, here)
	if err != nil {
		return nil, reason(t, err)
	}
	if e.Verifier() != "" {
		e.Ended(good)
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
	if who != local.String() || before.Verifier() != "" {
		t.Errorf("where nobody is known: %s %q", who, before.Verifier())
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
		if e.Verifier() != again.Verifier() || strings.SplitN(e.Verifier(), ":", 2)[0][:len("SCRAM-SHA-256$4096")] != "SCRAM-SHA-256$4096" || len(e.Verifier()) != len(again.Verifier()) {
			t.Errorf("%s: %q and then %q", c.name, e.Verifier(), again.Verifier())
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
		return strings.Split(e.Verifier(), "$")[1]
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
