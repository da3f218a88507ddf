package gate

import (
	"context"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// maxNarrowing bounds of how many numbers conditions are made.
const maxNarrowing = 1000

// relation is what is known of a relation of the dialect's; nil is nothing.
func (p *passage) relation(parts []string) *sqlast.Relation {
	name := p.g.tableName(parts)
	if p.st.Dialect == nil || p.inDialect && ident.Fold(name.Namespace) == InformationNamespace {
		return nil
	}
	return p.st.Dialect.Relation(name)
}

// numbers are those that a relation of the dialect has in a column, in the rows
// that meet conditions: so can another one that is joined with it be narrowed.
// It asks with the rights of who asks and for nobody else, and known is false
// where it cannot tell.
func (p *passage) numbers(ctx context.Context, parts []string, column string, conditions []sqlast.Condition) (numbers []uint32, known bool) {
	if p.st.narrowing || p.rights.who.Principal != p.st.Who.Principal {
		return nil, false
	}
	name := p.g.tableName(parts)
	where := []string{ident.Quote(column) + " IS NOT NULL"}
	for _, c := range conditions {
		if text, ok := conditionSQL(c); ok {
			where = append(where, text)
		}
	}
	asked := Statement{SQL: "SELECT DISTINCT " + ident.Quote(column) + "::BIGINT FROM " + ident.Quote(name.Namespace) + "." + ident.Quote(name.Name) +
		" WHERE " + strings.Join(where, " AND "), Who: p.st.Who, Scope: p.st.Scope, Purpose: p.st.Purpose, Dialect: p.st.Dialect, narrowing: true}
	found, err := p.g.Query(ctx, asked)
	if err != nil {
		return nil, false // whoever reads it meets the error
	}
	defer found.Release()
	numbers = []uint32{}
	for found.Next() {
		values, _ := found.RecordBatch().Column(0).(*array.Int64)
		if values == nil || len(numbers)+values.Len() > maxNarrowing {
			return nil, false
		}
		for _, v := range values.Int64Values() {
			numbers = append(numbers, uint32(v))
		}
	}
	return numbers, found.Err() == nil
}

// conditionSQL is a comparison with texts or numbers as SQL.
func conditionSQL(c sqlast.Condition) (sql string, ok bool) {
	if c.Op != "=" && c.Op != "in" {
		return "", false
	}
	list := make([]string, len(c.Values))
	for i, v := range c.Values {
		typ, text, scalar := sqlast.Literal(v)
		number, numeric := sqlast.Number(v)
		switch {
		case scalar && typ == "VARCHAR":
			list[i] = ident.Literal(text)
		case numeric:
			list[i] = strconv.FormatUint(uint64(number), 10)
		default:
			return "", false
		}
	}
	return ident.Quote(c.Column) + " IN (" + strings.Join(list, ", ") + ")", true
}
