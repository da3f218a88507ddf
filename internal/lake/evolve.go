package lake

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// Widens reports whether every value of from is one of to, as Iceberg allows a
// column to change: int→long, float→double, a larger decimal precision; nested
// types by their parts, where fields may come but not go.
func Widens(from, to Type) bool {
	switch {
	case from.Kind == Int && to.Kind == Long, from.Kind == Float && to.Kind == Double:
		return true
	case from.Kind != to.Kind:
		return false
	}
	switch from.Kind {
	case Decimal:
		return from.Scale == to.Scale && from.Precision <= to.Precision
	case Fixed:
		return from.Length == to.Length
	case List:
		return Widens(from.Elem.Type, to.Elem.Type)
	case Map:
		return sameType(from.Key.Type, to.Key.Type) && Widens(from.Value.Type, to.Value.Type)
	case Struct:
		for _, f := range from.Fields {
			g, found := fieldNamed(to.Fields, f.Name)
			if !found || !Widens(f.Type, g.Type) {
				return false
			}
		}
	}
	return true
}

// sameType compares types without field ids and documentation.
func sameType(a, b Type) bool { return a.String() == b.String() }

// AssignIDs returns wanted with field ids: a column that base has by name keeps
// its id, nested parts too, when its type is the same or widens; everything
// else gets a new one, above all that the table ever used. A nil base is a new
// table.
func (l *Lake) AssignIDs(base *Table, wanted Schema) Schema {
	var have []Field
	last := 0
	if base != nil && base.kind == TableEntry {
		have, last = base.Schema().Fields, base.lastColumnID()
	}
	out := Schema{Fields: cloneFields(wanted.Fields)}
	var level []*Field
	for i := range out.Fields {
		level = append(level, &out.Fields[i])
	}
	assign(level, have, &last)
	return out
}

// assign gives ids to one level first and to its parts after, as Iceberg does
// for new tables.
func assign(level []*Field, have []Field, last *int) {
	inherited := make([][]Field, len(level))
	for i, f := range level {
		f.ID = 0
		old, found := fieldNamed(have, f.Name)
		if found && Widens(old.Type, f.Type) {
			f.ID = old.ID
			for _, c := range old.Type.children() {
				inherited[i] = append(inherited[i], *c)
			}
		}
	}
	for _, f := range level {
		if f.ID == 0 {
			*last++
			f.ID = *last
		}
	}
	for i, f := range level {
		assign(f.Type.children(), inherited[i], last)
	}
}

// Evolve returns the schema that a table with the columns of base needs to take
// rows of the schema wanted: base's columns in their order, widened where
// wanted is wider, and wanted's new columns after them, optional. Where wanted
// needs what Iceberg does not allow, the problem names the column. Ids are
// those of base; new columns have none (see AssignIDs).
func Evolve(base, wanted Schema) (Schema, error) {
	fields, err := evolveFields("", base.Fields, wanted.Fields)
	return Schema{Fields: fields}, err
}

func evolveFields(path string, base, wanted []Field) ([]Field, error) {
	out := cloneFields(base)
	for _, w := range wanted {
		at := indexNamed(out, w.Name)
		if at < 0 {
			added := cloneFields([]Field{w})[0]
			added.Required = false
			clearIDs(&added)
			out = append(out, added)
			continue
		}
		typ, err := evolveType(path+w.Name, out[at].Type, w.Type)
		if err != nil {
			return nil, err
		}
		out[at].Type = typ
	}
	return out, nil
}

func evolveType(path string, base, wanted Type) (Type, error) {
	if base.Kind != wanted.Kind || !base.Nested() {
		switch {
		case Widens(base, wanted):
			return wanted, nil
		case Widens(wanted, base):
			return base, nil
		}
		return Type{}, diag.New("type-change", diag.Place{},
			"column %s is %s and cannot become %s", path, base, wanted).
			WithHint("Iceberg widens int to long, float to double and decimals by precision; " +
				"declare the column's type, or rebuild the table with --full-refresh")
	}
	out := base.clone()
	if base.Kind == Struct {
		fields, err := evolveFields(path+".", base.Fields, wanted.Fields)
		out.Fields = fields
		return out, err
	}
	parts, wantedParts := out.children(), wanted.children()
	for i := range parts {
		typ, err := evolveType(fmt.Sprintf("%s.%s", path, parts[i].Name), parts[i].Type, wantedParts[i].Type)
		if err != nil {
			return Type{}, err
		}
		parts[i].Type = typ
	}
	return out, nil
}

func indexNamed(fields []Field, name string) int {
	for i, f := range fields {
		if ident.Fold(f.Name) == ident.Fold(name) {
			return i
		}
	}
	return -1
}

func clearIDs(f *Field) {
	f.ID = 0
	for _, c := range f.Type.children() {
		clearIDs(c)
	}
}
