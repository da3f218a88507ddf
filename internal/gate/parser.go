package gate

import (
	"context"

	"github.com/tarn-lake/tarn/internal/engine"
)

// parser is the engine's own parser. It is a [sqlast.Parser].
type parser struct{ session engine.Session }

// Parse returns the engine's tree of sql.
func (p *parser) Parse(ctx context.Context, sql string) (string, error) {
	return p.session.Text(ctx, "SELECT json_serialize_sql(?::VARCHAR)::VARCHAR", sql)
}

// Deparse returns the SQL of a tree.
func (p *parser) Deparse(ctx context.Context, json string) (string, error) {
	return p.session.Text(ctx, "SELECT json_deserialize_sql(?::JSON)", json)
}
