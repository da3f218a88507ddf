package identity

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/secret"
)

// passwordLasts is how long a login with a password can be renewed. One with a
// token can be for as long as that token is good.
const passwordLasts = 24 * time.Hour

// Login is what somebody shows to be given a token for a while.
type Login struct {
	// Name is whose the secret is. A token says so itself and may go without;
	// the owner's belongs to no name.
	Name string
	// Secret is a token, or a user's password.
	Secret string
	// Scopes are what the token is to be for, in the client's words; none is all
	// that there is, and what is not known here counts for nothing.
	Scopes []string
	// From is the client's address.
	From string
}

// Given is a token that a login was given.
type Given struct {
	Token  secret.Text
	Scopes []Scope
	// Lasts is for how long, and Expires until when.
	Lasts   time.Duration
	Expires time.Time
	Access  Access
}

// Login gives a token for what somebody shows. An error that is a [Refusal] is
// for the client.
func (g *Guard) Login(ctx context.Context, l Login) (Given, error) {
	switch owner, err := g.isOwner(ctx, l.Secret); {
	case err != nil:
		return Given{}, err
	case owner:
		return g.giveOwner(l.Secret), nil
	}
	if credential.IsToken(l.Secret) {
		s, err := g.Directory.session(ctx, l.Secret)
		if err != nil {
			return Given{}, err
		}
		// A token that was given at a login is renewed, not shown as a secret.
		if s.access.Token == "" || s.login != "" || l.Name != "" && ident.Fold(l.Name) != s.access.Principal.Name {
			return Given{}, g.guessed(l.From)
		}
		return g.Directory.give(ctx, s.begun(g.Directory.now()), l.Scopes)
	}
	if l.Name == "" {
		return Given{}, g.guessed(l.From)
	}
	s, err := g.password(ctx, l)
	if err != nil {
		return Given{}, err
	}
	return g.Directory.give(ctx, s, l.Scopes)
}

// Renew gives another token for one that was given at a login.
func (g *Guard) Renew(ctx context.Context, l Login) (Given, error) {
	switch owner, err := g.isOwner(ctx, l.Secret); {
	case err != nil:
		return Given{}, err
	case owner:
		return g.giveOwner(l.Secret), nil
	}
	if !credential.IsToken(l.Secret) {
		return Given{}, g.guessed(l.From)
	}
	s, err := g.Directory.session(ctx, l.Secret)
	switch {
	case err != nil:
		return Given{}, err
	case s.access.Token == "":
		return Given{}, g.guessed(l.From)
	case s.login == "": // a token that people made is a login by itself
		s = s.begun(g.Directory.now())
	}
	return g.Directory.give(ctx, s, l.Scopes)
}

func (g *Guard) giveOwner(shown string) Given {
	token, until := g.owner.give()
	return Given{Token: secret.New(token), Scopes: Scopes, Lasts: loginLasts, Expires: until, Access: g.ownerBy(shown)}
}

// ownerBy is the owner, who has shown a token, or something while nobody is known.
func (g *Guard) ownerBy(shown string) Access {
	a := ownerAccess(g.Owner)
	a.open = !g.owner.good(shown)
	return a
}

// password lets a user in who knows the password. Whether the name is known,
// may log in and has a password makes no difference to how long it takes, nor
// to the answer.
func (g *Guard) password(ctx context.Context, l Login) (s session, err error) {
	name := ident.Fold(l.Name)
	attempt, wait := g.guesses.Begin(ctx, firstBytes(name), address(l.From))
	if wait > 0 {
		return s, tooMany(wait)
	}
	s.loginAt = g.Directory.now()
	known, err := g.Directory.passwordOf(ctx, name)
	if err != nil {
		attempt.Undo()
		return s, err
	}
	hash := known.hash
	if hash == "" {
		hash = g.decoy
	}
	good, err := g.matches(ctx, l.Secret, hash)
	switch {
	case err != nil:
		attempt.Undo()
		return s, err
	case !good:
		attempt.Bad()
		g.Logger.Info("somebody was kept out", "name", firstBytes(name), "from", l.From)
		return s, notGood()
	}
	attempt.Good()
	s.principal, s.login, s.hash = known.id, byPassword, known.hash
	s.access = Access{Principal: Principal{User, name}, Scopes: Scopes}
	return s, nil
}

// firstBytes is as much of a name as is counted and told.
func firstBytes(name string) string { return name[:min(len(name), 128)] }

// matches hashes a password, in its turn.
func (g *Guard) matches(ctx context.Context, password, hash string) (bool, error) {
	select {
	case g.line <- struct{}{}:
		defer func() { <-g.line }()
	default:
		return false, &Refusal{Reason: "there are too many logins at once; try again later", Wait: time.Second}
	}
	select {
	case g.hashing <- struct{}{}:
		defer func() { <-g.hashing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	prepared, prepareErr := credential.Prepare(password)
	if prepareErr != nil || len(prepared) > longestPassword {
		prepared, hash = "", g.decoy // nobody's, and it takes as long
	}
	return credential.Matches(prepared, hash)
}

type passwordRow struct{ id, hash string }

// passwordOf returns a user's hash; none for who has none or is disabled.
func (d *Directory) passwordOf(ctx context.Context, name string) (p passwordRow, err error) {
	err = d.db.View(ctx, func(tx metadb.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id, password FROM principal WHERE name = ? AND kind = ? AND disabled = 0`, name, string(User)).Scan(&p.id, &p.hash)
		if errors.Is(err, sql.ErrNoRows) {
			p = passwordRow{}
			return nil
		}
		return err
	})
	return p, err
}
