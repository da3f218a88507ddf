package workspace

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/write"
)

// insert appends the rows of a query.
func (x *execution) insert(ctx context.Context, in *sqlast.Insert) (int64, error) {
	r, err := x.target(ctx, policy.Insert, in.Into.Name)
	if err != nil {
		return 0, err
	}
	named, err := x.columns(r, in.Columns)
	if err != nil {
		return 0, err
	}
	if err := x.confirm(ctx, r); err != nil {
		return 0, err
	}
	rows := func(inner string, cols []engine.Column) (string, error) {
		from, err := x.sources(r, named, in, cols)
		if err != nil {
			return "", err
		}
		list, err := x.fields(r, from, "")
		return "SELECT " + list + " FROM (" + inner + ") AS r(" + numbered(len(cols)) + ")", err
	}
	if !in.Returning.IsZero() {
		return x.insertReturning(ctx, r, in, rows)
	}
	return x.appendRows(ctx, r, x.st.Of(x.incoming(in)), rows)
}

// appendRows appends the rows of a statement.
func (x *execution) appendRows(ctx context.Context, r *relation, st gate.Statement, rows func(string, []engine.Column) (string, error)) (int64, error) {
	counted := &counting{}
	err := x.build(ctx, r, func(stage *lake.Stage) (*lake.Candidate, error) {
		result, err := x.o.Gate.Select(ctx, st, rows)
		if err != nil {
			return nil, err
		}
		defer result.Release()
		counted.RecordReader = result
		return x.o.Writer.Write(ctx, write.Request{Stage: stage, Base: r.base, Onto: r.candidate(), Op: lake.Append, Rows: counted,
			Schema: r.table.Schema(), Partition: r.table.Partition(), Summary: x.o.Summary})
	})
	return counted.rows, err
}

// incoming is the query whose rows come in.
func (x *execution) incoming(in *sqlast.Insert) *sqlast.Text {
	switch {
	case in.Query.IsZero():
		return x.text().Add("SELECT NULL")
	case x.s.With.IsZero():
		return x.text().Part(in.Query)
	default:
		return x.text().Part(x.s.With).Add(" SELECT * FROM (").Part(in.Query).Add("\n)")
	}
}

// columns are the positions in the table of the columns that are named; none
// are all of them.
func (x *execution) columns(r *relation, names []sqlast.Name) ([]int, error) {
	fields := r.table.Schema().Fields
	var out []int
	if len(names) == 0 {
		for i := range fields {
			out = append(out, i)
		}
		return out, nil
	}
	seen := map[int]bool{}
	for _, n := range names {
		at, err := x.column(r, n)
		if err != nil {
			return nil, err
		}
		if seen[at] {
			return nil, x.problem("sql", n.Start, "the column %s is named twice", n.Last())
		}
		seen[at] = true
		out = append(out, at)
	}
	return out, nil
}

// column finds a column of the table.
func (x *execution) column(r *relation, n sqlast.Name) (int, error) {
	fields := r.table.Schema().Fields
	for i, f := range fields {
		if ident.Fold(f.Name) == ident.Fold(n.Last()) {
			return i, nil
		}
	}
	problem := x.problem("unknown-column", n.Start, "%s has no column %s", r.name, n.Last())
	if near := ident.Near(n.Last(), r.table.Schema().Names()); len(near) > 0 {
		return 0, problem.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return 0, problem
}

// sources says for each column of the table which of the query's becomes it;
// "" is none.
func (x *execution) sources(r *relation, named []int, in *sqlast.Insert, cols []engine.Column) ([]string, error) {
	from := make([]string, len(r.table.Schema().Fields))
	switch {
	case in.Query.IsZero():
		return from, nil
	case in.ByName:
		for i, c := range cols {
			at, err := x.column(r, sqlast.Name{Span: in.Query, Parts: []string{c.Name}})
			if err != nil {
				return nil, err
			}
			from[at] = number(i)
		}
		return from, nil
	case len(named) != len(cols):
		return nil, x.problem("sql", in.Query.Start, "%d values are given for the %d columns of %s", len(cols), len(named), r.name)
	}
	for i, at := range named {
		from[at] = number(i)
	}
	return from, nil
}

func number(i int) string { return fmt.Sprint("c", i) }

// numbered are the names of n columns.
func numbered(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = number(i)
	}
	return strings.Join(names, ", ")
}

// fields selects the columns of the table out of expressions, NULL for "". A
// column that takes no NULL fails on one where the condition holds; "" is
// always.
func (x *execution) fields(r *relation, from []string, condition string) (string, error) {
	return x.list(r.name, r.table.Schema().Fields, from, condition)
}

func (x *execution) list(name ident.Table, fields []lake.Field, from []string, condition string) (string, error) {
	if condition != "" {
		condition = " AND " + condition
	}
	list := make([]string, len(from))
	for i, f := range fields {
		typ, err := scan.DuckType(f.Type)
		if err != nil {
			return "", x.problem("unsupported-type", x.s.Start, "column %s: %v", f.Name, err)
		}
		value := from[i]
		if value == "" {
			value = "NULL"
		}
		value = "CAST(" + value + " AS " + typ + ")"
		if f.Required {
			value = "CASE WHEN " + value + " IS NULL" + condition + " THEN error(" + ident.Literal("the column "+f.Name+" of "+name.String()+" takes no NULL") + ") ELSE " + value + " END"
		}
		list[i] = value + " AS " + ident.Quote(f.Name)
	}
	return strings.Join(list, ", "), nil
}

// counting counts the rows that pass.
type counting struct {
	array.RecordReader
	rows int64
}

// Next passes the next batch on.
func (c *counting) Next() bool {
	if !c.RecordReader.Next() {
		return false
	}
	c.rows += c.RecordBatch().NumRows()
	return true
}
