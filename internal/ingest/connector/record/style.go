package record

import (
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// style is how values of different kinds in one place come together.
type style struct {
	// single says that every other value is a list of one where there are lists.
	single bool
	// text is the folded name of the field for scalars where there are objects;
	// textName is the name.
	text, textName string
}

func (s *Spec) style() style {
	return style{single: s.SingleIsList, text: ident.Fold(s.TextField), textName: s.TextField}
}

// spread returns the shape with what was seen of scalars beside objects in the
// text field.
func (s *shape) spread(as style) *shape {
	if s == nil || as.text == "" || s.have != nil || s.whole || !s.objects || s.scalars == 0 {
		return s
	}
	c := s.clone()
	scalar := &shape{scalars: s.scalars, blanks: s.blanks, depth: s.depth + 1}
	if have := c.get(as.text); have != nil {
		have.join(scalar)
	} else {
		c.add(as.textName, scalar)
	}
	c.scalars, c.blanks = 0, false
	return c
}

// becomes reports whether a place where only texts were seen gets another type
// with the first list or object.
func (s *shape) becomes(kind Kind, as style) bool {
	if s == nil || s.have != nil || s.whole || s.fixed {
		return false
	}
	return kind == Object && as.text != "" && !s.objects || kind == List && as.single && !s.lists
}

// seeText notes a scalar in a place whose type is a struct.
func (o *observer) seeText(s *shape, i int32) bool {
	if o.style.text == "" {
		return false
	}
	f := s.get(o.style.text)
	if f == nil {
		o.parts++
		f = s.add(o.style.textName, &shape{depth: s.depth + 1, fixed: s.fixed})
	}
	return o.see(f, i)
}

// putStruct sets a struct to an object, or to a scalar in its text field.
func (l *loader) putStruct(t *target, row int, i int32) bool {
	n := &l.nodes[i]
	switch {
	case n.Kind == Object:
		l.putFields(t, &t.fields, row, i+1, n.End)
		return true
	case n.Kind == List || l.style.text == "" || len(n.Text) == 0 && n.Kind >= Text:
		return false
	}
	at := -1
	for k, f := range t.list {
		if f.fold == l.style.text {
			at = k
		} else {
			f.vector.SetNull(row)
		}
	}
	switch {
	case at >= 0:
		l.put(t.list[at], row, i)
	case t.origin == connector.Existing && t.shape.gains():
		l.misfits = append(l.misfits, misfit{node: i, widens: true})
	default:
		return false
	}
	return true
}
