package gate

import (
	"context"
	"errors"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
)

// parser is the engine's own parser. It is a [sqlast.Parser].
type parser struct{ session engine.Session }

// Parse returns the engine's tree of sql.
func (p *parser) Parse(ctx context.Context, sql string) (string, error) {
	return p.ask(ctx, "SELECT json_serialize_sql("+ident.Literal(sql)+"::VARCHAR)::VARCHAR")
}

// Deparse returns the SQL of a tree.
func (p *parser) Deparse(ctx context.Context, json string) (string, error) {
	return p.ask(ctx, "SELECT json_deserialize_sql("+ident.Literal(json)+"::JSON)")
}

// ask returns the one text that a query returns.
func (p *parser) ask(ctx context.Context, query string) (string, error) {
	r, err := p.session.Query(ctx, query)
	if err != nil {
		return "", err
	}
	defer r.Release()
	if !r.Next() {
		return "", errors.Join(errors.New("the parser returned nothing"), r.Err())
	}
	column, ok := r.RecordBatch().Column(0).(*array.String)
	if !ok || column.Len() != 1 {
		return "", errors.New("the parser returned something else than text")
	}
	return strings.Clone(column.Value(0)), nil
}
