package workspace

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// Asks is who a statement is for, with the groups and roles of the moment in which
// it is called, or why there is nobody any more.
type Asks func(context.Context) (policy.Who, error)

// Alone runs a statement that is a transaction by itself. Where others were
// quicker it is run again over what they have published: one statement at a
// time, so that they come to an end. asks is asked before each commit; nil is who
// the statement says.
func (t *Transactions) Alone(ctx context.Context, st gate.Statement, asks Asks, spell Spelling) (Done, error) {
	return t.alone(ctx, st, asks, spell, t.Begin)
}

// beginning begins a transaction over what a scope shows.
type beginning func(gate.Scope, policy.Who) *Transaction

func (t *Transactions) alone(ctx context.Context, st gate.Statement, asks Asks, spell Spelling, begin beginning) (done Done, err error) {
	err = t.repeated(ctx, func() error {
		err := t.attempt(ctx, st, asks, begin, func(x *Transaction) (err error) {
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

// Joint is what goes with the statements of a text that run together.
type Joint struct {
	// Asks is asked before each commit; nil is who the statement says.
	Asks Asks
	// Spell wraps the query of each RETURNING.
	Spell Spelling
	// Take takes the rows that a statement returns, by its number from 0, before
	// anything is published: an error gives all up. Where the text runs again, all
	// rows are taken again.
	Take func(n int, rows *gate.Result) error
	// Also adds to the commit what belongs to it; nil is nothing.
	Also func(metadb.Tx, Text) error
}

// Together runs the statements of a text, which all change something, as one
// transaction, as Alone does with one.
func (t *Transactions) Together(ctx context.Context, st gate.Statement, with Joint) (out Text, err error) {
	list, err := t.Gate.Statements(ctx, st)
	if err != nil {
		return Text{}, err
	}
	err = t.repeated(ctx, func() error {
		return t.attempt(ctx, st, with.Asks, t.Begin, func(x *Transaction) (err error) {
			out, err = x.together(ctx, st, list, with)
			if with.Also != nil {
				x.also = func(tx metadb.Tx) error { return with.Also(tx, out) }
			}
			return err
		})
	})
	return out, err
}

func (x *Transaction) together(ctx context.Context, st gate.Statement, list []sqlast.Statement, with Joint) (out Text, err error) {
	for n, s := range list {
		if _, reads := s.Head.(*sqlast.Query); reads {
			return Text{}, st.Problem("several-statements", s.Start, "a query stands beside statements that change something").
				WithHint("ask for its rows by itself")
		}
		done, err := x.do(ctx, st, s, with.Spell)
		if err == nil && done.Result != nil {
			err = with.Take(n, done.Result)
			done.Result.Release()
			done.Result = nil
		}
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
func (t *Transactions) attempt(ctx context.Context, st gate.Statement, asks Asks, begin beginning, do func(*Transaction) error) error {
	scope, err := t.Scope(ctx)
	if err != nil {
		return err
	}
	x := begin(scope, st.Who)
	if err := do(x); err != nil {
		return errors.Join(err, x.Rollback(ctx))
	}
	who := st.Who
	if asks != nil {
		if who, err = asks(ctx); err != nil {
			return errors.Join(err, x.Rollback(ctx))
		}
	}
	return x.Commit(ctx, who)
}
