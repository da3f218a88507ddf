package workspace

import (
	"context"
	"errors"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/policy"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/write"
)

// Incoming is rows from elsewhere that become rows of a table.
type Incoming struct {
	// Table is the table's name, Columns are those that the rows have; none are
	// all of them.
	Table, Columns []string
	// Rows returns the rows: values as text, or as bytes, of the columns that it
	// is told of, and in the column called line where in the input each begins.
	Rows func(columns []engine.Column, line string) (array.RecordReader, error)
}

// Copy appends rows from elsewhere. Values that a column does not take are a
// problem that says the line. st is the statement that asks for it.
func (x *Transaction) Copy(ctx context.Context, st gate.Statement, in Incoming) (Done, error) {
	defer x.deciding(&st)()
	w := x.work
	w.execute.Lock()
	defer w.execute.Unlock()
	st.Scope = w.Scope()
	e := &execution{Workspace: w, st: st}
	r, err := e.target(ctx, policy.Insert, sqlast.Name{Parts: in.Table})
	if err != nil {
		return Done{}, err
	}
	columns, err := e.copied(r, in.Columns)
	if err != nil {
		return Done{}, err
	}
	line := "_line_" + w.nonce
	rows, err := in.Rows(columns, line)
	if err != nil {
		return Done{}, err
	}
	defer rows.Release()
	counted := &counting{RecordReader: rows}
	err = w.build(ctx, r, func(stage *lake.Stage) (*lake.Candidate, error) {
		return w.o.Writer.Write(ctx, write.Request{Stage: stage, Base: r.base, Onto: r.candidate(), Op: lake.Append, Rows: counted, Line: line,
			Schema: r.table.Schema(), Partition: r.table.Partition(), Summary: w.o.Summary})
	})
	if said := rows.Err(); said != nil {
		err = said
	}
	var said *engine.Error
	if errors.As(err, &said) && said.Kind == "Invalid Input" {
		err = st.Problem("conversion", -1, "%s", said.Message).WithCause(err)
	}
	return Done{What: "COPY", Rows: counted.rows}, err
}

// copied are the columns of a table that are named, as the engine has them.
func (x *execution) copied(r *relation, names []string) ([]engine.Column, error) {
	list := make([]sqlast.Name, len(names))
	for i, n := range names {
		list[i] = sqlast.Name{Parts: []string{n}}
	}
	at, err := x.columns(r, list)
	if err != nil {
		return nil, err
	}
	columns := make([]engine.Column, len(at))
	for i, n := range at {
		columns[i] = engine.Column{Name: r.table.Schema().Fields[n].Name, Type: columnType(r, n)}
	}
	return columns, nil
}
