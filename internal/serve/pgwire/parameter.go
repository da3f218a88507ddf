package pgwire

import (
	"context"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// learn finds out which parameters a statement has. Where the client does not
// say their types, the gate is asked.
func (c *conn) learn(ctx context.Context, st *statement, sent int) error {
	if st.asked || st.isEmpty() {
		return nil
	}
	about := st
	if command, err := c.commandOf(st); err != nil || command != nil && command.about == nil {
		return err
	} else if command != nil {
		about = command.about
	}
	if about.isEmpty() || about.part.Tokens[0].Word == "EXECUTE" {
		return nil
	}
	if c.transaction == 'E' {
		return errAborted
	}
	known := make([]kind, len(st.given))
	missing := sent > len(st.given) || about.asksFor(len(st.given))
	for i, oid := range st.given {
		k, ok := clientKind(oid)
		switch {
		case ok:
			known[i] = k
		case oid == 0 || oid == pgcatalog.Unknown:
			missing = true
		default:
			return fail("42704", "the type %d of parameter $%d is not known", oid, i+1)
		}
	}
	if missing {
		ask := c.placeholders
		if sent > 0 {
			ask = c.recalled
		}
		found, err := ask(ctx, about)
		if err != nil {
			return err
		}
		known = completed(known, found)
	}
	st.parameters, st.asked = known, true
	return nil
}

// asksFor reports whether there may be a parameter in a statement beyond the first
// n.
func (st *statement) asksFor(n int) bool {
	for _, t := range st.part.Tokens {
		if t.Word == "?" && n == 0 {
			return true
		}
	}
	return slices.ContainsFunc(sqlast.Placeholders(st.sql, st.part.Span), func(number int) bool { return number > n })
}

// completed fills in what the engine found for what the client left open.
func completed(known []kind, found []string) []kind {
	for i, name := range found {
		if i >= len(known) {
			known = append(known, kind{})
		}
		if known[i].oid != 0 {
			continue
		}
		known[i] = textKind
		if name == "" {
			continue
		}
		if k := kindOf(name); k.oid != pgcatalog.JSON {
			known[i] = k
		}
	}
	for i := range known {
		if known[i].oid == 0 {
			known[i] = textKind
		}
	}
	return known
}

// columnsOf returns the columns of a statement's result, without running it.
func (c *conn) columnsOf(ctx context.Context, st *statement) ([]column, error) {
	if inner, _, err := c.executed(ctx, st); inner != nil || err != nil {
		if err != nil {
			return nil, err
		}
		return c.columnsOf(ctx, inner)
	}
	command, err := c.commandOf(st)
	switch {
	case err != nil:
		return nil, err
	case command != nil:
		return command.shows(ctx)
	case st.isEmpty():
		return nil, nil
	}
	values := make([]string, len(st.parameters))
	for i, k := range st.parameters {
		values[i] = null(k)
	}
	if c.writes(st) {
		return c.returned(ctx, st, values)
	}
	scope, err := c.now(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := c.server.Gate.Plan(ctx, c.gated(st.sql, scope, values))
	if err != nil {
		return nil, err
	}
	if whole, err := c.typed(ctx, st, plan.Columns); err != nil || whole != nil {
		return columnsOf(whole), err
	}
	return columnsOf(append([]engine.Column(nil), plan.Columns...)), nil
}

// typed returns the columns of a statement with parameters where what the engine
// found with NULL for each of them may not be those: it takes what has no value
// for an INTEGER, whatever its type. nil is that it was right, or that it must
// see values.
func (c *conn) typed(ctx context.Context, st *statement, found []engine.Column) ([]engine.Column, error) {
	integer := func(column engine.Column) bool { return strings.Contains(column.Type, "INTEGER") }
	if len(st.parameters) == 0 || !slices.ContainsFunc(found, integer) {
		return nil, nil
	}
	types := make([]string, len(st.parameters))
	for i, k := range st.parameters {
		types[i] = k.engine
	}
	columns, err := c.server.Gate.Columns(ctx, c.gated(st.sql, c.scope, nil), types)
	if err != nil || len(columns) != len(found) {
		return nil, ctx.Err()
	}
	return columns, nil
}
