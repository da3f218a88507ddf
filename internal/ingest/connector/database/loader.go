package database

import (
	"encoding/json"
	"slices"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	// Rows are added to the batch in groups of so many, or so many bytes.
	groupRows  = 256
	groupBytes = 1 << 20
)

// Loader turns the rows of one part into batches and rejects.
type Loader struct {
	layout    *connector.Layout
	batch     *connector.Batch
	sink      connector.Sink
	fields    []Field
	vectors   []*connector.Vector
	others    []*connector.Vector
	maxRecord int
	lines     []int64
	// group is for how many rows there is room, pending how many of them are set.
	group, pending, bytes int
	counts                connector.Counts
	widen                 *widener
	part                  string
}

// NewLoader returns a loader of rows that have a value for each of fields. A
// row of more than maxRecord bytes is rejected.
func NewLoader(part string, layout *connector.Layout, fields []Field, maxRecord int, sink connector.Sink) *Loader {
	l := &Loader{part: part, layout: layout, batch: connector.NewBatch(layout, sink), sink: sink, fields: fields, maxRecord: maxRecord}
	for _, f := range fields {
		l.vectors = append(l.vectors, l.batch.Vector(f.Column))
	}
	for i := range layout.Columns {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Column == i }) {
			l.others = append(l.others, l.batch.Vector(i))
		}
	}
	return l
}

// Row takes a row: a value for each field, nil for NULL, and how many bytes
// they have. The values are used during the call only.
func (l *Loader) Row(values [][]byte, size int) error {
	l.counts.Records++
	if size > l.maxRecord {
		return l.oversize(values, size)
	}
	if l.pending == l.group {
		l.reserve()
	}
	row := l.batch.Rows() + l.pending
	for i, v := range l.vectors {
		if value := values[i]; value == nil {
			v.SetNull(row)
		} else if !l.fields[i].Set(v, row, value) {
			return l.misfit(i, row, values, size)
		}
	}
	return l.finish(row, size)
}

// reserve makes room for the next group. None is pending.
func (l *Loader) reserve() {
	l.group = min(groupRows, l.batch.Left())
	l.batch.Reserve(l.group)
	l.lines = l.batch.Lines()
}

// finish makes a row whose fields are set one of those that are pending.
func (l *Loader) finish(row, size int) error {
	for _, v := range l.others {
		v.SetNull(row)
	}
	if l.widen != nil {
		l.batch.Rewind(1)
		return nil
	}
	l.lines[row] = l.counts.Records
	l.counts.Written++
	l.pending++
	l.bytes += size
	if l.pending == l.group || l.bytes >= groupBytes {
		return l.add()
	}
	return nil
}

// add hands the pending rows to the batch.
func (l *Loader) add() error {
	n := l.pending
	l.group, l.pending, l.bytes = 0, 0, 0
	if n == 0 {
		return nil
	}
	return l.batch.Add(n)
}

// misfit takes a row whose value at i does not fit; those before it are set.
func (l *Loader) misfit(i, row int, values [][]byte, size int) error {
	var violations []connector.Violation
	for ; i < len(l.fields); i++ {
		v, f := l.vectors[i], &l.fields[i]
		value := values[i]
		if value == nil {
			v.SetNull(row)
			continue
		}
		if f.Set(v, row, value) {
			continue
		}
		v.SetNull(row)
		column := l.layout.Columns[f.Column]
		if l.needsWider(f, value) {
			continue
		}
		if l.layout.DiscardValues {
			if l.widen == nil {
				l.batch.Discard(row, column.Name, f.Text(value), f.Reason(value))
			}
			continue
		}
		violations = append(violations, connector.Violation{Column: column.Name, Rule: connector.RuleType, Reason: f.Reason(value)})
	}
	if len(violations) == 0 && l.widen == nil {
		return l.finish(row, size)
	}
	if err := l.forget(); err != nil || l.widen != nil {
		return err
	}
	return l.reject(l.raw(values), violations)
}

// needsWider notes a value that its column would hold if it were wider.
func (l *Loader) needsWider(f *Field, value []byte) bool {
	if f.Wider == nil {
		return false
	}
	to, ok := f.Wider(value)
	if ok {
		if l.widen == nil {
			l.widen = &widener{columns: map[int]connector.Widening{}}
			l.pending = 0 // from here on the part is only watched
		}
		l.widen.note(f.Column, connector.Widening{
			Column: l.layout.Columns[f.Column].Name, From: l.layout.Columns[f.Column].Type, To: to,
			Line: l.counts.Records, Value: string(f.Text(value)),
		})
	}
	return ok
}

// forget takes back the row that was being set.
func (l *Loader) forget() error {
	err := l.add()
	l.batch.Reserve(1) // what was added may have been flushed
	l.batch.Rewind(1)
	return err
}

func (l *Loader) oversize(values [][]byte, size int) error {
	if l.widen != nil {
		return nil
	}
	if err := l.add(); err != nil {
		return err
	}
	raw := l.raw(values)
	return l.reject(raw[:min(len(raw), connector.KeptOfLong)], []connector.Violation{connector.SizeViolation(size, l.maxRecord)})
}

func (l *Loader) reject(raw []byte, violations []connector.Violation) error {
	l.counts.Rejected++
	return l.sink.Reject(connector.Reject{Line: l.counts.Records, Raw: raw, Violations: violations})
}

// raw is a row as JSON.
func (l *Loader) raw(values [][]byte) []byte {
	out := []byte{'{'}
	for i, f := range l.fields {
		if i > 0 {
			out = append(out, ", "...)
		}
		out = append(AppendString(out, f.Name), ": "...)
		if values[i] == nil {
			out = append(out, "null"...)
		} else {
			out = f.JSON(out, values[i])
		}
	}
	return append(out, '}')
}

// AppendString appends a text as a JSON string; bytes that are no UTF-8 become
// U+FFFD.
func AppendString[T string | []byte](out []byte, text T) []byte {
	quoted, err := json.Marshal(string(text))
	if err != nil {
		return append(out, "null"...) // a string has always a form
	}
	return append(out, quoted...)
}

// End flushes what is left and returns the counts, or the error that the part
// needs wider columns.
func (l *Loader) End() (connector.Counts, error) {
	if l.widen != nil {
		return connector.Counts{}, l.widen.err(l.part)
	}
	if err := l.add(); err != nil {
		return connector.Counts{}, err
	}
	return l.counts, l.batch.Flush()
}

// Close gives the memory back.
func (l *Loader) Close() { l.batch.Close() }
