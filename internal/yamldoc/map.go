package yamldoc

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// Map reads the keys of one mapping. Every key that is asked for is known;
// Done reports the others. A nil Map has no keys, so chains need no checks. A
// key whose value is empty counts as absent.
type Map struct {
	reader *Reader
	node   *Node
	asked  []string
}

// Map starts reading n, which what names in messages ("a model"); nil, and a
// problem, where n is not a mapping. An absent or empty n is nil without one.
func (r *Reader) Map(n *Node, what string) *Map {
	if n == nil || n.Kind == Null {
		return nil
	}
	if n.Kind != Mapping {
		r.wrongKind(n, what, Mapping)
		return nil
	}
	return &Map{reader: r, node: n}
}

func (r *Reader) wrongKind(n *Node, what string, want Kind) {
	found := n.Kind.String()
	if n.IsScalar() {
		found = "`" + n.Text + "`"
	}
	r.Problems.Errorf("wrong-kind", n.Place, "%s must be %s, not %s", what, want, found)
}

// Node returns the value of key, nil where there is none.
func (m *Map) Node(key string) *Node {
	if m == nil {
		return nil
	}
	m.Known(key)
	n := m.node.Get(key)
	if n == nil || n.Kind == Null {
		return nil
	}
	return n
}

// Known declares keys that are understood though nobody asks for them.
func (m *Map) Known(keys ...string) {
	if m == nil {
		return
	}
	for _, k := range keys {
		if !slices.Contains(m.asked, k) {
			m.asked = append(m.asked, k)
		}
	}
}

// Has reports whether key has a value.
func (m *Map) Has(key string) bool { return m.Node(key) != nil }

// Here returns where the mapping begins.
func (m *Map) Here() diag.Place {
	if m == nil {
		return diag.Place{}
	}
	return m.node.Place
}

// Place returns where the value of key stands; the mapping's own place where
// there is none.
func (m *Map) Place(key string) diag.Place {
	if n := m.Node(key); n != nil {
		return n.Place
	}
	return m.Here()
}

// KeyPlace returns where key itself stands; the mapping's own place where it
// is absent.
func (m *Map) KeyPlace(key string) diag.Place {
	for _, f := range m.fields() {
		if f.Key == key {
			return f.Place
		}
	}
	return m.Here()
}

// Text returns a single value as it was written: numbers and booleans too, so
// that names like 2010 and no need no quotes.
func (m *Map) Text(key string) string {
	n := m.Node(key)
	if n == nil {
		return ""
	}
	if !n.IsScalar() {
		m.reader.wrongKind(n, "`"+key+"`", String)
		return ""
	}
	return n.Text
}

// Texts returns a list of single values; one value alone is a list of one.
func (m *Map) Texts(key string) []string {
	n := m.Node(key)
	if n == nil {
		return nil
	}
	return m.reader.Texts(n, "`"+key+"`")
}

// Texts reads n as a list of single values.
func (r *Reader) Texts(n *Node, what string) []string {
	if n.IsScalar() {
		return []string{n.Text}
	}
	if n.Kind != Sequence {
		r.wrongKind(n, what, Sequence)
		return nil
	}
	var out []string
	for _, item := range n.items {
		if !item.IsScalar() {
			r.wrongKind(item, "an entry of "+what, String)
			continue
		}
		out = append(out, item.Text)
	}
	return out
}

// Bool returns a boolean, also from text that says true or false; otherwise is
// the value where key is absent.
func (m *Map) Bool(key string, otherwise bool) bool {
	n := m.Node(key)
	if n == nil {
		return otherwise
	}
	if n.Kind == Bool {
		return n.truth
	}
	if b, err := strconv.ParseBool(strings.ToLower(n.Text)); err == nil && n.Kind == String {
		return b
	}
	m.reader.wrongKind(n, "`"+key+"`", Bool)
	return otherwise
}

// Int returns a whole number; otherwise is the value where key is absent.
func (m *Map) Int(key string, otherwise int) int {
	n := m.Node(key)
	if n == nil {
		return otherwise
	}
	if i, ok := n.number.(int64); ok && n.Kind == Int {
		return int(i)
	}
	if i, err := strconv.Atoi(n.Text); err == nil && n.Kind == String {
		return i
	}
	m.reader.wrongKind(n, "`"+key+"`", Int)
	return otherwise
}

// Map returns the mapping under key; nil where there is none.
func (m *Map) Map(key string) *Map {
	n := m.Node(key)
	if n == nil {
		return nil
	}
	return m.reader.Map(n, "`"+key+"`")
}

// List returns the values of the list under key.
func (m *Map) List(key string) []*Node {
	n := m.Node(key)
	if n == nil {
		return nil
	}
	if n.Kind != Sequence {
		m.reader.wrongKind(n, "`"+key+"`", Sequence)
		return nil
	}
	return n.items
}

// Maps returns the mappings of the list under key; what names one of them in
// messages.
func (m *Map) Maps(key, what string) []*Map {
	var out []*Map
	for _, n := range m.List(key) {
		if n.Kind == Null {
			m.reader.wrongKind(n, what, Mapping)
			continue
		}
		if one := m.reader.Map(n, what); one != nil {
			out = append(out, one)
		}
	}
	return out
}

// Value returns the value of key as plain Go values.
func (m *Map) Value(key string) any { return m.Node(key).Value() }

// Values returns the mapping under key as plain Go values; nil where there is
// none.
func (m *Map) Values(key string) map[string]any {
	sub := m.Map(key)
	if sub == nil {
		return nil
	}
	values, _ := sub.node.Value().(map[string]any)
	return values
}

// Unasked returns the keys that nobody asked for so far.
func (m *Map) Unasked() []Field {
	var rest []Field
	for _, f := range m.fields() {
		if !slices.Contains(m.asked, f.Key) {
			rest = append(rest, f)
		}
	}
	return rest
}

// Rest returns the keys that nobody asked for, which are known from now on.
func (m *Map) Rest() []Field {
	rest := m.Unasked()
	for _, f := range rest {
		m.asked = append(m.asked, f.Key)
	}
	return rest
}

// Done reports the keys that nobody asked for.
func (m *Map) Done() {
	if m == nil {
		return
	}
	known := slices.Clone(m.asked)
	for _, f := range m.Rest() {
		m.reader.UnknownKey(f.Key, f.Place, known)
	}
}

// Fields returns all keys of the mapping in the order in which they were
// written, whether somebody asked for them or not.
func (m *Map) Fields() []Field { return m.fields() }

func (m *Map) fields() []Field {
	if m == nil {
		return nil
	}
	return m.node.fields
}

// UnknownKey reports a key that means nothing at its place, and which of the
// known ones it may have been meant to be.
func (r *Reader) UnknownKey(key string, place diag.Place, known []string) {
	r.complain("unknown-key", place, "unknown key `%s`", key).Hint = KeyHint(key, known)
}

// KeyHint says which of the known keys an unknown one was probably meant to
// be, or else what is known.
func KeyHint(key string, known []string) string {
	if near := ident.Near(key, known); len(near) > 0 {
		return "did you mean `" + strings.Join(near, "` or `") + "`?"
	}
	known = slices.Sorted(slices.Values(known))
	return "known here: " + strings.Join(known, ", ")
}
