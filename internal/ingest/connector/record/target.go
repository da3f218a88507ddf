package record

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// target is where values of one place go: a column, or a part of one.
type target struct {
	// path is the column's name, and behind points those of its parts; fold is
	// the last of them as names are compared.
	path   string
	fold   string
	typ    connector.Type
	origin connector.Origin
	vector *connector.Vector
	shape  *shape
	// open says that string stands in for a type that is not known yet.
	open bool
	// set parses texts, where typ is a scalar.
	set textvalue.Setter
	// plain is the kind of values that need no more than to be parsed or copied:
	// Number or Text, and Null for none.
	plain Kind
	// elem is a list's or a map's, key a map's.
	elem, key *target
	fields
}

// fields are the targets of an object's fields.
type fields struct {
	list []*target
	// ids has the target of each name that came by, -1 for none.
	ids map[int32]int32
	// guess is the target that should come next, and its name's number.
	next int
	// order has the name of each target as it came last.
	order []int32
	// stamp has the turn in which each target was set, to see which were not.
	stamp []int64
	turn  int64
}

// newFields returns targets for the fields of a struct, or for columns.
func newFields(list []*target) fields {
	f := fields{list: list, ids: map[int32]int32{}, order: make([]int32, len(list)), stamp: make([]int64, len(list))}
	for i := range f.order {
		f.order[i] = -1
	}
	return f
}

// find returns the index of the target for a name that is not the one that
// should come next, or -1.
func (f *fields) find(names *Names, id int32) int {
	at, ok := f.ids[id]
	if !ok {
		fold := names.of(id).fold
		at = int32(slices.IndexFunc(f.list, func(t *target) bool { return t.fold == fold }))
		if names.Lasting(id) {
			f.ids[id] = at
		}
	}
	if at >= 0 && names.Lasting(id) {
		f.order[at] = id
		f.next = int(at) + 1
	}
	return int(at)
}

// compiler makes targets.
type compiler struct {
	formats textvalue.Formats
	style   style
}

// target returns the target for a place of type typ, of which s was seen.
func (c *compiler) target(path, name string, typ connector.Type, origin connector.Origin, v *connector.Vector, s *shape) *target {
	t := &target{path: path, fold: ident.Fold(name), typ: typ, origin: origin, vector: v, shape: s}
	if s != nil && s.have == nil && !s.fixed {
		t.origin = connector.Inferred
		t.open = s.open()
	}
	part := func(name string, typ connector.Type, v *connector.Vector, s *shape) *target {
		return c.target(path+"."+name, name, typ, t.origin, v, s)
	}
	switch typ.Kind {
	case connector.Struct:
		var list []*target
		s = s.spread(c.style)
		for i, f := range typ.Fields {
			list = append(list, part(f.Name, f.Type, v.Child(i), s.field(f.Name)))
		}
		t.fields = newFields(list)
	case connector.List:
		t.elem = part("element", *typ.Elem, v.Elem(), s.elements(c.style))
	case connector.Map:
		t.key = part("key", *typ.Key, v.Entries().Child(0), nil)
		t.elem = part("value", *typ.Elem, v.Entries().Child(1), s.elements(c.style))
	default:
		t.set = textvalue.NewSetter(typ, c.formats, t.origin == connector.Declared)
	}
	switch {
	case typ.Kind == connector.String && !t.open:
		t.plain = Text
	case t.origin != connector.Declared && (typ.Kind == connector.Long || typ.Kind == connector.Double):
		t.plain = Number
	}
	return t
}

// field is the shape of a field; nil where there is none.
func (s *shape) field(name string) *shape {
	if s == nil {
		return nil
	}
	return s.get(ident.Fold(name))
}

// elements is the shape of elements; nil where there is none.
func (s *shape) elements(as style) *shape {
	if s == nil || s.elem == nil {
		return nil
	}
	return s.element(as)
}
