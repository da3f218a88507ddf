package xmlfile

import (
	"bytes"
	"sort"

	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// group is what has one name inside of an element.
type group struct {
	field              int32
	count, first, last int32
}

// slot is where the group of a field is, while one element is looked at.
type slot struct {
	round int64
	group int32
}

// writer makes the values of a record.
type writer struct {
	s      *scanner
	t      *tape
	fields *record.Names
	// value is the number of the field for text.
	value  int32
	groups []group
	// slots are by field.
	slots []slot
	round int64
}

// content writes what is inside of an element: what has the same name becomes a
// list.
func (w *writer) content(rec *record.Record, i int32) {
	lo := len(w.groups)
	w.collect(i)
	for k := lo; k < len(w.groups); k++ {
		g := w.groups[k]
		if g.count == 1 {
			w.one(rec, g.field, g.first)
			continue
		}
		rec.Open(g.field, record.List)
		for c := g.first; c >= 0; c = w.t.nodes[c].same {
			w.one(rec, g.field, c)
		}
		rec.Close(nil)
	}
	w.groups = w.groups[:lo]
}

// collect appends the groups of what is inside of an element, in order of
// appearance.
func (w *writer) collect(i int32) {
	w.round++
	for c := w.t.nodes[i].first; c >= 0; c = w.t.nodes[c].next {
		field := w.fieldOf(c)
		for int(field) >= len(w.slots) {
			w.slots = append(w.slots, make([]slot, len(w.slots)+64)...)
		}
		at := &w.slots[field]
		if at.round != w.round {
			*at = slot{w.round, int32(len(w.groups))}
			w.groups = append(w.groups, group{field: field, count: 1, first: c, last: c})
			continue
		}
		g := &w.groups[at.group]
		w.t.nodes[g.last].same = c
		g.last, g.count = c, g.count+1
	}
}

func (w *writer) fieldOf(i int32) int32 {
	switch n := &w.t.nodes[i]; n.kind {
	case element:
		return w.s.names.fieldOf(n.name, w.fields)
	case attributeNode:
		return w.s.names.attributeOf(n.name, w.fields)
	default:
		return w.value
	}
}

// one writes one value.
func (w *writer) one(rec *record.Record, field, i int32) {
	n := &w.t.nodes[i]
	if n.kind == element && n.first >= 0 && w.t.nodes[n.first].kind == mixedNode {
		n = &w.t.nodes[n.first] // its only child
	}
	switch {
	case n.kind == mixedNode:
		rec.Add(field, record.Raw, w.mixed(n))
	case n.kind == element && n.first >= 0:
		rec.Open(field, record.Object)
		w.content(rec, i)
		rec.Close(nil)
	case n.kind == attributeNode:
		rec.Add(field, record.Guess, w.s.bytes(n.value))
	default:
		if text := trimmed(w.s.bytes(n.value)); len(text) > 0 && n.words || n.kind == textNode {
			rec.Add(field, record.Guess, text)
		} else {
			rec.Add(field, record.Null, nil)
		}
	}
}

func trimmed(text []byte) []byte { return bytes.Trim(text, spaces) }

// mixed is content as XML, without the records that are inside of it.
func (w *writer) mixed(n *node) []byte {
	text := w.s.text
	if !n.nested {
		return trimmed(text[n.lo:n.hi])
	}
	records := w.t.records
	var out []byte
	lo := int(n.lo)
	for k := sort.Search(len(records), func(k int) bool { return records[k].lo >= lo }); k < len(records) && records[k].lo < int(n.hi); k++ {
		if records[k].lo >= lo {
			out = append(out, text[lo:records[k].lo]...)
			lo = records[k].hi
		}
	}
	return trimmed(append(out, text[lo:n.hi]...))
}
