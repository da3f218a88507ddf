package record

import (
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// putFields sets row of every target in f from the nodes lo to hi, the fields
// of one object. What has no target, and what comes twice, is a misfit of
// parent, which is nil for a record.
func (l *loader) putFields(parent *target, f *fields, row int, lo, hi int32) {
	f.turn++
	f.next = 0
	set := 0
	for i := lo; i < hi; {
		n := &l.nodes[i]
		at := f.next
		if at < len(f.order) && f.order[at] == n.Name {
			f.next++
		} else {
			at = f.find(l.names, n.Name)
		}
		switch {
		case at < 0:
			l.unknown(parent, i)
		case f.stamp[at] == f.turn:
			l.twice(parent, i)
		default:
			f.stamp[at] = f.turn
			set++
			if t := f.list[at]; !l.putPlain(t, row, n) {
				l.put(t, row, i)
			}
		}
		i = n.End
	}
	if set == len(f.list) {
		return
	}
	for at, t := range f.list {
		if f.stamp[at] != f.turn {
			t.vector.SetNull(row)
		}
	}
}

// putPlain sets row of a target to a value of the kind that most have there; it
// does no more than put would, faster.
func (l *loader) putPlain(t *target, row int, n *Node) bool {
	switch {
	case n.Kind != t.plain || n.Kind == Null:
		return false
	case n.Kind == Number:
		return l.putNumber(t, row, n.Text)
	}
	size := len(n.Text)
	if cap(n.Text)-size < connector.Padding {
		return false
	}
	t.vector.CopyText(row, n.Text[:size+connector.Padding], 0, size)
	return true
}

// put sets row of a target to the value at index i; where that does not fit, it
// sets NULL and notes a misfit.
func (l *loader) put(t *target, row int, i int32) {
	n := &l.nodes[i]
	if n.Kind == Null {
		t.vector.SetNull(row)
		return
	}
	var ok bool
	switch t.typ.Kind {
	case connector.String:
		ok = l.putText(t, row, i)
	case connector.Struct:
		ok = l.putStruct(t, row, i)
	case connector.List:
		ok = l.putList(t, row, i)
	case connector.Map:
		if ok = n.Kind == Object; ok {
			l.putMap(t, row, i)
		}
	default:
		ok = l.putScalar(t, row, n)
	}
	switch {
	case ok:
	case n.blank():
		t.vector.SetNull(row)
	default:
		t.vector.SetNull(row)
		l.misfit(t, i)
	}
}

// putText sets a string, which holds everything.
func (l *loader) putText(t *target, row int, i int32) bool {
	n := &l.nodes[i]
	if t.open && !n.blank() && !l.emptyObject(t, i) {
		return false
	}
	if n.Kind >= List && t.origin == connector.Inferred && t.shape.becomes(n.Kind, l.style) {
		return false
	}
	text := n.Text
	switch {
	case n.Kind == False || n.Kind == True || n.Kind >= List && text == nil:
		text = textOf(l.nodes, l.names, l.scratch, i)
	case cap(text)-len(text) >= connector.Padding:
		t.vector.CopyText(row, text[:len(text)+connector.Padding], 0, len(text))
		return true
	}
	t.vector.SetText(row, text)
	return true
}

// emptyObject reports whether a value is an object without any value, in a
// place where no other was seen.
func (l *loader) emptyObject(t *target, i int32) bool {
	n := &l.nodes[i]
	if n.Kind != Object || !t.shape.objects {
		return false
	}
	for k := i + 1; k < n.End; k = l.nodes[k].End {
		if l.nodes[k].Kind != Null {
			return false
		}
	}
	return true
}

func (l *loader) putList(t *target, row int, i int32) bool {
	n := &l.nodes[i]
	if n.Kind != List {
		if l.style.single {
			l.put(t.elem, t.vector.Elem().Extend(), i)
			t.vector.SetList(row)
		}
		return l.style.single
	}
	elem := t.vector.Elem()
	for k := i + 1; k < n.End; k = l.nodes[k].End {
		l.put(t.elem, elem.Extend(), k)
	}
	t.vector.SetList(row)
	return true
}

func (l *loader) putMap(t *target, row int, i int32) {
	entries := t.vector.Entries()
	for k := i + 1; k < l.nodes[i].End; k = l.nodes[k].End {
		at := entries.Extend()
		name := []byte(l.names.Text(l.nodes[k].Name))
		if !t.key.set(t.key.vector, at, name) {
			l.badKey(t, i, name)
			t.key.vector.SetNull(at)
		}
		l.put(t.elem, at, k)
	}
	t.vector.SetList(row)
}

// putScalar sets a value that is neither string nor nested.
func (l *loader) putScalar(t *target, row int, n *Node) bool {
	switch n.Kind {
	case Number:
		if t.origin != connector.Declared {
			return l.putNumber(t, row, n.Text)
		}
	case False, True:
		if t.typ.Kind == connector.Boolean {
			t.vector.SetBool(row, n.Kind == True)
			return true
		}
		return false
	case List, Object:
		return false
	case Raw:
		if t.origin != connector.Declared && t.typ.Kind != connector.Binary {
			return false
		}
	case Text:
		if t.origin != connector.Declared && !textual(t.typ.Kind) {
			return false
		}
	}
	if len(n.Text) == 0 && t.typ.Kind != connector.Binary {
		return false
	}
	return t.set(t.vector, row, n.Text)
}

// putNumber is the fast way of the most usual values.
func (l *loader) putNumber(t *target, row int, text []byte) bool {
	switch t.typ.Kind {
	case connector.Long:
		v, ok := textvalue.ParseLong(text)
		t.vector.Int64s()[row] = v
		return ok
	case connector.Double:
		v, ok := textvalue.ParseDouble(text)
		t.vector.Float64s()[row] = v
		return ok
	case connector.Binary:
		return false
	}
	return t.set(t.vector, row, text)
}

// textual reports whether values of a kind may be written as texts where
// numbers and booleans are written otherwise.
func textual(k connector.Kind) bool {
	switch k {
	case connector.Boolean, connector.Int, connector.Long, connector.Float, connector.Double:
		return false
	}
	return true
}
