package pgwire

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/sqlast"
)

// maxOpen bounds how many statements, and how many portals, a client may have
// at once.
const maxOpen = 10000

// statement is what a client has prepared.
type statement struct {
	sql  string
	part sqlast.Part
	head string // see [sqlast.Head]; found when it is asked for first
	// before is how many characters stand before it in the client's message.
	before int
	// given are the types that the client says that its parameters have; 0 is
	// none.
	given []uint32
	// parameters are the types that they have; found after asking the gate.
	parameters []kind
	asked      bool
	// columns are those of the result that the client was told of.
	columns []column
	told    bool
}

// newStatement is a statement of the text alone, which is not looked into where it
// is not one.
func newStatement(sql string) *statement {
	st := &statement{sql: sql}
	if parts := sqlast.Split(sql); len(parts) == 1 {
		st.part = parts[0]
	}
	return st
}

// extended does what one message of the extended protocol says.
func (c *conn) extended(ctx context.Context, m pgproto3.FrontendMessage) error {
	switch m := m.(type) {
	case *pgproto3.Parse:
		return c.parse(m)
	case *pgproto3.Bind:
		return c.bindMessage(ctx, m)
	case *pgproto3.Describe:
		return c.describe(ctx, m)
	case *pgproto3.Execute:
		return c.execute(ctx, m)
	case *pgproto3.Close:
		c.close(m)
		return nil
	}
	return fail("08P01", "a message of type %T is not expected here", m)
}

// sync ends a series of messages.
func (c *conn) sync(ctx context.Context) error {
	c.skipping = false
	if err := c.settle(ctx); err != nil {
		c.failed(err)
	}
	c.endImplicit()
	return c.ready()
}

func (c *conn) parse(m *pgproto3.Parse) error {
	parts := sqlast.Split(m.Query)
	st := &statement{sql: m.Query, given: append([]uint32(nil), m.ParameterOIDs...)}
	switch {
	case len(parts) > 1:
		return fail("42601", "cannot insert multiple commands into a prepared statement")
	case len(parts) == 1:
		st.part = parts[0]
	}
	if _, taken := c.statements[m.Name]; taken && m.Name != "" {
		return fail("42P05", "prepared statement %q already exists", m.Name)
	}
	if len(c.statements) >= maxOpen {
		return fail("54000", "there are %d prepared statements", len(c.statements))
	}
	c.statements[m.Name] = st
	c.send(&pgproto3.ParseComplete{})
	return nil
}

func (c *conn) statement(name string) (*statement, error) {
	if st, there := c.statements[name]; there {
		return st, nil
	}
	return nil, fail("26000", "prepared statement %q does not exist", name)
}

func (c *conn) portal(name string) (*portal, error) {
	if p, there := c.portals[name]; there {
		return p, nil
	}
	return nil, fail("34000", "portal %q does not exist", name)
}

// bindMessage makes a portal of a statement.
func (c *conn) bindMessage(ctx context.Context, m *pgproto3.Bind) error {
	st, err := c.statement(m.PreparedStatement)
	if err != nil {
		return err
	}
	if _, taken := c.portals[m.DestinationPortal]; taken && m.DestinationPortal != "" {
		return fail("42P03", "cursor %q already exists", m.DestinationPortal)
	}
	if err := c.learn(ctx, st, len(m.Parameters)); err != nil {
		return c.notRun(ctx, st, err)
	}
	values, err := literals(st.parameters, m.Parameters, m.ParameterFormatCodes)
	if err != nil {
		return c.notRun(ctx, st, err)
	}
	p, err := c.bind(ctx, st, values, m.ResultFormatCodes)
	if err != nil {
		return err
	}
	if err := c.open(m.DestinationPortal, p); err != nil {
		return err
	}
	c.send(&pgproto3.BindComplete{})
	return nil
}

// open keeps a portal under a name.
func (c *conn) open(name string, p *portal) error {
	if before, there := c.portals[name]; there {
		before.close()
	}
	if len(c.portals) >= maxOpen {
		return fail("54000", "there are %d portals", len(c.portals))
	}
	c.portals[name] = p
	return nil
}

func (c *conn) describe(ctx context.Context, m *pgproto3.Describe) error {
	if m.ObjectType == 'P' {
		p, err := c.portal(m.Name)
		if err != nil {
			return err
		}
		if err := p.begin(ctx); err != nil {
			return err
		}
		c.sendColumns(p.columns, p.formats)
		return nil
	}
	st, err := c.statement(m.Name)
	if err != nil {
		return err
	}
	if err := c.learn(ctx, st, 0); err != nil {
		return c.notRun(ctx, st, err)
	}
	columns, err := c.columnsOf(ctx, st)
	if err != nil {
		return c.notRun(ctx, st, err)
	}
	st.columns, st.told = columns, true
	oids := make([]uint32, len(st.parameters))
	for i, k := range st.parameters {
		oids[i] = k.oid
	}
	c.send(&pgproto3.ParameterDescription{ParameterOIDs: oids})
	c.sendColumns(columns, nil)
	return nil
}

func (c *conn) sendColumns(columns []column, formats []int16) {
	if columns == nil {
		c.send(&pgproto3.NoData{})
		return
	}
	c.send(rowDescription(columns, formats))
}

func (c *conn) execute(ctx context.Context, m *pgproto3.Execute) error {
	p, err := c.portal(m.Portal)
	if err != nil {
		return err
	}
	return p.execute(ctx, int(min(m.MaxRows, 1<<30)))
}

func (c *conn) close(m *pgproto3.Close) {
	switch p, open := c.portals[m.Name]; {
	case m.ObjectType == 'S':
		delete(c.statements, m.Name)
	case open:
		p.close()
		delete(c.portals, m.Name)
	}
	c.send(&pgproto3.CloseComplete{})
}

// toldOf is an error of a statement, with its place.
func toldOf(ctx context.Context, err error, st *statement) *told {
	var already *told
	if errors.As(err, &already) {
		return already
	}
	r := errorResponse(ctx, err, st.sql)
	if r.Position > 0 {
		r.Position += int32(min(st.before, 1<<30)) //nolint:gosec // bounded
	}
	return &told{r}
}
