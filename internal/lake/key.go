package lake

import (
	"encoding/json"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
)

// KeyKind is what a key says of its columns, as the standard's
// information_schema calls it.
type KeyKind string

// The kinds of keys.
const (
	PrimaryKey KeyKind = "PRIMARY KEY"
	UniqueKey  KeyKind = "UNIQUE"
	ForeignKey KeyKind = "FOREIGN KEY"
)

// Key is a key that a table is declared to have. Nothing refuses rows that
// break it.
type Key struct {
	Kind KeyKind
	// Name is "" where nobody has given one.
	Name    string
	Columns []string
	// To and ToColumns are where a foreign key leads.
	To        ident.Table
	ToColumns []string
}

// keysProperty holds the keys that a project has declared, with their columns
// by id, so that a column may get another name.
const keysProperty = "tarn.keys"

// storedKey is a key as the property has it.
type storedKey struct {
	Kind      KeyKind  `json:"kind"`
	Name      string   `json:"name,omitempty"`
	Columns   []int    `json:"columns"`
	To        []string `json:"to,omitempty"` // namespace and name
	ToColumns []string `json:"to-columns,omitempty"`
}

// Keys returns the keys of the table: those that its project has declared, and
// Iceberg's identifier fields as the primary key where none was. One whose
// column is gone is none.
func (t *Table) Keys() []Key {
	if t.kind == ViewEntry {
		return nil
	}
	var stored []storedKey
	if json.Unmarshal([]byte(t.meta.Properties()[keysProperty]), &stored) != nil {
		stored = nil // not what was written here
	}
	if !slices.ContainsFunc(stored, func(k storedKey) bool { return k.Kind == PrimaryKey }) {
		stored = append([]storedKey{{Kind: PrimaryKey, Columns: t.meta.CurrentSchema().IdentifierFieldIDs}}, stored...)
	}
	var out []Key
	for _, s := range stored {
		k := Key{Kind: s.Kind, Name: s.Name, ToColumns: s.ToColumns}
		for _, id := range s.Columns {
			if f, found := topByID(t.Schema().Fields, id); found {
				k.Columns = append(k.Columns, f.Name)
			}
		}
		if len(s.To) == 2 {
			k.To = ident.Table{Namespace: s.To[0], Name: s.To[1]}
		}
		if k.whole(len(s.Columns)) {
			out = append(out, k)
		}
	}
	return out
}

// whole reports whether a key says all that one of its kind does, of so many
// columns.
func (k Key) whole(columns int) bool {
	if columns == 0 || len(k.Columns) != columns {
		return false
	}
	if k.Kind == ForeignKey {
		return !k.To.IsZero() && len(k.ToColumns) == columns
	}
	return k.Kind == PrimaryKey || k.Kind == UniqueKey
}

// storedKeys are the keys of the change as the property has them; ok is false
// where there are none.
func (b *tableBuild) storedKeys() (text string, ok bool) {
	var stored []storedKey
	for _, k := range b.change.Keys {
		s := storedKey{Kind: k.Kind, Name: k.Name, ToColumns: k.ToColumns}
		for _, name := range k.Columns {
			if f, found := b.schema.Column(name); found {
				s.Columns = append(s.Columns, f.ID)
			}
		}
		if !k.To.IsZero() {
			s.To = []string{k.To.Namespace, k.To.Name}
		}
		if len(s.Columns) == len(k.Columns) {
			stored = append(stored, s)
		}
	}
	if len(stored) == 0 {
		return "", false
	}
	data, err := json.Marshal(stored)
	return string(data), err == nil // which it always is: texts and numbers
}

// identifiers are the identifier fields of the base that the new schema still
// has, all of them or none: rows that were made anew need not be what the old
// ones were.
func (b *tableBuild) identifiers() []int {
	if b.base == nil || b.change.Op == Replace {
		return nil
	}
	ids := b.base.CurrentSchema().IdentifierFieldIDs
	for _, id := range ids {
		if f, found := topByID(b.schema.Fields, id); !found || !f.Required {
			return nil
		}
	}
	return ids
}
