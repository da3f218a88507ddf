package app

import (
	"context"
	"errors"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// Told is what a statement of a text has done.
type Told struct {
	// What is its words, such as INSERT or CREATE TABLE.
	What string
	// Rows is how many rows it changed.
	Rows int64
	// Counted: Rows says something.
	Counted bool
	// Result is what a query returns; nil of other statements. It is released
	// after the call that it is told in.
	Result array.RecordReader
}

// Statements runs a text of one statement or several, which may change tables,
// and tells of each. All of the text is one transaction, but for what stands
// between BEGIN and COMMIT.
func (a *App) Statements(ctx context.Context, r QueryRequest, tell func(Told) error) (err error) {
	if onlyReads(r.SQL) {
		rows, err := a.Query(ctx, r)
		if err != nil {
			return err
		}
		defer rows.Release()
		return tell(Told{What: "SELECT", Result: rows})
	}
	if r.Run != "" || r.AsOf != "" {
		return diag.New("bad-flag", diag.Place{}, "what a run has made and what tables were can only be read").
			WithHint("run one query with --run or --as-of")
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	present, err := s.journal.Attend(ctx, "query", a.options.Logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.endRecord(), present.Leave(ctx)) }()
	log, err := a.recording(ctx, present)
	if err != nil {
		return err
	}
	entry, err := log.submit(ctx, a.asked(r.SQL))
	if err != nil {
		return err
	}
	defer func() { entry.Finish(audit.OutcomeOf(ctx, err)) }()
	all, err := a.transactions(ctx, s, present.ID())
	if err != nil {
		return err
	}
	st := gate.Statement{SQL: r.SQL, Who: a.owner(), Place: r.Place, Purpose: "query", Decisions: &gate.Decisions{}}
	defer func() { entry.Decided(st.Decisions.Policies()) }()
	list, err := all.Gate.Statements(ctx, st)
	if err != nil {
		return err
	}
	if len(list) == 1 && !isQuery(list[0]) {
		done, err := all.Alone(ctx, st, nil, nil)
		if err != nil {
			return err
		}
		entry.Changes(done.Changed)
		entry.Sent(done.Rows, 0)
		return told(done, tell)
	}
	x := &script{all: all, st: st, tell: tell, entry: entry}
	return x.run(ctx, list)
}

// onlyReads reports whether a text is at most one statement, and none that
// changes something.
func onlyReads(sql string) bool {
	parts := sqlast.Split(sql)
	return len(parts) == 0 || len(parts) == 1 && !slices.Contains(sqlast.Changes, sqlast.Head(sql[parts[0].Start:parts[0].End]))
}

func isQuery(s sqlast.Statement) bool {
	_, is := s.Head.(*sqlast.Query)
	return is
}

func told(d workspace.Done, tell func(Told) error) error {
	t := Told{What: d.What, Rows: d.Rows, Counted: d.Counts()}
	if d.Result != nil {
		defer d.Result.Release()
		t.Result = d.Result
	}
	return tell(t)
}

// script is the statements of a text at work.
type script struct {
	all  *workspace.Transactions
	st   gate.Statement
	tell func(Told) error
	// now is the transaction; nil is none yet. begun: a BEGIN stands before it.
	now   *workspace.Transaction
	begun bool
	// entry has all of the text on record; changed is what was committed of it.
	entry   *audit.Entry
	changed []ident.Table
}

func (x *script) run(ctx context.Context, list []sqlast.Statement) (err error) {
	defer func() {
		if x.now != nil {
			err = errors.Join(err, x.now.Rollback(ctx))
		}
	}()
	for _, s := range list {
		if t, is := s.Head.(*sqlast.Transaction); is {
			err = x.transaction(ctx, t, s)
		} else {
			err = x.one(ctx, s)
		}
		if err != nil {
			return err
		}
	}
	if x.begun {
		return x.st.Problem("open-transaction", -1, "a transaction was begun, and neither COMMIT nor ROLLBACK ends it: nothing of it is kept")
	}
	return x.commit(ctx)
}

func (x *script) one(ctx context.Context, s sqlast.Statement) error {
	if x.now == nil {
		scope, err := x.all.Scope(ctx)
		if err != nil {
			return err
		}
		x.now = x.all.Begin(scope, x.st.Who)
	}
	done, err := x.now.Do(ctx, x.st, s)
	if err != nil {
		return err
	}
	x.entry.Sent(done.Rows, 0)
	return told(done, x.tell)
}

func (x *script) transaction(ctx context.Context, t *sqlast.Transaction, s sqlast.Statement) (err error) {
	switch {
	case t.Word == "BEGIN" && x.begun:
		return x.st.Problem("open-transaction", s.Start, "a transaction was begun already")
	case t.Word == "BEGIN":
		err, x.begun = x.commit(ctx), true
	case !x.begun:
		return x.st.Problem("open-transaction", s.Start, "%s ends a transaction that was not begun", t.Word).WithHint("write BEGIN before it")
	case t.Word == "COMMIT":
		err, x.begun = x.commit(ctx), false
	default:
		if x.begun = false; x.now != nil {
			err, x.now = x.now.Rollback(ctx), nil
		}
	}
	if err != nil {
		return err
	}
	return x.tell(Told{What: t.Word})
}

func (x *script) commit(ctx context.Context) error {
	now := x.now
	if x.now = nil; now == nil {
		return nil
	}
	names := now.Changed()
	err := now.Commit(ctx, x.st.Who)
	if err == nil {
		x.changed = append(x.changed, names...)
		x.entry.Changes(x.changed)
	}
	return err
}
