package gate

import (
	"context"
	"errors"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
)

// What people's tools send, they send again and again. Of each generation so many
// trees stay known, of statements that are not longer than this, nor their trees:
// 16 MB at most, and most trees have a few kB.
const (
	keptTrees    = 128
	keptText     = 4 << 10
	keptTreeSize = 64 << 10
)

// parser is the engine's own parser. It is a [sqlast.Parser].
type parser struct {
	session engine.Session
	trees   *recent[string]
}

// Parse returns the engine's tree of sql.
func (p *parser) Parse(ctx context.Context, sql string) (string, error) {
	if tree, known := p.trees.get(sql); known {
		return tree, nil
	}
	tree, err := p.session.Text(ctx, "SELECT json_serialize_sql(?::VARCHAR)::VARCHAR", sql)
	if err == nil && len(sql) <= keptText && len(tree) <= keptTreeSize {
		p.trees.put(sql, tree)
	}
	return tree, err
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
