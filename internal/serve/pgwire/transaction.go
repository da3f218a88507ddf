package pgwire

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/ident"
)

// savepoint is a point in a transaction to go back to, as long as nothing was
// changed since: it ends the state after an error.
type savepoint struct {
	name  string
	edits int // of the transaction so far
}

// edits counts what the transaction has changed.
func (c *conn) edits() int {
	if c.work == nil {
		return 0
	}
	return c.work.Edits()
}

// notice tells the client of what is odd, and no error.
func (c *conn) notice(code, message string) {
	c.send(&pgproto3.NoticeResponse{Severity: "WARNING", SeverityUnlocalized: "WARNING", Code: code, Message: message})
}

func (c *conn) beginTransaction(w *words) (*command, error) {
	_ = w.accept("TRANSACTION") || w.accept("WORK")
	set, err := c.modes(w, "transaction_")
	if err != nil {
		return nil, err
	}
	return doing("BEGIN", func() error {
		if c.transaction != 0 {
			c.notice("25001", "there is already a transaction in progress")
			return nil
		}
		c.transaction = 'T'
		return set()
	}), nil
}

// end reads COMMIT and ROLLBACK, which differ in their tags only.
func (c *conn) end(w *words, tag string) (*command, error) {
	_ = w.accept("TRANSACTION") || w.accept("WORK")
	chain := w.accept("AND", "CHAIN")
	if !chain {
		w.accept("AND", "NO", "CHAIN")
	}
	return &command{ends: true, run: func(ctx context.Context, p *portal) (string, error) {
		before := c.transaction
		if before == 0 {
			c.notice("25P01", "there is no transaction in progress")
		}
		if before == 'E' {
			tag = "ROLLBACK"
		}
		c.transaction, c.savepoints = 0, nil
		err := c.endWork(ctx, p.st, tag == "COMMIT")
		c.endImplicit()
		if chain && before != 0 && err == nil {
			c.transaction = 'T'
		}
		return tag, err
	}}, nil
}

// endWork commits what the transaction has changed or gives it up: on record,
// where it has changed something.
func (c *conn) endWork(ctx context.Context, st *statement, commit bool) (err error) {
	var entry *audit.Entry
	if c.work != nil {
		if entry, err = c.record(ctx, st.sql, nil, false); err == nil && commit {
			err = c.identify(ctx) // who may not be here any more publishes nothing
		}
	}
	if !commit || err != nil {
		c.abandon()
		finish(ctx, entry, err)
		return err
	}
	err = c.commitWork(ctx)
	entry.Changes(c.changed)
	finish(ctx, entry, err)
	c.settled(ctx, err)
	return err
}

func (c *conn) commit(w *words) (*command, error) {
	if w.accept("PREPARED") {
		return nil, fail("0A000", "transactions in two phases are not supported")
	}
	return c.end(w, "COMMIT")
}

func (c *conn) rollback(w *words) (*command, error) {
	_ = w.accept("TRANSACTION") || w.accept("WORK")
	if !w.accept("TO") {
		return c.end(w, "ROLLBACK")
	}
	w.accept("SAVEPOINT")
	name := w.next()
	return &command{ends: true, run: func(context.Context, *portal) (string, error) {
		at, err := c.find(name)
		if err != nil {
			return "", err
		}
		if c.edits() != c.savepoints[at].edits {
			return "", fail("0A000", "what was changed since a savepoint cannot be taken back alone").hinted("roll the transaction back")
		}
		c.savepoints, c.transaction = c.savepoints[:at+1], 'T'
		return "ROLLBACK", nil
	}}, nil
}

func (c *conn) savepoint(w *words) (*command, error) {
	name := w.next()
	return doing("SAVEPOINT", func() error {
		if c.transaction == 0 {
			return fail("25P01", "SAVEPOINT can only be used in transaction blocks")
		}
		if len(c.savepoints) >= maxOpen {
			return fail("54000", "there are %d savepoints", len(c.savepoints))
		}
		c.savepoints = append(c.savepoints, savepoint{ident.Fold(name), c.edits()})
		return nil
	}), nil
}

func (c *conn) release(w *words) (*command, error) {
	w.accept("SAVEPOINT")
	name := w.next()
	return doing("RELEASE", func() error {
		at, err := c.find(name)
		if err == nil {
			c.savepoints = c.savepoints[:at]
		}
		return err
	}), nil
}

// find returns where the last savepoint of a name is.
func (c *conn) find(name string) (int, error) {
	if c.transaction == 0 {
		return 0, fail("25P01", "savepoints can only be used in transaction blocks")
	}
	for i, s := range slices.Backward(c.savepoints) {
		if s.name == ident.Fold(name) {
			return i, nil
		}
	}
	return 0, fail("3B001", "savepoint %q does not exist", name)
}
