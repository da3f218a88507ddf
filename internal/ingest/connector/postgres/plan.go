package postgres

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// plan decides the columns: those of the table, widened where the source's are
// wider, then new ones.
func (r *reading) plan(ctx context.Context) error {
	layout := connector.NewLayout(r.req.Request, r)
	var open []int
	for i, c := range r.columns {
		natural := c.shape.natural()
		at := layout.Index(c.name)
		if at < 0 {
			origin := connector.Declared
			if c.shape.kind == numeric && natural.Kind == connector.String {
				open = append(open, i)
				origin = connector.Inferred
			}
			layout.Columns = append(layout.Columns, connector.Column{Name: c.name, Type: natural, Origin: origin})
			continue
		}
		if layout.Evolve {
			layout.Columns[at].Type = database.Evolve(layout.Columns[at].Type, natural)
		}
	}
	var problems diag.Problems
	layout.Declare(r.req.Request, &problems)
	if err := problems.Err(); err != nil {
		return err
	}
	for _, i := range open {
		if c := &layout.Columns[layout.Index(r.columns[i].name)]; c.Origin == connector.Inferred {
			t, err := r.lookAtNumeric(ctx, r.columns[i].name)
			if err != nil {
				return err
			}
			c.Type = t
		}
	}
	r.layout = layout
	return nil
}

// sampled is how many rows are looked at to find a type for numerics that have
// no precision.
const sampled = 10_000

// lookAtNumeric chooses a type for a column of numerics without a precision.
func (r *reading) lookAtNumeric(ctx context.Context, name string) (connector.Type, error) {
	rows, err := r.server.query(ctx, fmt.Sprintf(
		`SELECT max(scale(v)), max(length(trunc(abs(v))::text)) FROM (SELECT %s AS v FROM %s LIMIT %d) s WHERE v::text NOT IN ('NaN', 'Infinity', '-Infinity')`,
		ident.Quote(name), r.relation.from, sampled))
	if err != nil {
		return connector.Type{}, err
	}
	if rows[0][0] == "" { // no values
		return connector.Type{Kind: connector.Decimal, Precision: connector.MaxPrecision}, nil
	}
	var scale, whole int
	if _, err := fmt.Sscan(rows[0][0]+" "+rows[0][1], &scale, &whole); err != nil {
		return connector.Type{}, fmt.Errorf("look at the numbers of %s: %w", name, err)
	}
	if whole+scale > connector.MaxPrecision {
		return connector.Type{Kind: connector.String}, nil
	}
	return connector.Type{Kind: connector.Decimal, Precision: connector.MaxPrecision, Scale: scale}, nil
}

// bindField decides how a column of the source becomes one of the layout, and
// what is selected.
func (r *reading) bindField(c column, layout *connector.Layout) (expression string, f database.Field) {
	at := layout.Index(c.name)
	target := layout.Columns[at]
	s, quoted := c.shape, ident.Quote(c.name)
	expression = quoted
	if s.kind == array && s.elem.hasForeign() && target.Type.Kind == connector.List {
		s = &shape{kind: array, elem: &shape{kind: text}}
		expression += "::text[]"
	}
	set := bind(s, target.Type)
	if set == nil || target.Type.Kind == connector.String && s.kind != text && s.kind != jsonb {
		expression = quoted + "::text"
		s = &shape{kind: text}
		set = textvalue.NewSetter(target.Type, textvalue.Formats{}, target.Origin == connector.Declared)
	}
	if r.server.loose && s.kind == text {
		set = validText(set)
	}
	f = database.Field{Name: c.name, Column: at, Set: set, Text: s.text, JSON: s.appendJSON}
	f.Reason = func(data []byte) string {
		if many := dimensions(data); s.kind == array && many != "" {
			return many + " does not fit " + target.Type.String() + "; to keep such values declare the column as string"
		}
		return textvalue.Reason(target, s.text(data))
	}
	if s.kind == numeric && target.Origin == connector.Inferred {
		f.Wider = func(data []byte) (connector.Type, bool) {
			n, ok := parseNumber(data)
			if !ok {
				return connector.Type{}, false
			}
			return n.needs()
		}
	}
	return expression, f
}

// fields binds columns of the source to a layout.
func (r *reading) fields(columns []column, layout *connector.Layout) (list string, fields []database.Field) {
	var expressions []string
	for _, c := range columns {
		expression, f := r.bindField(c, layout)
		expressions = append(expressions, expression)
		fields = append(fields, f)
	}
	return strings.Join(expressions, ", "), fields
}

// column returns the position of a column, or -1.
func (r *reading) column(name string) int { return database.ColumnIndex(name, r.names()) }

func (r *reading) names() []string {
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.name
	}
	return names
}

// keyColumns are those of the primary key.
func (r *reading) keyColumns() []column {
	var keys []column
	for _, name := range r.req.PrimaryKey {
		keys = append(keys, r.columns[r.column(name)])
	}
	return keys
}

// validText refuses texts that are no UTF-8, which a server without an encoding
// may have.
func validText(set setter) setter {
	return func(v *connector.Vector, row int, data []byte) bool { return utf8.Valid(data) && set(v, row, data) }
}
