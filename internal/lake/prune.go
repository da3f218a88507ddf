package lake

import (
	"math"

	"github.com/apache/iceberg-go"
)

// Predicate is a condition on one column.
type Predicate struct {
	Column string
	// Op is =, <, <=, >, >=, in, isnull or notnull.
	Op string
	// Values are Go values: int64, float64, string, bool, time.Time, []byte;
	// one for comparisons.
	Values []any
}

// prune turns predicates into an expression over partitions and statistics.
// What cannot be judged exactly by them is left out.
func prune(schema Schema, predicates []Predicate) iceberg.BooleanExpression {
	var all iceberg.BooleanExpression = iceberg.AlwaysTrue{}
	bound := toIcebergSchema(schema)
	for _, p := range predicates {
		f, found := schema.Column(p.Column)
		if !found || f.Type.Nested() {
			continue
		}
		expr := p.expression(f)
		if expr == nil {
			continue
		}
		// What does not bind here would fail the whole scan later.
		if _, err := iceberg.BindExpr(bound, expr, true); err == nil {
			all = iceberg.NewAnd(all, expr)
		}
	}
	return all
}

var comparisons = map[string]iceberg.Operation{
	"=": iceberg.OpEQ, "<": iceberg.OpLT, "<=": iceberg.OpLTEQ, ">": iceberg.OpGT, ">=": iceberg.OpGTEQ,
}

func (p Predicate) expression(f Field) iceberg.BooleanExpression {
	ref := iceberg.Reference(f.Name)
	switch p.Op {
	case "isnull":
		return iceberg.IsNull(ref)
	case "notnull":
		return iceberg.NotNull(ref)
	}
	literals, exact := p.literals(f.Type)
	op, comparison := comparisons[p.Op]
	switch {
	case !exact || !ordered(f.Type, p.Op):
		return nil
	case comparison && len(literals) == 1:
		return iceberg.LiteralPredicate(op, ref, literals[0])
	case p.Op == "in" && len(literals) == 1:
		return iceberg.LiteralPredicate(iceberg.OpEQ, ref, literals[0])
	case p.Op == "in" && len(literals) > 1:
		return iceberg.SetPredicate(iceberg.OpIn, ref, literals)
	}
	return nil
}

func (p Predicate) literals(t Type) ([]iceberg.Literal, bool) {
	out := make([]iceberg.Literal, len(p.Values))
	for i, v := range p.Values {
		if f, isFloat := v.(float64); isFloat && math.IsNaN(f) {
			return nil, false
		}
		lit, err := literal(t, v)
		if err != nil {
			return nil, false
		}
		out[i] = lit
	}
	return out, true
}

// ordered reports whether the bounds of files judge an operator as the engine
// does. Bounds leave NaN out, which the engine takes for the greatest number;
// and they order UUIDs otherwise.
func ordered(t Type, op string) bool {
	switch t.Kind {
	case Float, Double:
		return op != ">" && op != ">="
	case UUID, Fixed, Binary:
		return op == "=" || op == "in"
	}
	return true
}
