package typed

import (
	"fmt"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// Loader turns the records of one input into batches and rejects.
type Loader struct {
	layout  *connector.Layout
	batch   *connector.Batch
	sink    connector.Sink
	targets []target
	fields  []connector.Field
	counts  connector.Counts
	// row is the record that is looked at alone, one its columns, and raw its
	// bytes where it has some.
	row Value
	one []Column
	raw []byte
}

// target is one column of the layout.
type target struct {
	column connector.Column
	vector *connector.Vector
	cast   *caster
	// from is the field that it comes from, or -1.
	from int
}

// NewLoader returns a loader for records that have the fields. Its memory is
// given back by Close.
func NewLoader(layout *connector.Layout, fields []connector.Field, sink connector.Sink) *Loader {
	l := &Loader{layout: layout, batch: connector.NewBatch(layout, sink), sink: sink, fields: fields}
	index := map[string]int{}
	for i, f := range fields {
		index[ident.Fold(f.Name)] = i
	}
	for i, c := range layout.Columns {
		from, ok := index[ident.Fold(c.Name)]
		if !ok {
			from = -1
		}
		l.targets = append(l.targets, target{
			column: c, vector: l.batch.Vector(i), cast: newCaster(c.Type, c.Origin == connector.Declared), from: from,
		})
	}
	l.row = Value{Present: true, Kind: connector.Struct, Fields: fields, Items: make([]Value, len(fields))}
	return l
}

// Row takes one record, whose values are in the order of the fields.
func (l *Loader) Row(line int64, values []Value) error {
	if l.one == nil {
		l.one = make([]Column, len(values))
		for i := range l.one {
			l.one[i] = &single{}
		}
	}
	for i := range values {
		l.one[i].(*single).Value = values[i]
	}
	return l.Rows(line, 1, l.one)
}

// single is a column of one record.
type single struct{ Value }

func (s *single) At(_ int, x *Value) { *x = s.Value }

// Rows takes n records, the first of which is line; columns are in the order
// of the fields.
func (l *Loader) Rows(line int64, n int, columns []Column) error {
	for from := 0; from < n; {
		size := min(n-from, l.batch.Left())
		if err := l.some(line, from, size, columns); err != nil {
			return err
		}
		from += size
		line += int64(size)
	}
	return nil
}

// some takes as many records as the batch has left.
func (l *Loader) some(line int64, from, n int, columns []Column) error {
	l.batch.Reserve(n)
	start := l.batch.Rows()
	for i := range l.targets {
		if !l.targets[i].fill(start, from, n, columns) {
			l.batch.Rewind(n)
			return l.oneByOne(line, from, n, columns)
		}
	}
	lines := l.batch.Lines()[start : start+n]
	for i := range lines {
		lines[i] = line + int64(i)
	}
	l.counts.Written += int64(n)
	return l.batch.Add(n)
}

// fill sets the rows of one column until one does not fit; it reports whether
// all did.
func (t *target) fill(start, from, n int, columns []Column) bool {
	if t.from < 0 {
		t.vector.NullRows(start, start+n)
		return true
	}
	var x Value
	column := columns[t.from]
	for i := range n {
		column.At(from+i, &x)
		if !t.cast.set(t.vector, start+i, &x) {
			return false
		}
	}
	return true
}

// oneByOne takes records some of which do not fit.
func (l *Loader) oneByOne(line int64, from, n int, columns []Column) error {
	for i := range n {
		l.batch.Reserve(1)
		for f := range l.fields {
			columns[f].At(from+i, &l.row.Items[f])
		}
		if err := l.record(line + int64(i)); err != nil {
			return err
		}
	}
	return nil
}

// record takes l.row.
func (l *Loader) record(line int64) error {
	row := l.batch.Rows()
	var misfits []int
	for i := range l.targets {
		t := &l.targets[i]
		switch {
		case t.from < 0:
			t.vector.SetNull(row)
		case !t.cast.set(t.vector, row, &l.row.Items[t.from]):
			misfits = append(misfits, i)
		}
	}
	if len(misfits) > 0 {
		l.batch.Rewind(1)
		if !l.layout.DiscardValues {
			return l.reject(line, misfits)
		}
		l.discard(row, misfits)
	}
	l.batch.Lines()[row] = line
	l.counts.Written++
	return l.batch.Add(1)
}

// discard sets the row without the values that do not fit.
func (l *Loader) discard(row int, misfits []int) {
	for i := range l.targets {
		t := &l.targets[i]
		if len(misfits) > 0 && misfits[0] == i {
			misfits = misfits[1:]
			t.vector.SetNull(row)
			x := &l.row.Items[t.from]
			l.batch.Discard(row, t.column.Name, AppendText(nil, x), t.violation(x).Reason)
			continue
		}
		if t.from < 0 {
			t.vector.SetNull(row)
		} else {
			t.cast.set(t.vector, row, &l.row.Items[t.from])
		}
	}
}

func (l *Loader) reject(line int64, misfits []int) error {
	violations := make([]connector.Violation, len(misfits))
	for i, m := range misfits {
		t := &l.targets[m]
		violations[i] = t.violation(&l.row.Items[t.from])
	}
	return l.Reject(line, violations)
}

// Reject rejects the record whose values were given last.
func (l *Loader) Reject(line int64, violations []connector.Violation) error {
	raw := l.raw
	if raw == nil {
		raw = AppendJSON(nil, &l.row)
	}
	l.counts.Rejected++
	return l.sink.Reject(connector.Reject{Line: line, Raw: raw[:min(len(raw), connector.KeptOfLong)], Violations: violations})
}

// violation says why a value does not fit the column.
func (t *target) violation(x *Value) connector.Violation {
	text := AppendText(nil, x)
	v := connector.Violation{Column: t.column.Name, Rule: connector.RuleType, Reason: textvalue.Reason(t.column, text)}
	switch {
	case x.Kind == Unfit:
		v.Reason = fmt.Sprintf("%.100s: that is no value", text)
	case x.Kind == connector.String && !utf8.Valid(x.Bytes):
		v.Rule = connector.RuleEncoding
		v.Reason = fmt.Sprintf("%.100q is not UTF-8; to keep such bytes declare the column as binary", x.Bytes)
	case x.Nanos != 0:
		v.Reason = fmt.Sprintf("%s has nanoseconds, which %s does not hold; declare the column as string, or set nanoseconds: truncate", text, t.column.Type)
	}
	return v
}

// Finish flushes the last batch and returns the counts of records.
func (l *Loader) Finish() (connector.Counts, error) {
	if err := l.batch.Flush(); err != nil {
		return connector.Counts{}, err
	}
	l.counts.Records = l.counts.Written + l.counts.Rejected
	return l.counts, nil
}

// Close gives back the memory of what was not flushed.
func (l *Loader) Close() { l.batch.Close() }
