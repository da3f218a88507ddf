package scan

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// asWritten returns t with the fields that a file has, called as in the file.
func asWritten(t lake.Type, written names) (lake.Type, error) {
	switch t.Kind {
	case lake.Struct:
		var fields []lake.Field
		for _, f := range t.Fields {
			name, has := written[f.ID]
			if !has {
				continue
			}
			inner, err := asWritten(f.Type, written)
			if err != nil {
				return t, err
			}
			fields = append(fields, lake.Field{ID: f.ID, Name: name, Type: inner})
		}
		if len(fields) == 0 {
			return t, diag.New("all-fields-new", diag.Place{},
				"none of the fields of %s is in the table's older files, which tell no more than that it is there", t).
				WithHint("rebuild the table with --full-refresh, or keep one of its older fields")
		}
		return lake.StructOf(fields...), nil
	case lake.List:
		elem, err := asWritten(t.Elem.Type, written)
		return lake.ListOf(elem), err
	case lake.Map:
		key, err := asWritten(t.Key.Type, written)
		if err != nil {
			return t, err
		}
		value, err := asWritten(t.Value.Type, written)
		return lake.MapOf(key, value), err
	default:
		return t, nil
	}
}

// rebuild returns an expression of type t over value, which has the type that
// asWritten returns for t. NULL stays NULL.
func (g *group) rebuild(value string, t lake.Type, depth int) (string, error) {
	x := lambdaName(depth)
	switch t.Kind {
	case lake.Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			part, err := g.rebuildField(value, f, depth)
			if err != nil {
				return "", err
			}
			fields[i] = ident.Quote(f.Name) + " := " + part
		}
		return whenPresent(value, "struct_pack("+strings.Join(fields, ", ")+")"), nil
	case lake.List:
		elem, err := g.rebuild(x, t.Elem.Type, depth+1)
		return fmt.Sprintf("list_transform(%s, lambda %s: %s)", value, x, elem), err
	case lake.Map:
		key, err := g.rebuild(x+".key", t.Key.Type, depth+1)
		if err != nil {
			return "", err
		}
		val, err := g.rebuild(x+".value", t.Value.Type, depth+1)
		return whenPresent(value, fmt.Sprintf(
			"map_from_entries(list_transform(map_entries(%s), lambda %s: struct_pack(key := %s, value := %s)))",
			value, x, key, val)), err
	default:
		return value, nil
	}
}

func (g *group) rebuildField(value string, f lake.Field, depth int) (string, error) {
	name, has := g.written[f.ID]
	if has {
		return g.rebuild("struct_extract("+value+", "+ident.Literal(name)+")", f.Type, depth)
	}
	duckType, err := DuckType(f.Type)
	if err != nil {
		return "", err
	}
	lacking, err := defaultOf(f, f.InitialDefault)
	return "CAST(" + lacking + " AS " + duckType + ")", err
}

func whenPresent(value, expr string) string {
	return "CASE WHEN " + value + " IS NULL THEN NULL ELSE " + expr + " END"
}
