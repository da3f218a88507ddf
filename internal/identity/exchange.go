package identity

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity/backoff"
	"github.com/tarn-lake/tarn/internal/identity/credential"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Exchange is a login by SCRAM-SHA-256, in which the password itself is not
// shown, and what is let in by it for as long as the connection lasts. Who has
// logged in may be asked for by several at once.
type Exchange struct {
	guard   *Guard
	attempt *backoff.Attempt
	name    string
	// id is whose the name is, "" where it is nobody's, and keys are the secrets
	// that may be shown for it.
	id   string
	keys []key
	// open: nothing need be shown for as long as nobody is known.
	open bool
	// shown is the secret that the client has.
	shown *key
}

// Exchange begins a login with a user's password, a principal's token, or the
// owner's token, which is the password of every name that no user with a password
// has. Whether a name is known makes no difference to what a client sees. An
// error that is a [Refusal] is for the client.
func (g *Guard) Exchange(ctx context.Context, name, from string) (*Exchange, error) {
	e := &Exchange{guard: g, name: ident.Fold(name)}
	open, err := g.isOwner(ctx, "")
	if err != nil || open {
		e.open = open
		return e, err
	}
	attempt, wait := g.guesses.Begin(ctx, firstBytes(e.name), address(from))
	if wait > 0 {
		return nil, tooMany(wait)
	}
	e.attempt = attempt
	if err := e.read(ctx); err != nil {
		attempt.Undo()
		return nil, err
	}
	return e, nil
}

// read finds the secrets of the name. What is made for a name without a password
// is made for all, so that it takes as long.
func (e *Exchange) read(ctx context.Context) (err error) {
	if e.id, e.keys, err = e.guard.Directory.keysOf(ctx, e.name); err != nil {
		return err
	}
	owners, err := e.guard.ownersKey(ctx, e.name, e.keys)
	if err == nil && (len(e.keys) == 0 || e.keys[0].token != "") {
		e.keys = append(e.keys, owners)
	}
	return err
}

// ownersKey is the owner's token as a secret of a name, beside others; where
// there is no token, one that nobody knows. For a name without others it is the
// same each time.
func (g *Guard) ownersKey(ctx context.Context, name string, others []key) (k key, err error) {
	select {
	case g.hashing <- struct{}{}:
		defer func() { <-g.hashing }()
	case <-ctx.Done():
		return k, ctx.Err()
	}
	k.owner, k.nobody = !g.OwnerToken.IsZero(), g.OwnerToken.IsZero()
	password := g.decoy
	if k.owner {
		password = g.OwnerToken.Reveal()
	}
	if len(others) > 0 {
		k.verifier, err = credential.Like(others[0].verifier, password)
		return k, err
	}
	lasting, err := g.Directory.lasting(ctx)
	if err != nil {
		return k, err
	}
	salt := hmac.New(sha256.New, []byte(lasting))
	salt.Write([]byte(name))
	k.verifier, err = credential.Salted(password, salt.Sum(nil), g.Directory.iterations)
	return k, err
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

// Verifiers are what is known of the secrets of which the client may have one, as
// Postgres writes it, all with one salt and as many iterations. None asks for
// none.
func (e *Exchange) Verifiers() []string {
	list := make([]string, len(e.keys))
	for i, k := range e.keys {
		list[i] = k.verifier
	}
	return list
}

// Ended is told which of the secrets the client has; -1 is none of them. It must
// be, as others may wait for it.
func (e *Exchange) Ended(has int) {
	if has >= 0 && !e.keys[has].nobody {
		e.shown = &e.keys[has]
		e.attempt.Good()
		return
	}
	e.attempt.Bad()
	e.guard.Logger.Info("somebody was kept out", "name", firstBytes(e.name))
}

// Access is who was let in, with the groups and roles of this moment: a user who
// was disabled or has another password by now is kept out, and so is who has a
// token that has ended.
func (e *Exchange) Access(ctx context.Context) (Access, error) {
	switch {
	case e.open:
		return e.guard.openStill(ctx)
	case e.shown == nil:
		return Access{}, notGood()
	case e.shown.owner:
		return ownerAccess(e.guard.Owner), nil
	case e.shown.token != "":
		return e.byToken(ctx)
	}
	return e.byPassword(ctx)
}

func (e *Exchange) byToken(ctx context.Context) (Access, error) {
	s, err := e.guard.Directory.shown(ctx, e.shown.token)
	switch {
	case err != nil:
		return Access{}, err
	case s.access.Token == "" || s.principal != e.id:
		return Access{}, &Refusal{Reason: "the token is gone, with its principal"}
	}
	return s.access, nil
}

func (e *Exchange) byPassword(ctx context.Context) (Access, error) {
	a := Access{Principal: Principal{User, e.name}, Scopes: Scopes}
	known := false
	err := e.guard.Directory.db.Look(ctx, func(r metadb.Reader) (err error) {
		known, err = a.read(ctx, r, e.id, e.shown.verifier)
		return err
	})
	switch {
	case err != nil:
		return Access{}, err
	case !known:
		return Access{}, &Refusal{Reason: "the user is disabled, or has another password by now"}
	}
	return a, nil
}
