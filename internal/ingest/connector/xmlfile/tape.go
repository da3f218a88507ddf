package xmlfile

import (
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// mostNodes is how many elements and attributes a record has.
const mostNodes = 1 << 20

type nodeKind uint8

const (
	element nodeKind = iota
	attributeNode
	// textNode is the text of an element that has attributes too, mixedNode its
	// content as XML.
	textNode
	mixedNode
)

// node is an element of a record, an attribute, or a text.
type node struct {
	kind nodeKind
	// children says that there are elements inside; nested that there are
	// records, which are left out; words that there is text.
	children, nested, words bool
	name                    int32
	// first, last and next link what is inside an element; same links what has
	// the same name there. -1 is none.
	first, last, next, same int32
	// lo and hi are an element's content.
	lo, hi int32
	value  span
}

// recordAt is a record whose start was seen.
type recordAt struct {
	node int32
	// lo and hi are its text, tag is behind its start tag.
	lo, tag, hi int
	line        int64
	// number and parent number the records of the input; parent 0 is none.
	number, parent, parentLine int64
	// within is the index of the record that it is a part of, -1 is none.
	within     int32
	violations []connector.Violation
}

// tape holds an outermost record while it is read, and those inside of it, in
// the order in which they start.
type tape struct {
	nodes   []node
	records []recordAt
	// path are the nodes of the elements that are open, current is the index of
	// the innermost record.
	path    []int32
	current int32
}

func (t *tape) reset() {
	t.nodes, t.records, t.path, t.current = t.nodes[:0], t.records[:0], t.path[:0], -1
}

// add adds a node inside of another; -1 is inside of none.
func (t *tape) add(within int32, n node) int32 {
	n.first, n.last, n.next, n.same = -1, -1, -1, -1
	i := int32(len(t.nodes))
	t.nodes = append(t.nodes, n)
	if within < 0 {
		return i
	}
	p := &t.nodes[within]
	if p.last < 0 {
		p.first = i
	} else {
		t.nodes[p.last].next = i
	}
	p.last = i
	return i
}

// openElement takes the start tag that s is at; isRecord says that a record
// starts there.
func (t *tape) openElement(s *scanner, isRecord bool) int32 {
	within := int32(-1)
	if n := len(t.path); n > 0 {
		within = t.path[n-1]
		t.nodes[within].children = true
		if isRecord {
			t.nodes[within].nested = true
			within = -1
		}
	}
	i := t.add(within, node{kind: element, name: s.name, lo: int32(s.hi), hi: int32(s.hi)})
	for _, a := range s.attributes {
		if !s.names.list[a.name].hidden {
			t.add(i, node{kind: attributeNode, name: a.name, value: a.value})
		}
	}
	t.path = append(t.path, i)
	return i
}

// openRecord notes that the element that was just opened is a record.
func (t *tape) openRecord(r recordAt) {
	r.within = t.current
	t.current = int32(len(t.records))
	t.records = append(t.records, r)
}

// characters takes the text that s is at.
func (t *tape) characters(s *scanner) {
	n := &t.nodes[t.path[len(t.path)-1]]
	n.words = n.words || !s.blank
	switch {
	case n.children: // blank, or the content is kept as XML
	case n.value.lo == n.value.hi:
		n.value = s.value
	default:
		n.value = s.joined(n.value, s.value)
	}
}

// joined appends a text to one before it.
func (s *scanner) joined(a, b span) span {
	if !a.arena || int(a.hi) != len(s.arena) {
		if b.arena && int(a.hi) == int(b.lo) && a.arena {
			return span{a.lo, b.hi, true}
		}
		lo := int32(len(s.arena))
		s.arena = append(s.arena, s.bytes(a)...)
		a = span{lo, int32(len(s.arena)), true}
	}
	s.arena = append(s.arena, s.bytes(b)...)
	return span{a.lo, int32(len(s.arena)), true}
}

// bytes are what a span stands for.
func (s *scanner) bytes(v span) []byte {
	if v.arena {
		return s.arena[v.lo:v.hi]
	}
	return s.text[v.lo:v.hi:min(int(v.hi)+connector.Padding, cap(s.text))]
}

// closeElement ends the innermost element; its content ends at hi, its tag at
// end. It reports whether that was the outermost.
func (t *tape) closeElement(hi, end int) (outermost bool) {
	i := t.path[len(t.path)-1]
	t.path = t.path[:len(t.path)-1]
	n := &t.nodes[i]
	n.hi = int32(hi)
	isRecord := t.current >= 0 && t.records[t.current].node == i
	switch {
	case !n.words:
	case n.children:
		t.dropElements(i)
		t.add(i, node{kind: mixedNode, lo: n.lo, hi: n.hi, nested: n.nested})
	case isRecord || n.first >= 0:
		t.add(i, node{kind: textNode, value: n.value})
	}
	if isRecord {
		r := &t.records[t.current]
		r.hi, t.current = end, r.within
	}
	return len(t.path) == 0
}

// dropElements leaves only the attributes in an element.
func (t *tape) dropElements(i int32) {
	n := &t.nodes[i]
	last := int32(-1)
	for c := n.first; c >= 0 && t.nodes[c].kind == attributeNode; c = t.nodes[c].next {
		last = c
	}
	n.last = last
	if last < 0 {
		n.first = -1
	} else {
		t.nodes[last].next = -1
	}
}
