package gate

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// keyNumber and indexNumber are the numbers of a key and of its index: odd ones,
// where those of tables are even.
func keyNumber(of ident.Table, name string) uint32 { return Number("key "+of.String()+"."+name) + 1 }
func indexNumber(of ident.Table, name string) uint32 {
	return Number("index "+of.String()+"."+name) + 1
}

// wantedKeys are the keys of which a statement may use rows.
type wantedKeys struct {
	conditions      []sqlast.Condition
	key, index, led *[]uint32 // numbers of keys, of indexes, and of where keys lead; nil is any
}

func newWantedKeys(conditions []sqlast.Condition) wantedKeys {
	list := func(column string) *[]uint32 {
		if numbers, known := numbersOf(conditions, column); known {
			return &numbers
		}
		return nil
	}
	return wantedKeys{conditions, list("key_number"), list("index_number"), list("to_table_number")}
}

// none reports whether no key can have the numbers that are wanted.
func (w wantedKeys) none() bool {
	for _, list := range []*[]uint32{w.key, w.index, w.led} {
		if list != nil && noObjects(*list) {
			return true
		}
	}
	return false
}

// has reports whether a key may be wanted, wherever it leads.
func (w wantedKeys) has(of ident.Table, name string, kind lake.KeyKind) bool {
	return !leftOut(w.conditions, "constraint_name", name) && !leftOut(w.conditions, "constraint_type", string(kind)) &&
		(w.key == nil || slices.Contains(*w.key, keyNumber(of, name))) && (w.index == nil || slices.Contains(*w.index, indexNumber(of, name)))
}

// leading reports whether a key may be wanted that leads to a table, if it leads
// anywhere.
func (w wantedKeys) leading(key lake.Key, to ident.Table) bool {
	return w.led == nil || key.Kind == lake.ForeignKey && slices.Contains(*w.led, tableNumber(to))
}

// only is the table with those of its keys that may be wanted.
func (k keyed) only(w wantedKeys) keyed {
	with := *k.described
	with.keys = nil
	var names []string
	for i, key := range k.keys {
		if w.has(k.name, k.names[i], key.Kind) {
			with.keys, names = append(with.keys, key), append(names, k.names[i])
		}
	}
	k.described, k.names = &with, names
	return k
}

// indexNamed is the number of the index of that name; false is none.
func (k keyed) indexNamed(name string) (number uint32, found bool) {
	for i, key := range k.keys {
		if strings.EqualFold(k.names[i], name) && key.Kind != lake.ForeignKey {
			return indexNumber(k.name, k.names[i]), true
		}
	}
	return 0, false
}
