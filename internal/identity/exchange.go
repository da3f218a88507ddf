package identity

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity/backoff"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Exchange is a login by SCRAM-SHA-256, in which the password itself is not
// shown, and what is let in by it for as long as the connection lasts.
type Exchange struct {
	guard   *Guard
	attempt *backoff.Attempt
	name    string
	// id and verifier are a user's; an exchange without an id is the owner's, or
	// nobody's.
	id, verifier string
	owner        bool
	// open: nothing need be shown for as long as nobody is known.
	open, proved bool
}

// Exchange begins a login. The owner's token is the password of every name that
// no user with a password has. Whether a name is known makes no difference to
// what a client sees. An error that is a [Refusal] is for the client.
func (g *Guard) Exchange(ctx context.Context, name, from string) (*Exchange, error) {
	e := &Exchange{guard: g, name: ident.Fold(name), owner: !g.OwnerToken.IsZero()}
	open, err := g.isOwner(ctx, "")
	if err != nil || open {
		e.open, e.proved = open, open
		return e, err
	}
	attempt, wait := g.guesses.Try(firstBytes(e.name), address(from))
	if wait > 0 {
		return nil, tooMany(wait)
	}
	e.attempt = attempt
	made, err := g.madeUp(ctx, e.name)
	if err == nil {
		err = e.read(ctx)
	}
	if err != nil {
		attempt.Undo()
		return nil, err
	}
	if e.id == "" {
		e.verifier = made
	}
	return e, nil
}

// madeUp is the verifier of the owner's token for a name, always the same; where
// there is no token, of a password that nobody knows.
func (g *Guard) madeUp(ctx context.Context, name string) (string, error) {
	select {
	case g.hashing <- struct{}{}:
		defer func() { <-g.hashing }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	key, err := g.Directory.lasting(ctx)
	if err != nil {
		return "", err
	}
	salt := hmac.New(sha256.New, []byte(key))
	salt.Write([]byte(name))
	password := g.decoy
	if !g.OwnerToken.IsZero() {
		password = g.OwnerToken.Reveal()
	}
	return credential.Salted(password, salt.Sum(nil), g.Directory.iterations)
}

// lasting is something that nobody is shown and that outlives the process: made
// of it, a salt of nobody stays the same when the server starts again, as one of
// a user does.
func (d *Directory) lasting(ctx context.Context) (key string, err error) {
	err = d.db.View(ctx, func(tx metadb.Tx) error {
		return tx.QueryRow(ctx, `SELECT COALESCE(min(id), '') FROM principal`).Scan(&key)
	})
	return key, err
}

// read finds the user of the name, if there is one with a password.
func (e *Exchange) read(ctx context.Context) error {
	return e.guard.Directory.db.View(ctx, func(tx metadb.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id, scram FROM principal WHERE name = ? AND kind = ? AND disabled = 0 AND scram <> ''`,
			e.name, string(User)).Scan(&e.id, &e.verifier)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
}

// Verifier is what is known of the password, as Postgres writes it; "" asks for
// none.
func (e *Exchange) Verifier() string { return e.verifier }

// Ended is told whether the client knew the password.
func (e *Exchange) Ended(good bool) {
	e.proved = good && (e.id != "" || e.owner)
	switch {
	case e.attempt == nil:
	case e.proved:
		e.attempt.Good()
	default:
		e.guard.Logger.Info("somebody was kept out", "name", firstBytes(e.name))
	}
}

// Access is who was let in, with the groups and roles of this moment: a user who
// was disabled or has another password by now is kept out.
func (e *Exchange) Access(ctx context.Context) (Access, error) {
	switch {
	case !e.proved:
		return Access{}, notGood()
	case e.open:
		if still, err := e.guard.isOwner(ctx, ""); err != nil || !still {
			return Access{}, errors.Join(err, &Refusal{Reason: "somebody is known by now: log in"})
		}
		return ownerAccess(e.guard.Owner), nil
	case e.id == "":
		return ownerAccess(e.guard.Owner), nil
	}
	a := Access{Principal: Principal{User, e.name}, Scopes: Scopes}
	known := 0
	err := e.guard.Directory.db.View(ctx, func(tx metadb.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM principal WHERE id = ? AND disabled = 0 AND scram = ?`, e.id, e.verifier).Scan(&known); err != nil {
			return err
		}
		return a.fill(ctx, tx, e.id)
	})
	switch {
	case err != nil:
		return Access{}, err
	case known == 0:
		return Access{}, &Refusal{Reason: "the user is disabled, or has another password by now"}
	}
	return a, nil
}
