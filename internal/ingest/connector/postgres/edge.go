package postgres

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

// cursorTypes are the types that a cursor can have, with the name by which lags
// are taken off; other types have no lag.
var cursorTypes = map[kind]string{
	int2: "bigint", int4: "bigint", int8: "bigint", oid: "bigint", numeric: "numeric", float4: "float8", float8: "float8",
	date: "timestamp", timestamp: "timestamp", timestamptz: "timestamptz", text: "", uuid: "", foreign: "",
}

// checkCursor refuses cursors that have no order, and lags that mean nothing.
func (r *reading) checkCursor() error {
	c := r.columns[r.column(r.req.Cursor)]
	name, ok := cursorTypes[c.shape.kind]
	if !ok || c.shape.oid == jsonOID {
		return diag.New("bad-cursor", diag.Place{}, "the cursor %q has a type that does not rise: take a time, a number or a text", c.name)
	}
	if _, err := r.lagged("0", c); err != nil {
		return diag.New("bad-option", r.req.Options["cursor_lag"].Place, "option \"cursor_lag\": %v", err)
	}
	if r.settings.Lag != "" && name == "" {
		return diag.New("bad-option", r.req.Options["cursor_lag"].Place, "cursor_lag is for cursors that are times or numbers, and %q is neither", c.name)
	}
	return nil
}

// lagged returns the expression of a cursor value less the lag.
func (r *reading) lagged(value string, c column) (string, error) {
	lag := r.settings.Lag
	if lag == "" {
		return value, nil
	}
	typed := "(" + value + ")::" + cursorTypes[c.shape.kind]
	switch c.shape.kind {
	case date, timestamp, timestamptz:
		d, err := time.ParseDuration(lag)
		if err != nil || d < 0 {
			return "", fmt.Errorf("%q is not a time such as 10m or 24h", lag)
		}
		return fmt.Sprintf("%s - interval '%d microseconds'", typed, d.Microseconds()), nil
	default:
		n, err := strconv.ParseUint(lag, 10, 63)
		if err != nil {
			return "", fmt.Errorf("%q is not a whole number", lag)
		}
		return fmt.Sprintf("%s - %d", typed, n), nil
	}
}

// tells is the condition for values of the cursor by which one can go on: not
// NULL, infinity or NaN.
func (c column) tells() string {
	quoted := ident.Quote(c.name)
	switch c.shape.kind {
	case date, timestamp, timestamptz:
		return "isfinite(" + quoted + ")"
	case numeric, float4, float8:
		return quoted + "::text NOT IN ('NaN', 'Infinity', '-Infinity')"
	default:
		return quoted + " IS NOT NULL"
	}
}

// newParts are the rows behind the last cursor value, and those at the edge;
// none of either where there is nothing new.
func (r *reading) newParts(ctx context.Context) error {
	c := r.columns[r.column(r.req.Cursor)]
	behind := part{name: r.relation.name, from: r.relation.from, where: c.tells(), rows: -1, bytes: -1}
	if r.before.Any {
		behind.where = ident.Quote(c.name) + " > " + literal(r.before.Value) + " AND " + c.tells()
	}
	rows, err := r.server.query(ctx, "SELECT 1 FROM "+behind.from+" WHERE "+behind.where+" LIMIT 1")
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		r.parts = append(r.parts, behind)
	}
	if r.digest() != "" {
		now := &database.State{Columns: r.before.Columns}
		if err := r.remember(ctx, now, r.edge(r.before)); err != nil || !r.before.News(now) {
			return err
		}
	}
	r.parts = append(r.parts, part{name: r.relation.name + " edge", from: r.relation.from, where: r.edge(r.before), rows: -1, bytes: -1, edge: true})
	return nil
}

// edge is the condition for rows at the edge of a state.
func (r *reading) edge(s *database.State) string {
	c := r.columns[r.column(r.req.Cursor)]
	quoted := ident.Quote(c.name)
	silent := "(" + quoted + " IS NULL OR NOT (" + c.tells() + "))"
	if !s.Any {
		return silent
	}
	value := literal(s.Value)
	low, err := r.lagged(value, c)
	if err != nil || low == value { // the lag was checked
		return quoted + " = " + value + " OR " + silent
	}
	return quoted + " <= " + value + " AND " + quoted + " >= " + low + " OR " + silent
}

// digest is the expression by which the last load's rows are known again, ""
// where they cannot be.
func (r *reading) digest() string {
	if !r.before.Tells(r.names()) {
		return ""
	}
	return digestOf(r.before.Columns)
}

func digestOf(columns []string) string {
	return "md5(ROW(" + ident.QuoteAll(columns) + ")::text)"
}

// State returns what the next load goes on from.
func (r *reading) State() ([]byte, error) {
	if r.req.Cursor == "" {
		return nil, nil
	}
	ctx := context.Background() // the contract of State has none; its statements are bounded by statement_timeout
	s, err := r.state(ctx)
	if err != nil {
		return nil, r.server.explain(err)
	}
	return s.Marshal()
}

func (r *reading) state(ctx context.Context) (*database.State, error) {
	c := r.columns[r.column(r.req.Cursor)]
	s := &database.State{Of: r.relation.name, Cursor: c.name, Columns: r.names()}
	quoted := ident.Quote(c.name)
	rows, err := r.server.query(ctx, fmt.Sprintf("SELECT %s::text FROM %s WHERE %s ORDER BY %s DESC LIMIT 1", quoted, r.relation.from, c.tells(), quoted))
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		s.Value, s.Any = rows[0][0], true
	}
	return s, r.remember(ctx, s, r.edge(s))
}

// remember adds the rows for which a condition holds to a state.
func (r *reading) remember(ctx context.Context, s *database.State, where string) error {
	rows, err := r.server.query(ctx, fmt.Sprintf("SELECT %s, count(*) FROM %s WHERE %s GROUP BY 1 LIMIT %d", digestOf(s.Columns), r.relation.from, where, database.MostEdge+1))
	if err != nil {
		return err
	}
	return s.RememberRows(rows)
}
