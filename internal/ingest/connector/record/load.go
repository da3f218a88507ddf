package record

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// loader turns the records of one input into batches and rejects.
type loader struct {
	layout   *connector.Layout
	detail   *detail
	encoding connector.Encoding
	batch    *connector.Batch
	sink     connector.Sink
	names    *Names
	style    style
	columns  fields
	links    linkVectors
	counts   connector.Counts
	// nodes are those of the record that is being put.
	nodes   []Node
	misfits []misfit
	// newColumn says that the record has a field that is no column, or one twice.
	newColumn bool
	scratch   []byte
	// widen is set once a value did not fit a type that can widen: from then on
	// the input is only watched.
	widen *widener
}

func newLoader(layout *connector.Layout, d *detail, encoding connector.Encoding, names *Names, sink connector.Sink) *loader {
	l := &loader{layout: layout, detail: d, encoding: encoding, batch: connector.NewBatch(layout, sink), sink: sink, names: names, style: d.spec.style()}
	c := compiler{formats: d.formats, style: l.style}
	var list []*target
	for i, column := range layout.Columns {
		v := l.batch.Vector(i)
		if l.links.take(column, v) {
			continue
		}
		s := d.root.get(ident.Fold(column.Name))
		if column.Origin == connector.Declared {
			s = nil
		}
		list = append(list, c.target(column.Name, column.Name, column.Type, column.Origin, v, s))
	}
	l.columns = newFields(list)
	return l
}

// load takes a record.
func (l *loader) load(rec *Record) error {
	if len(rec.Violations) > 0 {
		return l.reject(rec, rec.Violations)
	}
	l.nodes = rec.Nodes
	if l.widen != nil {
		return l.widen.watch(rec, nil)
	}
	l.batch.Reserve(1)
	row := l.batch.Rows()
	l.misfits, l.newColumn = l.misfits[:0], false
	l.putFields(nil, &l.columns, row, 0, int32(len(rec.Nodes)))
	l.links.set(row, rec)
	l.batch.Lines()[row] = rec.Line
	if len(l.misfits) > 0 || l.newColumn {
		if done, err := l.mend(rec, row); done || err != nil {
			return err
		}
	}
	l.counts.Written++
	return l.batch.AddSized(len(rec.Raw))
}

// mend deals with a record that does not fit. It reports whether the record is
// done with; else its row stays, without the values that do not fit.
func (l *loader) mend(rec *Record, row int) (done bool, err error) {
	bad := (&observer{names: l.names}).badNames(rec)
	widens := l.newColumn && len(bad) == 0
	keeps := l.layout.DiscardValues && len(bad) == 0
	for _, m := range l.misfits {
		widens = widens || m.widens && len(bad) == 0
		keeps = keeps && m.keeps
	}
	switch {
	case widens:
		l.batch.Rewind(1)
		l.widen = newWidener(l)
		return true, l.widen.watch(rec, l.misfits)
	case keeps:
		for _, m := range l.misfits {
			l.batch.Discard(row, m.violation.Column, textOf(l.nodes, l.names, l.scratch, m.node), m.violation.Reason)
		}
		return false, nil
	}
	l.batch.Rewind(1)
	for _, m := range l.misfits {
		if m.violation.Rule != "" {
			bad = append(bad, m.violation)
		}
	}
	return true, l.reject(rec, bad)
}

func (l *loader) reject(rec *Record, violations []connector.Violation) error {
	if l.widen != nil {
		return nil
	}
	l.counts.Rejected++
	return l.sink.Reject(connector.Reject{Line: rec.Line, Raw: l.encoding.Raw(rec.Raw), Violations: violations, Links: rec.linked()})
}

// widener finds out what types an input needs, from the first value on that
// did not fit.
type widener struct {
	observer observer
	root     *shape
	detail   *detail
	layout   *connector.Layout
	// first are the records and values that first were something new, by column.
	first map[string]connector.Widening
	order []string
}

func newWidener(l *loader) *widener {
	w := &widener{detail: l.detail, layout: l.layout, root: l.detail.root.clone(), first: map[string]connector.Widening{}}
	w.observer = observer{names: l.names, formats: l.detail.formats, style: l.style, fixed: l.detail.fixed, parts: w.root.parts()}
	return w
}

// watch notes a record's values. Misfits are those of the first record.
func (w *widener) watch(rec *Record, misfits []misfit) error {
	changed, _ := w.observer.record(w.root, rec)
	for _, fold := range changed {
		if _, ok := w.first[fold]; ok {
			continue
		}
		found := connector.Widening{Line: rec.Line}
		if len(misfits) > 0 {
			value := textOf(rec.Nodes, w.observer.names, nil, misfits[0].node)
			found.Value = string(value[:min(len(value), longestValue)])
		}
		w.first[fold] = found
		w.order = append(w.order, fold)
	}
	if w.observer.tooMany(w.root) {
		return tooManyColumns(diag.Place{Line: int(rec.Line)})
	}
	return nil
}

const longestValue = 100

// err returns what the input needs.
func (w *widener) err(input string) error {
	e := &connector.WidenError{Input: input}
	for _, fold := range w.order {
		s := w.root.get(fold)
		found := w.first[fold]
		found.Column, found.To, found.Seen = w.root.fields[w.root.index[fold]].name, s.resolve(w.observer.style), s
		if i := w.layout.Index(found.Column); i >= 0 {
			found.From = w.layout.Columns[i].Type
		}
		e.Columns = append(e.Columns, found)
	}
	if len(e.Columns) == 0 {
		return fmt.Errorf("read %s: a value fits neither its column nor a wider one", input)
	}
	return e
}

// tooManyColumns is for inputs whose fields are data, not names.
func tooManyColumns(place diag.Place) error {
	return diag.New("too-many-columns", place, "the records have more than %d fields, or %d with those inside them", mostColumns, mostParts).
		WithHint("names that are data make no columns: declare the column that has them as map<string, …> or string")
}
