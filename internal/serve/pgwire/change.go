package pgwire

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
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
// committed, with what RETURNING returns before it. What changes something outside
// of a transaction is committed at the end of its message, or with others up to
// the client's Sync.
type held struct {
	done workspace.Done
	// portal is the statement's, and most how many rows of it are asked for; 0 is
	// all.
	portal *portal
	most   int
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
	if said := c.settings.values["transaction_read_only"]; (said == nil || !said.local) && only == "off" {
		only, _ = c.settings.get("default_transaction_read_only")
	}
	if only == "on" {
		return fail("25006", "cannot execute %s in a read-only transaction", what)
	}
	return nil
}

// change runs a statement that changes something.
func (p *portal) change(ctx context.Context, most int) error {
	c := p.c
	switch {
	case p.result != nil:
		return p.tell(ctx, p.done, most)
	case p.ended:
		return fail("55000", "portal cannot be run anymore")
	}
	if err := c.mayChange(p.st.head); err != nil {
		return c.notRun(ctx, p.st, err)
	}
	alone := c.transaction == 0 && c.scope == nil
	err := p.during(ctx, func() error {
		if err := c.working(p.ctx); err != nil {
			return err
		}
		st := c.gated(p.st.sql, c.scope, p.values)
		defer func() { p.entry.Decided(st.Decisions.Policies()) }()
		return p.changed(func(spell workspace.Spelling) (workspace.Done, error) { return c.work.Run(p.ctx, st, spell) })
	})
	if err != nil {
		return err
	}
	p.turn.Leave()
	if c.transaction != 0 && p.result != nil {
		return p.tell(ctx, p.done, most)
	}
	if p.entry.Sent(p.done.Rows, 0); c.transaction != 0 {
		c.complete(tagOf(p.done))
		return nil
	}
	c.unsettled, p.entry = append(c.unsettled, p.entry), nil
	c.held = &held{done: p.done, portal: p, most: most}
	if alone {
		st := c.gated(p.st.sql, nil, p.values)
		c.held.again = func(ctx context.Context) (workspace.Done, error) {
			err := p.during(ctx, func() error {
				return p.changed(func(spell workspace.Spelling) (workspace.Done, error) {
					return c.temporary.Alone(p.ctx, st, c.asksNow, spell)
				})
			})
			return p.done, err
		}
	}
	return nil
}

// changed takes what a statement has done, with what it returns.
func (p *portal) changed(run func(workspace.Spelling) (workspace.Done, error)) (err error) {
	p.forget()
	var found []engine.Column
	p.done, err = run(func(inner string, cols []engine.Column) (string, error) {
		found = cols
		return gate.Spelled(inner, cols, asText), nil
	})
	p.ended = true
	if p.result = p.done.Result; p.result == nil || err != nil {
		return err
	}
	p.ended = false
	if err := p.found(found); err != nil {
		return err
	}
	return p.accept(p.formats)
}

// tell tells the client what was done: the next rows that are returned, and after
// the last of them the word.
func (p *portal) tell(ctx context.Context, done workspace.Done, most int) error {
	_, more, err := p.rows(ctx, most, p.formats, true)
	switch {
	case err != nil:
		return err
	case more:
		p.c.send(&pgproto3.PortalSuspended{})
	default:
		p.c.complete(tagOf(done))
	}
	return nil
}

// returned are the columns of what a statement that changes something returns;
// nil is nothing.
func (c *conn) returned(ctx context.Context, st *statement, values []string) ([]column, error) {
	if !slices.ContainsFunc(st.part.Tokens, func(t sqlast.Token) bool { return t.Word == "RETURNING" }) {
		return nil, nil
	}
	work, err := c.looking(ctx)
	if err != nil {
		return nil, err
	}
	found, err := work.Columns(ctx, c.gated(st.sql, nil, values))
	if found == nil || err != nil {
		return nil, err
	}
	return columnsOf(found), nil
}

// looking is the transaction, or one over what there is now, to look at a
// statement that changes something. It pins nothing: a statement by itself goes on
// from what there is when it runs.
func (c *conn) looking(ctx context.Context) (*workspace.Transaction, error) {
	before := c.scope
	if _, err := c.now(ctx); err != nil || c.work != nil {
		return c.work, err
	}
	if c.transaction == 0 {
		c.scope = before
	}
	return c.temporary.Begin(c.pinned, c.who), nil // leaves nothing behind
}

// working begins what the transaction, or the message, changes.
func (c *conn) working(ctx context.Context) error {
	_, err := c.now(ctx)
	if err == nil && c.work == nil {
		c.work = c.temporary.Begin(c.pinned, c.who)
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
func (c *conn) tellHeld(ctx context.Context) error {
	if c.held == nil {
		return nil
	}
	h := c.held
	c.held = nil
	return h.tell(ctx, c)
}

func (h *held) tell(ctx context.Context, c *conn) error {
	if h.portal != nil && h.portal.result != nil {
		return h.portal.tell(ctx, h.done, h.most)
	}
	h.end()
	c.complete(tagOf(h.done))
	return nil
}

// end ends the statement.
func (h *held) end() {
	if h != nil && h.portal != nil {
		h.portal.close()
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
	if err != nil {
		last.end()
		return err
	}
	return last.tell(ctx, c)
}

// abandon gives up what was changed.
func (c *conn) abandon() {
	work := c.work
	c.held.end()
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
	if c.writes(st) {
		work, err := c.looking(ctx)
		if err != nil {
			return nil, err
		}
		return work.Placeholders(ctx, c.gated(st.sql, nil, nil))
	}
	scope, err := c.now(ctx)
	if err != nil {
		return nil, err
	}
	return c.server.Gate.Placeholders(ctx, c.gated(st.sql, scope, nil))
}

// writes reports whether a statement changes something, and such may.
func (c *conn) writes(st *statement) bool { return c.server.Transactions != nil && st.changes() }
