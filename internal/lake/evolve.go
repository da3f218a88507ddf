package lake

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
			f.ID, f.InitialDefault, f.WriteDefault = old.ID, old.InitialDefault, old.WriteDefault
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
