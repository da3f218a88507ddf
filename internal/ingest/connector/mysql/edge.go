package mysql

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

// goOn reads the state of the last load, and refuses cursors that have no
// order.
func (r *reading) goOn() (err error) {
	if r.req.Cursor == "" {
		return nil
	}
	c := r.cursor()
	switch c.natural.Kind {
	case connector.Int, connector.Long, connector.Date, connector.Timestamp, connector.TimestampTZ, connector.String, connector.Decimal, connector.UUID:
	default:
		return diag.New("bad-cursor", diag.Place{}, "the cursor %q is %s: take a time, a whole number or a text, which can be compared exactly", c.name, c.word)
	}
	if _, err := r.lagged("0", c); err != nil {
		return diag.New("bad-option", r.req.Options["cursor_lag"].Place, "option \"cursor_lag\": %v", err)
	}
	r.before, err = database.ParseState(r.req.State, r.relation.name, r.req.Cursor, r.req.PrimaryKey)
	return err
}

func (r *reading) cursor() *column { return &r.columns[r.column(r.req.Cursor)] }

// isNumber reports whether values are compared as numbers.
func (c *column) isNumber() bool {
	return c.isInteger() || c.word == "decimal" || c.word == "year" || c.word == "bit"
}

// value is a cursor value in a statement.
func (c *column) value(text string) string {
	if c.isNumber() {
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return text // as a text it would be compared as a double
		}
	}
	return literal(text)
}

// lagged returns the expression of a cursor value less the lag.
func (r *reading) lagged(value string, c *column) (string, error) {
	lag := r.settings.Lag
	switch {
	case lag == "":
		return value, nil
	case c.isNumber():
		n, err := strconv.ParseUint(lag, 10, 63)
		if err != nil {
			return "", fmt.Errorf("%q is not a whole number", lag)
		}
		return fmt.Sprintf("CAST(%s AS DECIMAL(65,10)) - %d", value, n), nil
	case c.word == "date" || c.word == "datetime" || c.word == "timestamp":
		d, err := time.ParseDuration(lag)
		if err != nil || d < 0 {
			return "", fmt.Errorf("%q is not a time such as 10m or 24h", lag)
		}
		return fmt.Sprintf("CAST(%s AS DATETIME(6)) - INTERVAL %d MICROSECOND", value, d.Microseconds()), nil
	default:
		return "", fmt.Errorf("it is for cursors that are times or numbers, and %q is neither", c.name)
	}
}

// newParts are the rows behind the last cursor value, and those at the edge;
// none of either where there is nothing new.
func (r *reading) newParts(ctx context.Context) error {
	quoted := quote(r.cursor().name)
	behind := part{name: r.relation.name, where: quoted + " IS NOT NULL", rows: -1}
	if r.before.Any {
		behind.where = quoted + " > " + r.cursor().value(r.before.Value)
	}
	rows, err := query(ctx, r.server.main, "SELECT 1 FROM "+r.relation.from+" WHERE "+behind.where+" LIMIT 1")
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
	r.parts = append(r.parts, part{name: r.relation.name + " edge", where: r.edge(r.before), rows: -1, edge: true})
	return nil
}

// edge is the condition for rows at the edge of a state.
func (r *reading) edge(s *database.State) string {
	quoted := quote(r.cursor().name)
	silent := quoted + " IS NULL"
	if !s.Any {
		return silent
	}
	value := r.cursor().value(s.Value)
	low, err := r.lagged(value, r.cursor())
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
	return r.digestOf(r.before.Columns)
}

func (r *reading) digestOf(names []string) string {
	parts := make([]string, len(names))
	for i, name := range names {
		expression, _ := r.columns[r.column(name)].text(connector.Type{})
		parts[i] = "COALESCE(MD5(" + expression + "), '-')"
	}
	return "MD5(CONCAT(" + strings.Join(parts, ", ") + "))"
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
	c := r.cursor()
	s := &database.State{Of: r.relation.name, Cursor: c.name, Columns: r.names()}
	quoted := quote(c.name)
	expression, _ := c.text(connector.Type{})
	rows, err := query(ctx, r.server.main, fmt.Sprintf("SELECT %s FROM %s WHERE %s IS NOT NULL ORDER BY %s DESC LIMIT 1", expression, r.relation.from, quoted, quoted))
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
	rows, err := query(ctx, r.server.main, fmt.Sprintf("SELECT %s, COUNT(*) FROM %s WHERE %s GROUP BY 1 LIMIT %d", r.digestOf(s.Columns), r.relation.from, where, database.MostEdge+1))
	if err != nil {
		return err
	}
	return s.RememberRows(rows)
}
