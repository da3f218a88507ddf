package pgwire

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/audit"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// column is a column of a result.
type column struct {
	name string
	kind kind
}

// portal is a statement with its parameters, on its way: it runs as far as the
// client asks.
type portal struct {
	c       *conn
	st      *statement
	values  []string
	formats []int16
	command *command // nil for what passes the gate

	columns []column
	result  *gate.Result
	batch   *batch
	ended   bool
	// done is what a statement that changes something has done.
	done  workspace.Done
	entry *audit.Entry
	turn  *admission.Turn // nil until it is asked for
	// spent is how long it has run for what the client asked so far.
	spent time.Duration
	// holds: it outlives the transaction. later: what is asked of it comes after
	// the statement that began it.
	holds, later bool
	ctx          context.Context //nolint:containedctx // the result lives as long
	cancel       context.CancelCauseFunc
}

// bind makes a portal of a statement.
func (c *conn) bind(ctx context.Context, st *statement, values []string, formats []int16) (*portal, error) {
	if inner, given, err := c.executed(ctx, st); inner != nil || err != nil {
		switch {
		case c.transaction == 'E':
			return nil, c.aborted(st)
		case err != nil:
			return nil, c.notRun(ctx, st, err)
		}
		return c.bind(ctx, inner, given, formats)
	}
	command, err := c.commandOf(st)
	if err != nil {
		return nil, c.notRun(ctx, st, err)
	}
	if c.transaction == 'E' && (command == nil || !command.ends) {
		return nil, c.aborted(st)
	}
	if c.server.Transactions == nil && st.changes() {
		return nil, c.notRun(ctx, st, fail("25006", "cannot execute %s here: this server only reads", st.head))
	}
	return &portal{c: c, st: st, values: values, formats: formats, command: command}, nil
}

// close ends what the portal runs.
func (p *portal) close() {
	p.ended = true
	p.entry.Finish(audit.Outcome{State: audit.Finished}) // unless it ended before
	if p.cancel != nil {
		p.cancel(context.Canceled)
	}
	p.forget()
	if p.turn != nil {
		p.turn.Leave()
	}
}

// forget gives the rows up that there are.
func (p *portal) forget() {
	if p.result != nil {
		p.result.Release()
		p.result, p.batch = nil, nil
	}
}

// during does something for the portal, when there is room for it, that the
// client may cancel, which ends when the client goes or it takes too long.
func (p *portal) during(ctx context.Context, do func() error) error {
	c := p.c
	if p.cancel == nil {
		p.ctx, p.cancel = context.WithCancelCause(ctx)
	}
	c.mu.Lock()
	c.stop = p.cancel
	c.mu.Unlock()
	c.doing(p.st.sql, true)
	stopWatch := c.in.watch(func() { p.cancel(errGone) })
	leave := c.guard(p.ctx, p.cancel)
	defer func() {
		leave()
		stopWatch()
		c.mu.Lock()
		c.stop = nil
		c.mu.Unlock()
		c.doing("", false)
	}()
	text, _ := c.settings.get("statement_timeout")
	if within, _ := length(text); within > 0 {
		timer := time.AfterFunc(within, func() { p.cancel(errTimeout) })
		defer timer.Stop()
	}
	err := p.admit()
	if err == nil {
		defer p.within()()
		if err = context.Cause(p.ctx); err == nil {
			err = do()
		}
	}
	if err == nil {
		p.turn.Rest() // until the client asks for more
		return nil
	}
	response := toldOf(p.ctx, err, p.st)
	p.entry.Finish(outcome(err, response))
	p.close()
	return response
}

// describe finds out the columns; nil is a portal that returns no rows.
func (p *portal) describe(ctx context.Context) error {
	if p.command != nil {
		columns, err := p.command.shows(ctx)
		p.columns = columns
		return err
	}
	switch {
	case p.result != nil, p.ended, p.st.isEmpty():
		return nil
	case p.c.writes(p.st):
		columns, err := p.c.returned(ctx, p.st, p.values)
		if err != nil {
			return p.c.notRun(ctx, p.st, err)
		}
		p.columns = columns
		return nil
	}
	return p.during(ctx, p.start)
}

func (st *statement) isEmpty() bool { return len(st.part.Tokens) == 0 }

