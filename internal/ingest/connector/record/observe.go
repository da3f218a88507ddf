package record

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// observer notes the values of records in a shape.
type observer struct {
	names   *Names
	formats textvalue.Formats
	style   style
	// fixed are the columns, by folded name, whose types are declared.
	fixed map[string]bool
	nodes []Node
	// parts is how many there are at least; more than mostParts are too many.
	parts int
}

// record notes a record's values and returns the columns that were new or for
// which it was something new. A record that is rejected for its names tells
// nothing.
func (o *observer) record(root *shape, rec *Record) (changed []string, rejected []connector.Violation) {
	o.nodes = rec.Nodes
	if rejected = o.badNames(rec); len(rejected) > 0 {
		return nil, rejected
	}
	for i := int32(0); i < int32(len(o.nodes)); i = o.nodes[i].End {
		n := o.names.of(o.nodes[i].Name)
		s := root.get(n.fold)
		if s == nil {
			o.parts++
			s = root.add(columnName(n.text), &shape{depth: 1, fixed: o.fixed[n.fold]})
			changed = append(changed, n.fold)
		}
		if o.see(s, i) {
			changed = append(changed, n.fold)
		}
	}
	return changed, nil
}

// tooMany reports whether there are more columns, or parts of them, than a
// table gets.
func (o *observer) tooMany(root *shape) bool {
	return o.parts > mostParts || len(root.fields) > mostColumns
}

// badNames says what is wrong with the names of a record's fields, which become
// those of columns.
func (o *observer) badNames(rec *Record) []connector.Violation {
	var all []connector.Violation
	seen := make(map[string]bool, len(rec.Nodes))
	for i := int32(0); i < int32(len(rec.Nodes)); i = rec.Nodes[i].End {
		n := o.names.of(rec.Nodes[i].Name)
		switch {
		case seen[n.fold]:
			all = append(all, connector.Violation{Column: n.text, Rule: connector.RuleDuplicate, Reason: "the record has this field twice; names that differ only by case are one column"})
		case strings.HasPrefix(n.fold, connector.ReservedPrefix):
			all = append(all, connector.Violation{Rule: connector.RuleName, Reason: "the name " + shortName(n.text) + " is reserved: " + connector.ReservedPrefix + " is tarn's own prefix"})
		case !goodName(n.text):
			all = append(all, connector.Violation{Rule: connector.RuleName, Reason: "the name " + shortName(n.text) + " cannot be a column's: it is longer than 1 KB or holds a NUL"})
		}
		seen[n.fold] = true
	}
	return all
}

func goodName(text string) bool {
	return len(text) <= longestName && strings.IndexByte(text, 0) < 0
}

// see notes the value at index i and reports whether it was something new.
func (o *observer) see(s *shape, i int32) (changed bool) {
	n := &o.nodes[i]
	switch {
	case n.Kind == Null || s.fixed || s.whole:
		return false
	case s.have != nil:
		return o.seeTyped(s, i)
	case n.Kind == List && s.depth < deepest:
		return o.seeList(s, i)
	case n.Kind == Object && s.depth < deepest && o.fitsStruct(i):
		return o.seeObject(s, i)
	case n.Kind >= List:
		s.whole = true
		s.settle()
		return true
	case n.blank():
		changed, s.blanks = !s.blanks, true
		return changed
	}
	kinds := s.scalars | o.classify(n)
	changed, s.scalars = kinds != s.scalars, kinds
	return changed
}

func (o *observer) seeList(s *shape, i int32) (changed bool) {
	if s.elem == nil {
		o.parts++
		s.elem = &shape{depth: s.depth + 1}
	}
	changed, s.lists = !s.lists, true
	for k := i + 1; k < o.nodes[i].End; k = o.nodes[k].End {
		changed = o.see(s.elem, k) || changed
	}
	return changed
}

func (o *observer) seeObject(s *shape, i int32) (changed bool) {
	changed, s.objects = !s.objects, true
	changed = o.seeFields(s, i) || changed
	s.settle()
	return changed
}

// seeFields notes the fields of an object; a new one without a value is
// nothing new.
func (o *observer) seeFields(s *shape, i int32) (changed bool) {
	for k := i + 1; k < o.nodes[i].End; k = o.nodes[k].End {
		n := o.names.of(o.nodes[k].Name)
		f := s.get(n.fold)
		if f == nil {
			if o.nodes[k].Kind == Null || !s.gains() {
				continue
			}
			o.parts++
			f = s.add(columnName(n.text), &shape{depth: s.depth + 1})
		}
		changed = o.see(f, k) || changed
	}
	return changed
}

// fitsStruct reports whether the names of an object's fields can be those of a
// struct.
func (o *observer) fitsStruct(i int32) bool {
	seen := map[string]bool{}
	for k := i + 1; k < o.nodes[i].End; k = o.nodes[k].End {
		n := o.names.of(o.nodes[k].Name)
		if seen[n.fold] || !goodName(n.text) {
			return false
		}
		seen[n.fold] = true
	}
	return true
}

// seeTyped notes a value in a place that has a type.
func (o *observer) seeTyped(s *shape, i int32) bool {
	n := &o.nodes[i]
	switch s.have.Kind {
	case connector.Struct:
		if n.Kind < List {
			return o.seeText(s, i)
		}
		return n.Kind == Object && o.fitsStruct(i) && o.seeFields(s, i)
	case connector.List, connector.Map:
		changed := false
		inner := n.Kind == List && s.have.Kind == connector.List || n.Kind == Object && s.have.Kind == connector.Map
		for k := i + 1; inner && k < n.End; k = o.nodes[k].End {
			changed = o.see(s.elem, k) || changed
		}
		if !inner && o.style.single && s.have.Kind == connector.List {
			changed = o.see(s.elem, i)
		}
		return changed
	}
	wider, ok := evolved(*s.have, n)
	if ok {
		s.have = &wider
	}
	return ok
}

// evolved returns the type that a column of type t may become where it does
// not hold a value.
func evolved(t connector.Type, n *Node) (connector.Type, bool) {
	isNumber := n.Kind == Number || n.Kind == Guess || n.Kind == Text && t.Kind == connector.Decimal
	if !isNumber || holds(t, n.Text) {
		return t, false
	}
	wider, ok := textvalue.Evolved(t, n.Text)
	return wider, ok && t.WidensTo(wider)
}

// holds reports whether a type that may widen need not.
func holds(t connector.Type, text []byte) (ok bool) {
	switch t.Kind {
	case connector.Int:
		_, ok = textvalue.ParseInt(text)
	case connector.Float:
		_, ok = textvalue.ParseFloat(text)
	case connector.Decimal:
		_, ok = textvalue.DecimalParser{Precision: t.Precision, Scale: t.Scale}.Parse(text)
	}
	return ok
}

// classify returns the kind of a scalar.
func (o *observer) classify(n *Node) textvalue.Kinds {
	switch n.Kind {
	case False, True:
		return textvalue.SawBoolean
	case Number, Guess:
		return o.formats.Classify(n.Text)
	case Text:
		if kinds := o.formats.Classify(n.Text); kinds&(textvalue.SawDate|textvalue.SawTimestamp|textvalue.SawTimestampTZ) != 0 {
			return kinds
		}
	}
	return textvalue.SawText
}
