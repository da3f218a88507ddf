package record

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

const (
	// deepest is how deep types nest; what is deeper is text.
	deepest = 20
	// mostFields is how many fields a struct gets.
	mostFields = 500
	// mostColumns is how many a table gets, and mostParts how many with all
	// that is inside them.
	mostColumns = 5_000
	mostParts   = 50_000
	// longestName is in bytes.
	longestName = 1 << 10
)

// shape is what was seen of the values in one place. It only grows, and shapes
// join whatever the order, so that what comes out does not depend on it.
type shape struct {
	// scalars, lists and objects are the kinds of values that were seen; blanks
	// are empty texts.
	scalars                textvalue.Kinds
	blanks, lists, objects bool
	// elem is what lists hold, fields what objects hold.
	elem   *shape
	fields []field
	index  map[string]int
	// whole says that values are kept as one text, since no type holds them.
	whole bool
	// have is the type that the table has here, which widens as Iceberg allows;
	// nil where the type is free. Of nested types its parts have their own.
	have *connector.Type
	// fixed says that the type does not change.
	fixed bool
	depth int
}

// field is a field of objects.
type field struct {
	name string
	*shape
}

// typed returns the shape of a table's column, which may be fixed.
func typed(t connector.Type, depth int, fixed bool) *shape {
	s := &shape{have: &t, depth: depth, fixed: fixed}
	switch t.Kind {
	case connector.Struct:
		for _, f := range t.Fields {
			s.add(f.Name, typed(f.Type, depth+1, fixed))
		}
	case connector.List, connector.Map:
		s.elem = typed(*t.Elem, depth+1, fixed)
	}
	return s
}

func (s *shape) add(name string, f *shape) *shape {
	if s.index == nil {
		s.index = map[string]int{}
	}
	s.index[ident.Fold(name)] = len(s.fields)
	s.fields = append(s.fields, field{name, f})
	return f
}

// get returns the field of a folded name, or nil.
func (s *shape) get(fold string) *shape {
	if i, ok := s.index[fold]; ok {
		return s.fields[i].shape
	}
	return nil
}

// seen reports whether there was any value.
func (s *shape) seen() bool {
	return s.have != nil || s.whole || s.blanks || s.scalars != 0 || s.lists || s.objects
}

// open reports whether string stands in for a type that is not known yet: the
// first value decides.
func (s *shape) open() bool {
	if s.have != nil || s.whole || s.scalars != 0 || s.lists {
		return false
	}
	return !slices.ContainsFunc(s.fields, func(f field) bool { return f.seen() })
}

// resolve returns the narrowest type that holds all that was seen.
func (s *shape) resolve(as style) connector.Type {
	switch {
	case s.have != nil:
		return s.widened(as)
	case s.whole || s.open():
		return connector.Type{Kind: connector.String}
	case s.lists && as.single:
		return connector.ListOf(s.element(as).resolve(as))
	case s.lists && s.scalars == 0 && !s.objects:
		return connector.ListOf(s.elem.resolve(as))
	case s.objects && !s.lists && (s.scalars == 0 || as.text != ""):
		return s.spread(as).structType(as)
	case s.lists || s.objects:
		return connector.Type{Kind: connector.String}
	}
	kind, _ := s.scalars.Resolve()
	return connector.Type{Kind: kind}
}

// element is what the elements of lists are; with single, other values are
// elements as well.
func (s *shape) element(as style) *shape {
	if !as.single || s.have != nil || s.scalars == 0 && !s.blanks && !s.objects {
		return s.elem
	}
	elem := s.elem.clone()
	elem.join(&shape{scalars: s.scalars, blanks: s.blanks, objects: s.objects, fields: s.fields, index: s.index})
	return elem
}

// gains reports whether a new field of objects becomes one of the struct.
func (s *shape) gains() bool {
	return !s.fixed && (s.have == nil || len(s.fields) < 2*mostFields)
}

func (s *shape) structType(as style) connector.Type {
	var fields []connector.Field
	for _, f := range s.fields {
		if f.seen() {
			fields = append(fields, connector.Field{Name: f.name, Type: f.resolve(as)})
		}
	}
	return connector.StructOf(fields...)
}

// widened is the table's type with what it gained.
func (s *shape) widened(as style) connector.Type {
	switch s.have.Kind {
	case connector.Struct:
		return s.structType(as)
	case connector.List:
		return connector.ListOf(s.elem.resolve(as))
	case connector.Map:
		return connector.MapOf(*s.have.Key, s.elem.resolve(as))
	}
	return *s.have
}

// clone returns a copy that shares nothing.
func (s *shape) clone() *shape {
	c := *s
	c.fields, c.index = nil, nil
	if s.elem != nil {
		c.elem = s.elem.clone()
	}
	for _, f := range s.fields {
		c.add(f.name, f.clone())
	}
	return &c
}

// join adds what was seen elsewhere in the same place.
func (s *shape) join(o *shape) {
	s.scalars |= o.scalars
	s.blanks, s.lists, s.objects = s.blanks || o.blanks, s.lists || o.lists, s.objects || o.objects
	s.whole = s.whole || o.whole
	if s.have != nil && o.have != nil && s.have.WidensTo(*o.have) && !s.have.Nested() {
		s.have = o.have
	}
	if o.elem != nil && s.elem == nil {
		s.elem = o.elem.clone()
	} else if o.elem != nil {
		s.elem.join(o.elem)
	}
	for _, f := range o.fields {
		if mine := s.get(ident.Fold(f.name)); mine != nil {
			mine.join(f.shape)
		} else {
			s.add(f.name, f.clone())
		}
	}
	s.settle()
}

// settle drops the parts of a shape whose values are kept as text.
func (s *shape) settle() {
	if s.have == nil && s.depth > 0 && len(s.fields) > mostFields {
		s.whole = true
	}
	if s.whole {
		s.elem, s.fields, s.index = nil, nil, nil
	}
}

// parts counts the shape and all that is inside.
func (s *shape) parts() int {
	n := 1
	if s.elem != nil {
		n += s.elem.parts()
	}
	for _, f := range s.fields {
		n += f.parts()
	}
	return n
}
