package pgwire

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// changes reports whether a statement is one that changes something.
func (st *statement) changes() bool {
	if st.head == "" && !st.isEmpty() {
		st.head = sqlast.Head(st.sql)
	}
	return slices.Contains(sqlast.Changes, st.head)
}

// held is the word that a change was made, which the client gets once it is
// committed. What changes something outside of a transaction is committed at the
// end of its message, or with others up to the client's Sync.
type held struct {
	done workspace.Done
	// again runs the statement once more, as a transaction by itself; nil is one
	// that is not by itself.
	again func(context.Context) (workspace.Done, error)
}

// mayChange refuses statements that change something in a transaction that only
// reads.
func (c *conn) mayChange(what string) error {
	if !c.writer {
		return fail("42501", "cannot execute %s: the token is for reading", what).hinted("log in with one for writing: tarn token create NAME --scope read,write")
	}
	only, _ := c.settings.get("transaction_read_only")
	if _, said := c.settings.local["transaction_read_only"]; !said && only == "off" {
		only, _ = c.settings.get("default_transaction_read_only")
	}
	if only == "on" {
		return fail("25006", "cannot execute %s in a read-only transaction", what)
	}
	return nil
}

// change runs a statement that changes something.
func (p *portal) change(ctx context.Context) error {
	c := p.c
	if err := c.mayChange(p.st.head); err != nil {
		return err
	}
	if p.ended {
		return fail("55000", "portal cannot be run anymore")
	}
	alone := c.transaction == 0 && c.scope == nil
	var done workspace.Done
	err := p.during(ctx, func() (err error) {
		if err := c.working(p.ctx); err != nil {
			return err
		}
		st := c.gated(p.st.sql, c.scope, p.values)
		defer func() { p.entry.Decided(st.Decisions.Policies()) }()
		done, err = c.work.Run(p.ctx, st)
		return err
	})
	if err != nil {
		return err
	}
	p.ended = true
	p.turn.Leave()
	p.entry.Sent(done.Rows, 0)
	if c.transaction != 0 {
		c.complete(tagOf(done))
		return nil
	}
	c.unsettled, p.entry = append(c.unsettled, p.entry), nil
	c.held = &held{done: done}
	if alone {
		st := c.gated(p.st.sql, nil, p.values)
		c.held.again = func(ctx context.Context) (done workspace.Done, err error) {
			q := &portal{c: c, st: p.st, turn: p.turn}
			defer q.close()
			err = q.during(ctx, func() (err error) {
				done, err = c.server.Transactions.Alone(q.ctx, st)
				return err
			})
			return done, err
		}
	}
	return nil
}

// working begins what the transaction, or the message, changes.
func (c *conn) working(ctx context.Context) error {
	scope, err := c.now(ctx)
	if err == nil && c.work == nil {
		c.work = c.server.Transactions.Begin(scope, c.who)
		c.scope = c.work.Scope()
	}
	return err
}

// tagOf is how the client is told what was done.
func tagOf(d workspace.Done) string {
	n := strconv.FormatInt(d.Rows, 10)
	switch d.What {
	case "INSERT":
		return "INSERT 0 " + n
	case "UPDATE", "DELETE", "MERGE", "COPY":
		return d.What + " " + n
	case "CREATE TABLE AS":
		return "SELECT " + n
	}
	return d.What
}

// tellHeld tells the client of a change before it is committed, as PostgreSQL
// does where more follows.
func (c *conn) tellHeld() {
	if c.held != nil {
		c.complete(tagOf(c.held.done))
		c.held = nil
	}
}

// commitWork publishes what the transaction, or the message, has changed, if the
// client may still change it.
func (c *conn) commitWork(ctx context.Context) error {
	work := c.work
	if c.work = nil; work == nil {
		return nil
	}
	c.changed = work.Changed()
	if err := c.identify(ctx); err != nil {
		return errors.Join(err, work.Rollback(ctx))
	}
	return work.Commit(ctx, c.who)
}

// settle commits what a message has changed outside of a transaction.
func (c *conn) settle(ctx context.Context) (err error) {
	if c.transaction != 0 {
		return nil
	}
	defer func() { c.settled(ctx, err) }()
	last := c.held
	c.held = nil
	err = c.commitWork(ctx)
	if last == nil {
		return err
	}
	if workspace.Conflicts(err) && last.again != nil {
		last.done, err = last.again(ctx)
	}
	if err == nil {
		c.complete(tagOf(last.done))
	}
	return err
}

// abandon gives up what was changed.
func (c *conn) abandon() {
	work := c.work
	c.work, c.held = nil, nil
	c.settled(context.Background(), errRolledBack)
	if work == nil {
		return
	}
	if err := work.Rollback(context.Background()); err != nil {
		c.server.Logger.Warn("what a transaction has written could not be removed; tarn clean does", "error", err.Error())
	}
}

// placeholders returns the types of a statement's parameters.
func (c *conn) placeholders(ctx context.Context, st *statement) ([]string, error) {
	scope, err := c.now(ctx)
	if err != nil {
		return nil, err
	}
	asked := c.gated(st.sql, scope, nil)
	if !c.writes(st) {
		return c.server.Gate.Placeholders(ctx, asked)
	}
	work := c.work
	if work == nil {
		work = c.server.Transactions.Begin(scope, c.who) // leaves nothing behind
	}
	return work.Placeholders(ctx, asked)
}

// writes reports whether a statement changes something, and such may.
func (c *conn) writes(st *statement) bool { return c.server.Transactions != nil && st.changes() }
