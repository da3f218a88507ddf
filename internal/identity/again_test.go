package identity

import (
	"testing"
	"time"

	"github.com/tarn-lake/tarn/internal/secret"
)

// again asks for somebody who was let in, and returns why not any more.
func again(t *testing.T, g *Guard, was Access) (Access, string) {
	t.Helper()
	a, err := g.Again(t.Context(), was)
	why := reason(t, err)
	if why != "" && !a.Principal.IsZero() {
		t.Errorf("who is kept out is %s", a.Principal)
	}
	return a, why
}

func TestWhoeverWasLetInIsKeptOutOnceWhatWasShownHasEnded(t *testing.T) {
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
		{"removed", func(p *project, _ string) error { return p.Remove(ctx, "ada", User) }, "the token is gone, with its principal"},
		{"added again", func(p *project, _ string) error {
			p.done(p.Remove(ctx, "ada", User))
			p.add(User, "ada", Owner)
			return nil
		}, "the token is gone, with its principal"},
	} {
		p := newProject(t)
		g := newGuard(p, "", false)
		p.add(User, "ada", Owner)
		id, text := p.token("ada", 24*time.Hour, Read)
		shown, _ := bearer(t, g, text)
		p.done(c.end(p, id))
		a, why := again(t, g, shown)
		if why != c.want || why == "" && (a.Principal.Name != "ada" || a.Has(Write) || !a.Has(Read)) {
			t.Errorf("%s: %q %+v", c.name, why, a)
		}
	}
	if _, why := again(t, newGuard(newProject(t), "", true), Access{}); why != unknown {
		t.Error("nobody:", why)
	}
}

func TestWhoeverWasLetInHasTheRolesOfThisMoment(t *testing.T) {
	p := newProject(t)
	g := newGuard(p, "", false)
	p.add(User, "ada", Owner)
	_, text := p.token("ada", 0, Read)
	shown, _ := bearer(t, g, text)
	p.done(p.Withdraw(t.Context(), "ada", Owner, User))
	if a, why := again(t, g, shown); why != "" || len(a.Roles) > 0 {
		t.Errorf("%q %+v", why, a)
	}
}

// What goes on for hours goes on beyond the hour that the token of a login lasts,
// as those who ask renew it; and not beyond the login.
func TestWhoeverLoggedInIsLetInForAsLongAsTheLoginLasts(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(p *project, behind, id string) error
		want string
	}{
		{"the hour", func(p *project, _, _ string) error { p.pass(2 * time.Hour); return nil }, ""},
		{"the day", func(p *project, _, _ string) error { p.pass(25 * time.Hour); return nil }, "the login is over: log in again"},
		{"the password", func(p *project, _, _ string) error {
			p.pass(2 * time.Hour)
			return p.SetPassword(t.Context(), "ada", secret.New("another horse battery"))
		}, "the login is over: log in again"},
		{"the token behind it", func(p *project, behind, _ string) error {
			_, err := p.RevokeToken(t.Context(), behind)
			return err
		}, "the login is over: log in again"},
		{"its own token", func(p *project, _, id string) error {
			_, err := p.RevokeToken(t.Context(), id)
			return err
		}, revoked},
		{"the user", func(p *project, _, _ string) error {
			p.pass(2 * time.Hour)
			return p.Disable(t.Context(), "ada")
		}, disabled},
	} {
		for _, by := range []string{"password", "token"} {
			p := newProject(t)
			g := newGuard(p, "", false)
			p.add(User, "ada", Owner)
			behind, text := p.token("ada", 24*time.Hour, Read, Write)
			l := Login{Name: "ada", Secret: passphrase}
			if by == "token" {
				l.Secret = text
			}
			given, why := login(t, g, l)
			if why != "" {
				t.Fatal(why)
			}
			shown, _ := bearer(t, g, given.Token.Reveal())
			p.done(c.end(p, behind, given.Access.Token))
			want := c.want
			if c.name == "the password" && by == "token" || c.name == "the token behind it" && by == "password" {
				want = ""
			}
			for _, was := range []Access{shown, given.Access} {
				if a, why := again(t, g, was); why != want || why == "" && a.Principal.Name != "ada" {
					t.Errorf("%s, by %s: %q, want %q", c.name, by, why, want)
				}
			}
		}
	}
}

func TestTheOwnerIsLetInUntilSomebodyIsKnown(t *testing.T) {
	for name, token := range map[string]string{"with a token": "the-owners-own-token", "without": ""} {
		p := newProject(t)
		g := newGuard(p, token, true)
		open, _ := bearer(t, g, "")
		given, _ := login(t, g, Login{Name: "x", Secret: "y"})
		shown, _ := bearer(t, g, "the-owners-own-token")
		p.add(User, "ada", Owner)
		if _, why := again(t, g, open); why == "" {
			t.Error(name, "who showed nothing is the owner for ever")
		}
		if _, why := again(t, g, given.Access); why == "" {
			t.Error(name, "who showed anything is the owner for ever")
		}
		if a, why := again(t, g, shown); (why == "") != (token != "") || why == "" && a.Principal != local {
			t.Error(name, why)
		}
	}
}
