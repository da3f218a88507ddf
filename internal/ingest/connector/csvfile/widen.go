package csvfile

import (
	"fmt"
	"slices"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// widens reports whether the values of the chunk that do not fit mean a wider
// column, not rejects.
func (t *target) widens(c *chunk, evolve bool) bool {
	switch t.column.Origin {
	case connector.Inferred, connector.Unseen:
		return true
	case connector.Existing:
		return evolve && slices.ContainsFunc(t.bad, func(row int) bool {
			_, ok := textvalue.Evolved(t.column.Type, c.value(row, t.from))
			return ok
		})
	}
	return false
}

// widener finds out what types an input needs, from the first value on that
// did not fit.
type widener struct {
	targets []*target
	evolve  bool
	// kinds are those of the columns that are inferred.
	kinds *watch
	// types are those of the table's columns.
	types []connector.Type
	// first are the first values that did not fit.
	first []connector.Widening
}

func newWidener(layout *connector.Layout, targets []*target, s *settings) *widener {
	w := &widener{targets: targets, evolve: layout.Evolve, kinds: newWatch(s, make([]textvalue.Kinds, len(targets)))}
	w.first = make([]connector.Widening, len(targets))
	for i, t := range targets {
		if t.column.Origin == connector.Inferred {
			w.kinds.seen[i] = textvalue.ImpliedBy(t.column.Type.Kind)
		}
		w.types = append(w.types, t.column.Type)
	}
	return w
}

// watch notes the values of a chunk.
func (w *widener) watch(c *chunk) {
	for i, t := range w.targets {
		if t.from < 0 {
			continue
		}
		switch t.column.Origin {
		case connector.Inferred, connector.Unseen:
			before := w.kinds.seen[i]
			w.kinds.column(c, t.from, i)
			if before != w.kinds.seen[i] {
				w.note(i, c)
			}
		case connector.Existing:
			if w.evolve {
				w.widenExisting(i, c)
			}
		}
	}
}

// note keeps the first value of a column that does not fit.
func (w *widener) note(i int, c *chunk) {
	t := w.targets[i]
	for row := 0; row < len(c.rows) && w.first[i].Line == 0; row++ {
		if text := c.value(row, t.from); !t.isNull(c, row) && !t.fits(text) {
			w.first[i].Line = c.rows[row].line
			w.first[i].Value = string(text[:min(len(text), textvalue.LongestShown)])
		}
	}
}

// widenExisting widens a column of the table where a value needs it.
func (w *widener) widenExisting(i int, c *chunk) {
	t := w.targets[i]
	for row := range c.rows {
		if t.isNull(c, row) {
			continue
		}
		text := c.value(row, t.from)
		if t.fits(text) {
			continue
		}
		if wider, ok := textvalue.Evolved(w.types[i], text); ok && w.types[i].WidensTo(wider) {
			w.types[i] = wider
			w.note(i, c)
		}
	}
}

// err returns what the input needs.
func (w *widener) err(input string) error {
	e := &connector.WidenError{Input: input}
	for i, t := range w.targets {
		to := w.types[i]
		if o := t.column.Origin; o == connector.Inferred || o == connector.Unseen {
			kind, ok := w.kinds.seen[i].Resolve()
			if !ok || o == connector.Inferred && kind == t.column.Type.Kind {
				continue
			}
			to = connector.Type{Kind: kind}
		} else if to.Equal(t.column.Type) {
			continue
		}
		found := w.first[i]
		found.Column, found.From, found.To = t.column.Name, t.column.Type, to
		e.Columns = append(e.Columns, found)
	}
	if len(e.Columns) == 0 {
		return fmt.Errorf("read %s: a value fits neither its column nor a wider one", input)
	}
	return e
}
