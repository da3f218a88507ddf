package workspace

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// Alone runs a statement that is a transaction by itself. Where others were
// quicker it is run again over what they have published: one statement at a
// time, so that they come to an end.
func (t *Transactions) Alone(ctx context.Context, st gate.Statement, spell Spelling) (done Done, err error) {
	err = t.repeated(ctx, func() error {
		err := t.attempt(ctx, st, func(x *Transaction) (err error) {
			done, err = x.Run(ctx, st, spell)
			done.Changed = x.Changed()
			return err
		})
		if err != nil && done.Result != nil {
			done.Result.Release()
			done.Result = nil
		}
		return err
	})
	return done, err
}

// Text is what the statements of a text have done, in their order, and the names
// that they have changed.
type Text struct {
	Done    []Done
	Changed []ident.Table
}

// Together runs the statements of a text, which all change something, as one
// transaction, as Alone does with one. also, which may be nil, adds to the commit
// what belongs to it.
func (t *Transactions) Together(ctx context.Context, st gate.Statement, also func(metadb.Tx, Text) error) (out Text, err error) {
	list, err := t.Gate.Statements(ctx, st)
	if err != nil {
		return Text{}, err
	}
	err = t.repeated(ctx, func() error {
		return t.attempt(ctx, st, func(x *Transaction) (err error) {
			out, err = x.together(ctx, st, list)
			if also != nil {
				x.also = func(tx metadb.Tx) error { return also(tx, out) }
			}
			return err
		})
	})
	return out, err
}

func (x *Transaction) together(ctx context.Context, st gate.Statement, list []sqlast.Statement) (out Text, err error) {
	for _, s := range list {
		if _, reads := s.Head.(*sqlast.Query); reads {
			return Text{}, st.Problem("several-statements", s.Start, "a query stands beside statements that change something").
				WithHint("ask for its rows by itself")
		}
		if _, list, _ := returningOf(s); !list.IsZero() {
			return Text{}, st.Problem("statement-refused", list.Start, "rows that statements change are not returned here").
				WithHint("leave RETURNING out, or use tarn query or PostgreSQL's protocol")
		}
		done, err := x.Do(ctx, st, s)
		if err != nil {
			return Text{}, err
		}
		out.Done = append(out.Done, done)
	}
	out.Changed = x.Changed()
	return out, nil
}

// repeated does something until nobody else was quicker.
func (t *Transactions) repeated(ctx context.Context, do func() error) error {
	for repeats := 0; ; repeats++ {
		if repeats == 1 {
			select {
			case t.turn <- struct{}{}:
				defer func() { <-t.turn }()
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if err := do(); err == nil || repeats == maxRepeats || !Conflicts(err) {
			return err
		}
	}
}

// attempt is a transaction over what is there now.
func (t *Transactions) attempt(ctx context.Context, st gate.Statement, do func(*Transaction) error) error {
	scope, err := t.Scope(ctx)
	if err != nil {
		return err
	}
	x := t.Begin(scope, st.Who)
	if err := do(x); err != nil {
		return errors.Join(err, x.Rollback(ctx))
	}
	return x.Commit(ctx, st.Who)
}
