package identity

import (
	"context"
	"errors"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Attend looks now and then whether somebody may still be here, until look says
// no, ctx ends, or the function that it returns is called, which waits for a look
// that has begun.
func Attend(ctx context.Context, every time.Duration, look func(context.Context) bool) (leave func()) {
	ctx, stop := context.WithCancel(ctx)
	left := make(chan struct{})
	go func() {
		defer close(left)
		next := time.NewTicker(every)
		defer next.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-next.C:
			}
			if !look(ctx) {
				return
			}
		}
	}()
	return func() {
		stop()
		<-left
	}
}

// Again is who was let in before by [Guard.Bearer] or [Guard.Login], with the
// groups and roles of this moment; a [Refusal] is why it would not be let in any
// more. Nothing is shown and nothing counts as a guess. A token that was given at a
// login is good for as long as it could be renewed: whoever asked with it may have
// another one by now.
func (g *Guard) Again(ctx context.Context, was Access) (Access, error) {
	switch {
	case was.Principal.IsZero():
		return Access{}, notGood()
	case was.open:
		return g.openStill(ctx)
	case was.Token == "":
		return ownerAccess(g.Owner), nil
	}
	return g.Directory.again(ctx, was)
}

// openStill is the owner, for as long as nobody is known.
func (g *Guard) openStill(ctx context.Context) (Access, error) {
	still, err := g.isOwner(ctx, "")
	switch {
	case err != nil:
		return Access{}, err
	case !still:
		return Access{}, &Refusal{Reason: "somebody is known by now: log in"}
	}
	return g.ownerBy(""), nil
}

// again looks at the token of an access, and at what it was given for.
func (d *Directory) again(ctx context.Context, was Access) (a Access, err error) {
	err = d.db.View(ctx, func(tx metadb.Tx) error {
		t, s, err := tokenWith(ctx, tx, `t.id`, was.Token)
		if err != nil {
			return err
		}
		state := t.State(d.now())
		switch {
		case t.ID != "" && state == Good:
			a = s.access
			return a.fill(ctx, tx, s.principal)
		case was.origin.login != "" && state != Revoked:
			a = was
			if err := was.origin.renewable(ctx, tx, d.now()); err != nil {
				return err
			}
			return a.fill(ctx, tx, was.origin.principal)
		case t.ID == "":
			return &Refusal{Reason: "the token is gone, with its principal"}
		}
		return t.ended(d.now())
	})
	if err != nil {
		return Access{}, err
	}
	return a, nil
}

// renewable is why a login cannot be gone on from; nil is that it can.
func (s origin) renewable(ctx context.Context, tx metadb.Tx, now time.Time) error {
	until, err := s.until(ctx, tx)
	var refused *Refusal
	if errors.As(err, &refused) || err == nil && !until.IsZero() && !now.Before(until) {
		return &Refusal{Reason: "the login is over: log in again"}
	}
	return err
}
