package ingest

import (
	"context"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// unite makes one layout of the origins' and gives each origin the types that
// they have together: columns come together by name.
func (s *supply) unite(ctx context.Context) error {
	united := &connector.Layout{DiscardValues: s.j.discards()}
	var problems diag.Problems
	for _, o := range s.origins {
		for _, c := range o.layout.Columns {
			i := united.Index(c.Name)
			if i < 0 {
				united.Columns = append(united.Columns, c)
				continue
			}
			have := &united.Columns[i]
			switch {
			case c.Type.WidensTo(have.Type):
			case have.Type.WidensTo(c.Type):
				have.Type = c.Type
			default:
				problems.Errorf("origins-differ", s.j.def.Place, "the column %s is %s in %s, and %s in an origin before it", c.Name, c.Type, o.name, have.Type).
					Hint = "declare a type that holds both under columns:, or load the origins into tables of their own"
			}
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if len(united.Columns) == 0 {
		united.Columns = s.j.ownColumns()
	}
	for _, o := range s.origins {
		own := *o.layout
		own.Columns = append([]connector.Column(nil), own.Columns...)
		for i := range own.Columns {
			own.Columns[i].Type = united.Columns[united.Index(own.Columns[i].Name)].Type
		}
		o.layout = &own
	}
	s.j.layout = united
	return s.j.settle(ctx)
}

// ownColumns are the columns of the table as it is: what a source without rows
// and columns of its own leaves.
func (j *job) ownColumns() []connector.Column {
	var columns []connector.Column
	if j.base == nil {
		return nil
	}
	for _, f := range j.base.Schema().Fields {
		t, ok := connectorType(f.Type)
		if ok && !strings.HasPrefix(f.Name, connector.ReservedPrefix) {
			columns = append(columns, connector.Column{Name: f.Name, Type: t, Origin: connector.Existing})
		}
	}
	return columns
}

// arrange puts the columns of b, an origin's batch, into the order of schema;
// what the origin does not have is NULL.
func arrange(b arrow.RecordBatch, schema *arrow.Schema) arrow.RecordBatch {
	if b.Schema().Equal(schema) {
		b.Retain()
		return b
	}
	n := int(b.NumRows())
	columns := make([]arrow.Array, schema.NumFields())
	for i, f := range schema.Fields() {
		if at := b.Schema().FieldIndices(f.Name); len(at) == 1 {
			columns[i] = b.Column(at[0])
			columns[i].Retain()
		} else {
			columns[i] = array.MakeArrayOfNull(memory.DefaultAllocator, f.Type, n)
		}
		defer columns[i].Release()
	}
	return array.NewRecordBatch(schema, columns, b.NumRows())
}
