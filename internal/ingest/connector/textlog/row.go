package textlog

import (
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Row sets the columns of one row of a batch. Columns are numbered as in the
// plan; those that are not set become NULL.
type Row struct {
	batch *connector.Batch
	// vectors are those of the plan's columns, others what the table has more.
	vectors, others []*connector.Vector
	set             []bool
	at              int
	// message is the text of the column that templates are found in.
	message       []byte
	messageColumn int
}

func newRow(batch *connector.Batch, layout *connector.Layout, position []int, messageColumn int) *Row {
	r := &Row{batch: batch, set: make([]bool, len(position)), messageColumn: messageColumn}
	of := make([]bool, len(layout.Columns))
	for _, p := range position {
		r.vectors = append(r.vectors, batch.Vector(p))
		of[p] = true
	}
	for i := range layout.Columns {
		if !of[i] {
			r.others = append(r.others, batch.Vector(i))
		}
	}
	return r
}

// begin starts a row.
func (r *Row) begin() {
	r.batch.Reserve(1)
	r.at = r.batch.Rows()
	clear(r.set)
	r.message = r.message[:0]
}

// end adds the row to the batch.
func (r *Row) end(line int64) error {
	for i, set := range r.set {
		if !set {
			r.vectors[i].SetNull(r.at)
		}
	}
	for _, other := range r.others {
		other.SetNull(r.at)
	}
	r.batch.Lines()[r.at] = line
	return r.batch.Add(1)
}

// forget takes back what was set.
func (r *Row) forget() { r.batch.Rewind(1) }

// Text sets a string column.
func (r *Row) Text(column int, value []byte) {
	r.vectors[column].SetText(r.at, value)
	r.set[column] = true
	if column == r.messageColumn {
		r.message = append(r.message, value...)
	}
}

// Int sets an int column.
func (r *Row) Int(column int, value int32) {
	r.vectors[column].Int32s()[r.at] = value
	r.set[column] = true
}

// Long sets a long column, or microseconds of a timestamp column.
func (r *Row) Long(column int, value int64) {
	r.vectors[column].Int64s()[r.at] = value
	r.set[column] = true
}

// Double sets a double column.
func (r *Row) Double(column int, value float64) {
	r.vectors[column].Float64s()[r.at] = value
	r.set[column] = true
}

// List returns a list column's elements to extend; what was added until then is
// the row's list.
func (r *Row) List(column int, fill func(elem *connector.Vector)) {
	v := r.vectors[column]
	fill(v.Elem())
	v.SetList(r.at)
	r.set[column] = true
}
