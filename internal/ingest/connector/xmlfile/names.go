package xmlfile

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// mostNames is how many names are remembered between records.
const mostNames = 1 << 16

// name is the name of an element or attribute.
type name struct {
	// full is as it is written; its prefix is a namespace's.
	full string
	// record says that elements of the name are records; hidden that attributes
	// of it declare namespaces and so are no data.
	record, hidden bool
	// field and attribute are what the name is in record.Names; -1 is not asked
	// for yet.
	field, attribute int32
	// tag is the last start tag that had an attribute of the name.
	tag int64
}

// names gives names numbers.
type names struct {
	ids  map[string]int32
	list []name
	// records is the option record.
	records string
	// prefixes keeps prefixes in the names of fields.
	prefixes bool
}

func newNames(records string, prefixes bool) names {
	return names{ids: map[string]int32{}, records: records, prefixes: prefixes}
}

// id returns the number of a name that is UTF-8.
func (n *names) id(text []byte) int32 {
	if id, ok := n.ids[string(text)]; ok {
		return id
	}
	full := string(text)
	id := int32(len(n.list))
	n.ids[full] = id
	n.list = append(n.list, name{
		full: full, record: n.isRecord(full), field: -1, attribute: -1,
		hidden: full == "xmlns" || strings.HasPrefix(full, "xmlns:"),
	})
	return id
}

// isRecord reports whether elements of a name are records: the option has the
// whole name, or what is behind the prefix.
func (n *names) isRecord(full string) bool {
	return n.records != "" && (full == n.records || local(full) == n.records)
}

// local is what is behind a name's prefix.
func local(full string) string {
	if _, rest, ok := strings.Cut(full, ":"); ok && rest != "" {
		return rest
	}
	return full
}

func (n *names) fieldName(full string) string {
	if n.prefixes {
		return full
	}
	return local(full)
}

// fieldOf is the number of a child's field, attributeOf that of an attribute.
func (n *names) fieldOf(id int32, fields *record.Names) int32 {
	e := &n.list[id]
	if e.field < 0 || !fields.Lasting(e.field) {
		e.field = fields.ID([]byte(n.fieldName(e.full)))
	}
	return e.field
}

func (n *names) attributeOf(id int32, fields *record.Names) int32 {
	e := &n.list[id]
	if e.attribute < 0 || !fields.Lasting(e.attribute) {
		e.attribute = fields.ID([]byte("_" + n.fieldName(e.full)))
	}
	return e.attribute
}

// shrink forgets names where there are too many; those of open elements get
// new numbers.
func (n *names) shrink(open []int32) {
	if len(n.list) <= mostNames {
		return
	}
	old := n.list
	n.ids, n.list = map[string]int32{}, nil
	for i, id := range open {
		open[i] = n.id([]byte(old[id].full))
	}
}
