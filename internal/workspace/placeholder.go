package workspace

import (
	"context"
	"slices"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// Placeholders returns the engine's types of what a statement has of $1, $2 and
// so on; see [gate.Gate.Placeholders]. A value for a column has the column's
// type. Nothing is changed.
func (x *Transaction) Placeholders(ctx context.Context, st gate.Statement) ([]string, error) {
	e, done, err := x.look(ctx, st)
	if err != nil {
		return nil, err
	}
	defer done()
	texts, err := e.asking(ctx)
	if err != nil {
		return nil, err
	}
	switch list, err := e.described(ctx); {
	case err != nil:
		return nil, err
	case list != nil:
		texts = append(texts, asked{text: list})
	}
	var types []string
	for _, t := range texts {
		of := e.st.Of(t.text)
		of.Target = t.target
		found, err := x.all.Gate.Placeholders(ctx, of)
		if err != nil {
			return nil, err
		}
		types = append(types, make([]string, max(0, len(found)-len(types)))...)
		for i, typ := range found {
			if types[i] == "" {
				types[i] = typ
			}
		}
		for _, v := range t.values {
			for _, n := range sqlast.Placeholders(st.SQL, v.Span) {
				if n <= len(types) && types[n-1] == "" {
					types[n-1] = v.typ
				}
			}
		}
	}
	return types, nil
}

// look lets a text that is one statement be looked at, and no other run until
// done is called.
func (x *Transaction) look(ctx context.Context, st gate.Statement) (e *execution, done func(), err error) {
	s, err := one(ctx, x.all.Gate, st)
	if err != nil {
		return nil, nil, err
	}
	x.work.execute.Lock()
	st.Scope = x.work.Scope()
	return &execution{Workspace: x.work, st: st, s: s}, x.work.execute.Unlock, nil
}

// asked is a query that has placeholders of a statement.
type asked struct {
	text   *sqlast.Text
	target *gate.Target
	// values are for columns: where nothing else says what a placeholder in them
	// is, that of price + $1 is what the column is.
	values []typedValue
}

type typedValue struct {
	sqlast.Span
	typ string
}

// asking returns queries in which the placeholders of the statement are what
// they are in it.
func (x *execution) asking(ctx context.Context) ([]asked, error) {
	switch h := x.s.Head.(type) {
	case *sqlast.Insert:
		return x.askInsert(ctx, h)
	case *sqlast.Update:
		r, err := x.target(ctx, policy.Update, h.Table.Name)
		if err != nil {
			return nil, err
		}
		f, err := x.updating(r, h)
		if err != nil {
			return nil, err
		}
		asks := x.asks(f)
		for _, a := range h.Set {
			if at, err := x.column(r, a.Column); err == nil {
				asks.values = append(asks.values, typedValue{a.Value, columnType(r, at)})
			}
		}
		return []asked{asks}, nil
	case *sqlast.Delete:
		r, err := x.target(ctx, policy.Delete, h.From.Name)
		if err != nil {
			return nil, err
		}
		return []asked{x.asks(x.deleting(r, h))}, nil
	case *sqlast.Merge:
		return x.askMerge(ctx, h)
	case *sqlast.CreateTable:
		if !h.Query.IsZero() {
			return []asked{{text: h.Reads(x.text())}}, nil
		}
	}
	return nil, nil
}

func (x *execution) asks(f finding) asked {
	a := asked{text: f.text}
	if f.target >= 0 {
		a.target = &gate.Target{Offset: f.target, Do: f.do, Path: x.path(), Row: x.row()}
	}
	return a
}

// askInsert asks for the values of a row as what its columns are.
func (x *execution) askInsert(ctx context.Context, in *sqlast.Insert) ([]asked, error) {
	r, err := x.target(ctx, policy.Insert, in.Into.Name)
	if err != nil || in.Query.IsZero() {
		return nil, err
	}
	named, err := x.columns(r, in.Columns)
	if err != nil {
		return nil, err
	}
	values := sqlast.ValueRows(x.st.SQL, in.Query)
	if values == nil || !x.s.With.IsZero() || slices.ContainsFunc(values, func(row []sqlast.Span) bool { return len(row) != len(named) }) {
		return []asked{{text: x.incoming(in)}}, nil
	}
	text, typed := x.text().Add("SELECT "), []typedValue(nil)
	for i, row := range values {
		for j, value := range row {
			if i+j > 0 {
				text.Add(", ")
			}
			typed = append(typed, typedValue{value, columnType(r, named[j])})
			text.Add("CAST(").Part(value).Add("\n AS ", columnType(r, named[j]), ")")
		}
	}
	return []asked{{text: text, values: typed}}, nil
}

func (x *execution) askMerge(ctx context.Context, m *sqlast.Merge) ([]asked, error) {
	r, err := x.target(ctx, policy.Update, m.Into.Name)
	if err != nil {
		return nil, err
	}
	findings, err := (&merging{execution: x, m: m, r: r}).findings(ctx)
	var out []asked
	for _, f := range findings {
		out = append(out, x.asks(f))
	}
	return out, err
}
