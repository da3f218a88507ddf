package pgcatalog

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
)

// Relation tells what narrows statements that read a relation.
func (d Catalog) Relation(name ident.Table) *gate.Relation {
	return knownRelations()[relationName(name)]
}

// knownRelations is what is known of the relations, by their names.
var knownRelations = sync.OnceValue(func() map[string]*gate.Relation {
	all := map[string]*gate.Relation{}
	for name, r := range catalogRelations() {
		all[name] = r.known()
	}
	return all
})

// known are the relation's columns: which of them are numbers of objects, and
// which leave out rows.
func (r relation) known() *gate.Relation {
	f, filled := fillingOf(r.name)
	values := r.values(f)
	out := &gate.Relation{Columns: map[string]gate.Column{}, Empty: !filled}
	for _, c := range r.columns {
		made := source(values[c[0]])
		column := gate.Column{Number: c[1] == "oid", Narrows: strings.Contains(f.from, "{only}") && (numbered[made] || titled[made] != "")}
		if r.name == "pg_namespace" && column.Number { // there are few: to ask for their numbers costs more
			column.Narrows = false
		}
		if r.name == classRelation {
			column.Narrows = slices.Contains([]string{"oid", "relname", "relnamespace"}, c[0])
		}
		if always, err := strconv.ParseUint(values[c[0]], 10, 32); err == nil && column.Number {
			number := uint32(always)
			column.Always = &number
		}
		out.Columns[ident.Fold(c[0])] = column
	}
	return out
}

// relationName is what the relation of a name is called here: those of
// information_schema with that before it, "" is none.
func relationName(name ident.Table) string {
	relation := ident.Fold(name.Name)
	switch namespace := ident.Fold(name.Namespace); {
	case namespace == gate.InformationNamespace:
		return namespace + "." + relation
	case namespace == Namespace, namespace == ident.DefaultNamespace && strings.HasPrefix(relation, "pg_"):
		return relation
	}
	return ""
}

// Named is what the name of a relation means, as regclass reads it: a number, a
// relation of the catalog, or a table of the lake, which is looked for in the
// session's namespaces where it has none.
func (d Catalog) Named(function, written string) (meant gate.Meant, known bool) {
	if function != "regclass" && function != "to_regclass" {
		return meant, false
	}
	if number, err := strconv.ParseUint(strings.TrimSpace(written), 10, 32); err == nil {
		return gate.Meant{Number: uint32(number)}, number != 0
	}
	parts, ok := nameParts(written)
	if !ok {
		return meant, false
	}
	meant.Must = function == "regclass"
	name := parts[len(parts)-1]
	if len(parts) > 1 {
		t := ident.Table{Namespace: strings.Join(parts[:len(parts)-1], "."), Name: name}
		if catalogRelations()[relationName(t)].number != 0 {
			return gate.Meant{Number: catalogRelations()[relationName(t)].number}, true
		}
		_, ours := catalogRelations()[relationName(t)]
		meant.Names = []ident.Table{t}
		return meant, !ours
	}
	if r, ours := catalogRelations()[name]; ours {
		return gate.Meant{Number: r.number}, r.number != 0
	}
	for _, namespace := range append([]string{gate.TempNamespace}, d.Schemas()...) {
		meant.Names = append(meant.Names, ident.Table{Namespace: namespace, Name: name})
	}
	return meant, true
}

// nameParts reads a name as SQL has it: parts without quotes are folded; false is
// that it is none.
func nameParts(written string) (parts []string, ok bool) {
	for rest := strings.TrimSpace(written); ; rest = rest[1:] {
		part, after, quoted, ok := ident.Cut(rest)
		if !quoted {
			part = ident.Fold(strings.TrimSpace(part))
		}
		if !ok || part == "" {
			return nil, false
		}
		if parts, rest = append(parts, part), after; rest == "" {
			return parts, true
		}
	}
}
