package gate

import (
	"context"
	"errors"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
)

// parser is the engine's own parser. It is a [sqlast.Parser].
type parser struct{ session engine.Session }

// Parse returns the engine's tree of sql.
func (p *parser) Parse(ctx context.Context, sql string) (string, error) {
	return p.session.Text(ctx, "SELECT json_serialize_sql(?::VARCHAR)::VARCHAR", sql)
}

// reparse is asked with a tree, and gives its SQL, and behind the last line feed
// the tree of that. A parameter that is cast twice, or to JSON, would be
// planned anew each time; hence the concatenation.
const reparse = `SELECT sql || chr(10) || json_serialize_sql(sql)::VARCHAR
	FROM (SELECT json_deserialize_sql((?::VARCHAR || '')::JSON) AS sql)`

// Deparse returns the SQL of a tree, and the tree of that SQL.
func (p *parser) Deparse(ctx context.Context, json string) (sql, again string, err error) {
	both, err := p.session.Text(ctx, reparse, json)
	if err != nil {
		return "", "", err
	}
	end := strings.LastIndexByte(both, '\n')
	if end < 0 {
		return "", "", errors.New("the engine returned no tree")
	}
	return both[:end], both[end+1:], nil
}
