package lake

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Field is a column, or a part of a nested one.
type Field struct {
	// ID identifies the field for ever, whatever its name becomes; 0 is not
	// assigned yet.
	ID       int
	Name     string
	Type     Type
	Required bool
	Doc      string
	// InitialDefault is the value in files that lack the field, WriteDefault that
	// in new files of rows that do not say; nil is NULL. They are as JSON has
	// them; see [Field.DefaultText].
	InitialDefault, WriteDefault any
}

// Schema is the columns of a table, at one time.
type Schema struct {
	ID     int
	Fields []Field
}

// Column returns the column of that name; case does not matter.
func (s Schema) Column(name string) (Field, bool) { return fieldNamed(s.Fields, name) }

// Field returns the field, nested or not, with that id.
func (s Schema) Field(id int) (Field, bool) { return fieldByID(s.Fields, id) }

// Names returns the names of the columns in order.
func (s Schema) Names() []string {
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i] = f.Name
	}
	return names
}

// String returns the columns as name: type, in order.
func (s Schema) String() string { return StructOf(s.Fields...).String() }

func fieldNamed(fields []Field, name string) (Field, bool) {
	for _, f := range fields {
		if f.Name == name {
			return f, true
		}
	}
	for _, f := range fields {
		if ident.Fold(f.Name) == ident.Fold(name) {
			return f, true
		}
	}
	return Field{}, false
}

func fieldByID(fields []Field, id int) (Field, bool) {
	for _, f := range fields {
		if f.ID == id {
			return f, true
		}
		for _, c := range f.Type.children() {
			if found, ok := fieldByID([]Field{*c}, id); ok {
				return found, true
			}
		}
	}
	return Field{}, false
}

func cloneFields(fields []Field) []Field {
	if fields == nil {
		return nil
	}
	out := make([]Field, len(fields))
	for i, f := range fields {
		f.Type = f.Type.clone()
		out[i] = f
	}
	return out
}

// check returns an error where the schema could not be that of a table.
func (s Schema) check() error {
	if len(s.Fields) == 0 {
		return fmt.Errorf("a table needs at least one column")
	}
	return checkFields("", s.Fields, map[int]string{})
}

func checkFields(path string, fields []Field, ids map[int]string) error {
	names := map[string]string{}
	for _, f := range fields {
		name := path + f.Name
		if f.Name == "" {
			return fmt.Errorf("a column of %q has no name", path)
		}
		if other, found := names[ident.Fold(f.Name)]; found {
			return fmt.Errorf("columns %q and %q differ only by case", path+other, name)
		}
		names[ident.Fold(f.Name)] = f.Name
		if f.ID <= 0 {
			return fmt.Errorf("column %q has no field id", name)
		}
		if other, found := ids[f.ID]; found {
			return fmt.Errorf("columns %q and %q share field id %d", other, name, f.ID)
		}
		ids[f.ID] = name
		if err := f.Type.check(name); err != nil {
			return err
		}
		var parts []Field
		for _, c := range f.Type.children() {
			parts = append(parts, *c)
		}
		if err := checkFields(name+".", parts, ids); err != nil {
			return err
		}
	}
	return nil
}

func (t Type) check(name string) error {
	switch {
	case kindNames[t.Kind] == "":
		return fmt.Errorf("column %q has no type", name)
	case t.Kind == Decimal && (t.Precision < 1 || t.Precision > 38 || t.Scale < 0 || t.Scale > t.Precision):
		return fmt.Errorf("column %q: %s is not a decimal that Iceberg has", name, t)
	case t.Kind == Fixed && t.Length < 1:
		return fmt.Errorf("column %q: %s has no length", name, t)
	case t.Kind == List && t.Elem == nil, t.Kind == Map && (t.Key == nil || t.Value == nil):
		return fmt.Errorf("column %q: a %s needs its parts", name, t.Kind)
	}
	return nil
}