// start lets the statement pass the gate.
func (p *portal) start() error {
	c := p.c
	scope, err := c.now(p.ctx)
	if err != nil {
		return err
	}
	var found []engine.Column
	sql, values, err := p.acted(scope)
	if err != nil {
		return err
	}
	st := c.gated(sql, scope, values)
	defer func() { p.entry.Decided(st.Decisions.Policies()) }()
	p.result, err = c.server.Gate.Select(p.ctx, st, func(inner string, cols []engine.Column) (string, error) {
		found = cols
		return gate.Spelled(inner, cols, asText), nil
	})
	if err != nil {
		return err
	}
	p.entry.Planned(p.result.Tables)
	return p.found(found)
}

// acted does what functions of the statement do to sessions, and returns the
// statement that is left, with its parameters.
func (p *portal) acted(scope gate.Scope) (sql string, values []string, err error) {
	if s, signals := signalOf(p.st); signals {
		sql, err = p.signalled(s, scope)
		return sql, nil, err
	}
	if c, sets := configsOf(p.st); sets {
		sql, err = p.configured(c, scope)
		return sql, nil, err
	}
	return p.st.sql, p.values, nil
}

// found takes the columns that the result has.
func (p *portal) found(columns []engine.Column) error {
	if p.columns = columnsOf(columns); !p.st.told {
		return nil
	}
	if !sameTypes(p.columns, p.st.columns) {
		return fail("0A000", "cached plan must not change result type").hinted("prepare the statement again: its tables have changed")
	}
	p.columns = p.st.columns
	return nil
}

// gated is a statement of the client's for the gate.
func (c *conn) gated(sql string, scope gate.Scope, values []string) gate.Statement {
	return gate.Statement{SQL: plainWords(sql), Dialect: c.catalog(), Who: c.who, Scope: scope, Purpose: "query", Parameters: values, Path: c.settings.path(),
		Decisions: &gate.Decisions{}}
}

// catalog is PostgreSQL's catalog as the session has it.
func (c *conn) catalog() pgcatalog.Catalog {
	return pgcatalog.Catalog{Database: c.database, User: c.user, PID: c.id, Writes: c.writer && c.server.Transactions != nil,
		Settings: c.settings.all, Schemas: c.settings.schemas, Sessions: c.sessions}
}

// now is what names mean, for as long as the transaction lasts. Whether the
// client may still ask is looked at each time.
func (c *conn) now(ctx context.Context) (gate.Scope, error) {
	if err := c.identify(ctx); err != nil {
		return nil, err
	}
	if c.scope == nil {
		scope, err := c.server.Scope(ctx)
		if err != nil {
			return nil, err
		}
		c.pinned, c.scope = scope, c.temporary.Over(scope)
	}
	return c.scope, nil
}

func columnsOf(found []engine.Column) []column {
	columns := make([]column, len(found))
	for i, f := range found {
		columns[i] = column{f.Name, kindOf(f.Type)}
	}
	return columns
}

// sameTypes compares columns by their types: the names of expressions hold the
// values of parameters.
func sameTypes(a, b []column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].kind.oid != b[i].kind.oid {
			return false
		}
	}
	return true
}

// execute sends up to so many rows; 0 is all of them.
func (p *portal) execute(ctx context.Context, most int) error {
	c := p.c
	switch {
	case p.st.isEmpty():
		c.send(&pgproto3.EmptyQueryResponse{})
		return nil
	case c.transaction == 'E' && (p.command == nil || !p.command.ends):
		return c.aborted(p.st)
	case p.command != nil:
		tag, err := p.do(ctx)
		if err == nil && tag != "" { // otherwise it is told later
			c.complete(tag)
		}
		return err
	}
	if c.writes(p.st) {
		return p.change(ctx, most)
	}
	if err := p.describe(ctx); err != nil {
		return err
	}
	sent, more, err := p.rows(ctx, most, p.formats, true)
	switch {
	case err != nil:
		return err
	case more:
		c.send(&pgproto3.PortalSuspended{})
	default:
		c.complete("SELECT " + strconv.Itoa(sent))
	}
	return nil
}

func (c *conn) complete(tag string) { c.send(&pgproto3.CommandComplete{CommandTag: []byte(tag)}) }
