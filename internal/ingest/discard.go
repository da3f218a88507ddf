package ingest

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/lake"
)

// DiscardedColumn is the column of a raw table that keeps what a contract with
// discard_value left out of a row.
const DiscardedColumn = connector.DiscardedColumn

// discardedField is that column in the lake.
var discardedField = lake.Field{
	Name: DiscardedColumn, Doc: "Values that the contract left out of the row",
	Type: lake.ListOf(lake.StructOf(
		lake.Field{Name: "column", Type: lake.TypeOf(lake.String)},
		lake.Field{Name: "value", Type: lake.TypeOf(lake.String)},
		lake.Field{Name: "reason", Type: lake.TypeOf(lake.String)},
	)),
}

// tableFields are the fields of the batches that the table takes: those of the
// layout but for unknown columns, and what was discarded.
func (j *job) tableFields() []arrow.Field {
	var fields []arrow.Field
	for i, f := range j.layout.Schema().Fields() {
		if f.Name != DiscardedColumn && j.takes(i) {
			fields = append(fields, f)
		}
	}
	if j.meta && keepsDiscarded(j.def.Contract) {
		fields = append(fields, arrow.Field{Name: DiscardedColumn, Type: connector.DiscardedType.Arrow(), Nullable: true})
	}
	return fields
}

// shape makes of a batch what the table takes of it. Where unknown columns
// mean that rows are left out, it tells how many were.
func (j *job) shape(b arrow.RecordBatch) (shaped arrow.RecordBatch, leftOut int64, err error) {
	records := j.meta && keepsDiscarded(j.def.Contract)
	if len(j.unknown) == 0 && !records {
		b.Retain()
		return b, 0, nil
	}
	fields := j.tableFields()
	var columns []arrow.Array
	for i, c := range b.Columns() {
		if b.ColumnName(i) != DiscardedColumn && j.takes(i) {
			columns = append(columns, c)
		}
	}
	if records {
		added := j.discardedOf(b)
		defer added.Release()
		columns = append(columns, added)
	}
	all := array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, b.NumRows())
	if j.def.Contract.Columns != discardRow {
		return all, 0, nil
	}
	defer all.Release()
	kept, err := keepRuns(all, j.knownRuns(b))
	if err != nil {
		return nil, 0, fmt.Errorf("leave out rows: %w", err)
	}
	return kept, b.NumRows() - kept.NumRows(), nil
}

// discardedOf is the column of what was left out of the rows of b: what the
// connector discarded, then the values of unknown columns.
func (j *job) discardedOf(b arrow.RecordBatch) arrow.Array {
	l := array.NewBuilder(memory.DefaultAllocator, connector.DiscardedType.Arrow()).(*array.ListBuilder)
	defer l.Release()
	entry := l.ValueBuilder().(*array.StructBuilder)
	add := func(values ...string) {
		entry.Append(true)
		for i, v := range values {
			entry.FieldBuilder(i).(*array.StringBuilder).Append(v)
		}
	}
	var unknown []int
	if j.def.Contract.Columns == discardValue {
		unknown = j.unknown
	}
	before, _ := columnNamed(b, DiscardedColumn).(*array.List)
	for row := range int(b.NumRows()) {
		began := false
		begin := func() {
			if !began {
				l.Append(true)
				began = true
			}
		}
		eachDiscarded(before, row, func(column, value, reason string) {
			begin()
			add(column, value, reason)
		})
		for _, i := range unknown {
			if c := b.Column(i); c.IsValid(row) {
				begin()
				add(b.ColumnName(i), c.ValueStr(row), "the table has no such column")
			}
		}
		if !began {
			l.AppendNull()
		}
	}
	return l.NewArray()
}

// eachDiscarded calls f for what a connector discarded of a row.
func eachDiscarded(list *array.List, row int, f func(column, value, reason string)) {
	if list == nil || list.IsNull(row) {
		return
	}
	entries, ok := list.ListValues().(*array.Struct)
	if !ok {
		return
	}
	from, to := list.ValueOffsets(row)
	for i := int(from); i < int(to); i++ {
		f(entries.Field(0).ValueStr(i), entries.Field(1).ValueStr(i), entries.Field(2).ValueStr(i))
	}
}

func columnNamed(b arrow.RecordBatch, name string) arrow.Array {
	for i := range int(b.NumCols()) {
		if b.ColumnName(i) == name {
			return b.Column(i)
		}
	}
	return nil
}

// run is a run of rows.
type run struct{ from, to int64 }

// knownRuns are the rows without a value in an unknown column.
func (j *job) knownRuns(b arrow.RecordBatch) []run {
	var runs []run
	for row := range b.NumRows() {
		foreign := false
		for _, i := range j.unknown {
			foreign = foreign || b.Column(i).IsValid(int(row))
		}
		switch last := len(runs) - 1; {
		case foreign:
		case last >= 0 && runs[last].to == row:
			runs[last].to++
		default:
			runs = append(runs, run{row, row + 1})
		}
	}
	return runs
}

// keepRuns returns the rows of b that are in runs. They begin where their memory
// does: the engine reads lists of others wrongly.
func keepRuns(b arrow.RecordBatch, runs []run) (arrow.RecordBatch, error) {
	switch {
	case len(runs) == 0:
		return b.NewSlice(0, 0), nil
	case len(runs) == 1 && runs[0].from == 0:
		return b.NewSlice(runs[0].from, runs[0].to), nil
	}
	var rows int64
	for _, r := range runs {
		rows += r.to - r.from
	}
	columns := make([]arrow.Array, b.NumCols())
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	for i, c := range b.Columns() {
		parts := make([]arrow.Array, len(runs))
		for k, r := range runs {
			parts[k] = array.NewSlice(c, r.from, r.to)
		}
		whole, err := array.Concatenate(parts, memory.DefaultAllocator)
		for _, p := range parts {
			p.Release()
		}
		if err != nil {
			return nil, err
		}
		columns[i] = whole
	}
	return array.NewRecordBatch(b.Schema(), columns, rows), nil
}
