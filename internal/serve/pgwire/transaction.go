package pgwire

import (
	"context"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/audit"
)

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
	return &command{ends: true, recorded: true, run: func(ctx context.Context, p *portal) (string, error) {
		before := c.transaction
		if before == 0 {
			c.notice("25P01", "there is no transaction in progress")
		}
		if before == 'E' {
			tag = "ROLLBACK"
		}
		c.transaction, c.savepoints = 0, nil
		err := c.endWork(ctx, p.st, tag == "COMMIT")
		if tag != "COMMIT" || err != nil {
			c.settings.undo(0)
		}
		c.endImplicit()
		if chain && before != 0 && err == nil {
			c.transaction = 'T'
		}
		return tag, err
	}}, nil
}

// endWork commits what the transaction has changed or gives it up: on record
// before, where it has changed something.
func (c *conn) endWork(ctx context.Context, st *statement, commit bool) (err error) {
	var entry *audit.Entry
	if c.work != nil {
		entry, err = c.record(ctx, st.sql, nil, false)
	} else {
		entry, err = c.brief(st.sql)
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
	return c.rollbackTo(w.next()), nil
}
