package record

import "github.com/tarn-lake/tarn/internal/ident"

const (
	// MostNames is how many names are remembered from record to record.
	MostNames     = 1 << 16
	mostNameBytes = 16 << 20
)

// Names gives the names of fields numbers, so that they need not be compared.
// Numbers of names beyond a bound are valid up to the next Forget, which a
// parser calls before it reads names for a record.
type Names struct {
	ids   map[string]int32
	list  []name
	bytes int
	// passing are the names of this record alone.
	passing    []name
	passingIDs map[string]int32
}

type name struct {
	text string
	// fold is the text as names are compared.
	fold string
}

// NewNames returns an empty set.
func NewNames() *Names {
	return &Names{ids: map[string]int32{}, passingIDs: map[string]int32{}}
}

// ID returns the number of a name.
func (n *Names) ID(text []byte) int32 {
	if id, ok := n.ids[string(text)]; ok {
		return id
	}
	if id, ok := n.passingIDs[string(text)]; ok {
		return id
	}
	t := string(text)
	added := name{text: t, fold: ident.Fold(columnName(t))}
	if len(n.list) < MostNames && n.bytes+len(t) <= mostNameBytes {
		id := int32(len(n.list))
		n.list, n.ids[t] = append(n.list, added), id
		n.bytes += len(t)
		return id
	}
	id := MostNames + int32(len(n.passing))
	n.passing, n.passingIDs[t] = append(n.passing, added), id
	return id
}

// Lasting reports whether the number of a name stays the same.
func (n *Names) Lasting(id int32) bool { return id < MostNames }

// Text returns the name of a number.
func (n *Names) Text(id int32) string { return n.of(id).text }

func (n *Names) of(id int32) *name {
	if id < MostNames {
		return &n.list[id]
	}
	return &n.passing[id-MostNames]
}

// Forget drops the names that are beyond the bound.
func (n *Names) Forget() {
	if len(n.passing) > 0 {
		n.passing = n.passing[:0]
		clear(n.passingIDs)
	}
}

// columnName is how a field is called in the table: an empty name is none.
func columnName(text string) string {
	if text == "" {
		return "_"
	}
	return text
}
