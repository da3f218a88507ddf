package template

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/agate"
)

// columnConstraints is render_raw_columns_constraints: each column as it
// stands in CREATE TABLE.
func columnConstraints(c *jinja.Call) (any, error) {
	b, err := c.Bind("raw_columns")
	if err != nil {
		return nil, err
	}
	columns, ok := b.Any(0, nil).(*python.Dict)
	if !ok {
		return nil, bad(c, "`render_raw_columns_constraints` takes the dict of a model's columns")
	}
	out := python.NewList()
	for i := range columns.Len() {
		_, v := columns.Entry(i)
		plain, err := python.ToGo(v)
		if err != nil {
			return nil, err
		}
		column, _ := plain.(map[string]any)
		words := []string{field(column, "name"), field(column, "data_type")}
		if column["quote"] == true {
			words[0] = ident.Quote(words[0])
		}
		for _, constraint := range dicts(column["constraints"]) {
			if text := columnConstraint(constraint); text != "" {
				words = append(words, text)
			}
		}
		out.Items = append(out.Items, strings.Join(words, " "))
	}
	return out, nil
}

// modelConstraints is render_raw_model_constraints.
func modelConstraints(c *jinja.Call) (any, error) {
	b, err := c.Bind("raw_constraints")
	if err != nil {
		return nil, err
	}
	plain, err := python.ToGo(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	out := python.NewList()
	for _, constraint := range dicts(plain) {
		if text := modelConstraint(constraint); text != "" {
			out.Items = append(out.Items, text)
		}
	}
	return out, nil
}

func field(m map[string]any, name string) string {
	s, _ := m[name].(string)
	return s
}

func dicts(v any) []map[string]any {
	list, _ := v.([]any)
	var out []map[string]any
	for _, item := range list {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func names(v any) string {
	list, _ := v.([]any)
	var out []string
	for _, item := range list {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// keyWords are the constraints that are a few words and perhaps an expression.
var keyWords = map[string]string{"not_null": "not null", "unique": "unique", "primary_key": "primary key"}

func columnConstraint(m map[string]any) string {
	kind, expression := field(m, "type"), field(m, "expression")
	if word, ok := keyWords[kind]; ok {
		return strings.TrimSpace(word + " " + expression)
	}
	switch {
	case kind == "check" && expression != "":
		return "check (" + expression + ")"
	case kind == "custom":
		return expression
	case kind == "foreign_key":
		return references(m)
	}
	return ""
}

func references(m map[string]any) string {
	if to, columns := field(m, "to"), names(m["to_columns"]); to != "" && columns != "" {
		return "references " + withoutDatabase(to) + " (" + columns + ")"
	}
	if expression := field(m, "expression"); expression != "" {
		return "references " + expression
	}
	return ""
}

// withoutDatabase leaves the database of a name out, which the engine does not
// take for the target of a foreign key.
func withoutDatabase(name string) string {
	if parts := strings.Split(name, "."); len(parts) > 2 {
		return strings.Join(parts[1:], ".")
	}
	return name
}

func modelConstraint(m map[string]any) string {
	prefix := ""
	if name := field(m, "name"); name != "" {
		prefix = "constraint " + name + " "
	}
	kind, expression, columns := field(m, "type"), field(m, "expression"), names(m["columns"])
	switch kind {
	case "check":
		if expression == "" {
			return ""
		}
		return prefix + "check (" + expression + ")"
	case "unique", "primary_key":
		text := prefix + keyWords[kind]
		if expression != "" {
			text += " " + expression
		}
		return text + " (" + columns + ")"
	case "foreign_key":
		if field(m, "to") == "" && expression == "" {
			return ""
		}
		return prefix + "foreign key (" + columns + ") " + references(m)
	case "custom":
		return strings.TrimSpace(prefix + expression)
	}
	return ""
}

// convertType is adapter.convert_type: the type of a table's column.
func convertType(c *jinja.Call) (any, error) {
	b, err := c.Bind("agate_table", "col_idx")
	if err != nil {
		return nil, err
	}
	at, err := b.Int(1, 0)
	if err != nil {
		return nil, err
	}
	columns, _ := attribute(b.Any(0, nil), "column_types")
	items, err := python.Collect(columns)
	if err != nil || at < 0 || int(at) >= len(items) {
		return nil, bad(c, "`convert_type` takes a table of results and the number of one of its columns")
	}
	if t, ok := items[at].(agate.Type); ok {
		return seedTypes[t], nil
	}
	return python.Str(items[at])
}
