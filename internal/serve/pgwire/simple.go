package pgwire

import (
	"context"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/sqlast"
)

// query runs the statements of a text, one after the other, up to the first
// that fails. They see one state of the tables.
func (c *conn) query(ctx context.Context, text string) error {
	parts := sqlast.Split(text)
	if len(parts) == 0 {
		c.send(&pgproto3.EmptyQueryResponse{})
	}
	good := true
	for _, part := range parts {
		sql := text[part.Start:part.End]
		st := &statement{sql: sql, part: shifted(part), before: utf8.RuneCountInString(text[:part.Start])}
		err := c.tellHeld(ctx)
		if err == nil {
			err = c.one(ctx, st)
		}
		if err != nil {
			c.failed(toldOf(ctx, err, st))
			good = false
			break
		}
	}
	if good {
		if err := c.settle(ctx); err != nil {
			c.failed(err)
		}
	}
	c.endImplicit()
	return c.ready()
}

// one runs a statement without parameters, and sends all of its rows as text.
func (c *conn) one(ctx context.Context, st *statement) error {
	p, err := c.bind(ctx, st, nil, nil)
	if err != nil {
		return err
	}
	defer func() {
		if c.held == nil || c.held.portal != p { // else it is told of later
			p.close()
		}
	}()
	if err := p.describe(ctx); err != nil {
		return err
	}
	if p.columns != nil {
		c.send(p.rowDescription())
	}
	return p.execute(ctx, 0)
}

// shifted is a part by itself.
func shifted(part sqlast.Part) sqlast.Part {
	tokens := make([]sqlast.Token, len(part.Tokens))
	for i, t := range part.Tokens {
		t.Start, t.End = t.Start-part.Start, t.End-part.Start
		tokens[i] = t
	}
	return sqlast.Part{Span: sqlast.Span{End: part.End - part.Start}, Tokens: tokens}
}

// endImplicit ends what one message is by itself, outside of a transaction.
func (c *conn) endImplicit() {
	if c.transaction != 0 {
		return
	}
	for name, p := range c.portals {
		if !p.holds {
			p.close()
			delete(c.portals, name)
		}
	}
	c.scope = nil
	c.settings.commit()
}
