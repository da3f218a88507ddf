package lake

import (
	"github.com/tarn-lake/tarn/internal/diag"
)

// resolveSchema takes base's schema where none is given, and makes sure that
// the files that stay can be read with the one that is.
func (b *tableBuild) resolveSchema() error {
	b.schema = b.change.Schema
	if b.onto != nil && b.change.Op != Replace {
		have := b.onto.Schema()
		if len(b.schema.Fields) == 0 {
			b.schema = have
		}
		if !fits(have.Fields, b.schema.Fields) {
			return diag.New("schema-change", diag.Place{},
				"%s cannot go from %s to %s while keeping its rows", b.onto.name, have, b.schema)
		}
	}
	return b.schema.check()
}

// fits reports whether rows written with the fields from can be read with the
// fields to: every field is there by id, with the same or a wider type, and no
// new one is required.
func fits(from, to []Field) bool {
	matched := 0
	for _, f := range from {
		g, found := topByID(to, f.ID)
		if !found || (g.Required && !f.Required) || !fitsType(f.Type, g.Type) {
			return false
		}
		matched++
	}
	for _, g := range to {
		if _, found := topByID(from, g.ID); !found && g.Required {
			return false
		}
	}
	return matched == len(from)
}

func fitsType(from, to Type) bool {
	if from.Kind != to.Kind || !from.Nested() {
		return Widens(from, to)
	}
	var a, z []Field
	for _, c := range from.children() {
		a = append(a, *c)
	}
	for _, c := range to.children() {
		z = append(z, *c)
	}
	return fits(a, z)
}

func topByID(fields []Field, id int) (Field, bool) {
	for _, f := range fields {
		if f.ID == id {
			return f, true
		}
	}
	return Field{}, false
}

// keepIDs makes known the schemas between base and the candidate that is built
// again, where one of them has ids that no other has: files may have columns of
// theirs, and the ids must mean nothing else later.
func (b *tableBuild) keepIDs() error {
	if !b.again || b.onto.lastColumnID() <= topID(b.schema.Fields) {
		return nil
	}
	known := map[int]bool{}
	if b.base != nil {
		for _, s := range b.base.Schemas() {
			known[s.ID] = true
		}
	}
	for _, s := range b.onto.meta.Schemas() {
		if !known[s.ID] {
			if err := b.builder.AddSchema(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// topID is the highest id of fields and their parts.
func topID(fields []Field) int {
	top := 0
	for _, f := range fields {
		top = max(top, f.ID)
		for _, c := range f.Type.children() {
			top = max(top, topID([]Field{*c}))
		}
	}
	return top
}
