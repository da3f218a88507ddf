package sqlast

import "strings"

// Expand puts queries in the place of functions of PostgreSQL's catalog that
// read it. query returns the expression for a function, by its name, with
// placeholders $1 and so on where the function's arguments go; nil leaves the
// function. An argument that is not given is NULL.
//
// So are names of relations, where numbers of them are cast to regclass and then
// to text, or are the columns of a statement; the function's name for that is
// regclasstext. Columns of a statement that are vectors are written as such.
func (t *Tree) Expand(query func(name string) (expression Node, null Node, err error)) error {
	for i := range t.Len() {
		for _, c := range nodes(list(t.Query(i), "select_list")) {
			shown(c)
		}
	}
	expanded, err := expand(t.root["statements"], query)
	t.root["statements"] = expanded
	return err
}

func expand(v any, query func(string) (Node, Node, error)) (any, error) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			var err error
			if v[i], err = expand(v[i], query); err != nil {
				return nil, err
			}
		}
	case Node:
		unnamed := unnamedFunctions(v)
		for _, field := range nested(v) {
			// What stands after FROM gives rows, and is no expression.
			if f := child(v, field); f != nil && Kind(v) == "TABLE_FUNCTION" && field == "function" {
				if _, err := expand(list(f, "children"), query); err != nil {
					return nil, err
				}
				continue
			}
			var err error
			if v[field], err = expand(v[field], query); err != nil {
				return nil, err
			}
		}
		for i, c := range nodes(list(v, "select_list")) {
			if unnamed[i] != "" && text(c, "class") == "SUBQUERY" {
				c["alias"] = unnamed[i]
			}
		}
		return expandNode(v, query)
	}
	return v, nil
}

// unnamedFunctions are the functions among the columns of a query that give
// theirs its name.
func unnamedFunctions(query Node) map[int]string {
	names := map[int]string{}
	for i, c := range nodes(list(query, "select_list")) {
		if text(c, "class") == "FUNCTION" && text(c, "alias") == "" {
			names[i] = strings.ToLower(text(c, "function_name"))
		}
	}
	return names
}

// relationText is the function that names a relation by its number.
const relationText = "regclasstext"

func expandNode(n Node, query func(string) (Node, Node, error)) (any, error) {
	if text(n, "class") == "CAST" && isText(n) && isRelation(child(n, "child")) {
		n["class"], n["function_name"], n["children"] = "FUNCTION", relationText, []any{n["child"]}
	}
	schema, name := strings.ToLower(text(n, "schema")), strings.ToLower(text(n, "function_name"))
	if text(n, "class") != "FUNCTION" || schema != "" && schema != pgCatalog {
		return n, nil
	}
	expression, null, err := query(name)
	if expression == nil || err != nil {
		return n, err
	}
	Relocate(expression, Location(n))
	given := nodes(list(n, "children"))
	bound, err := bind(expression, func(number string, _ int) (Node, error) {
		for i, one := range given {
			if number == placeholderName(i) {
				return Copy(one), nil
			}
		}
		return Copy(null), nil
	})
	if err != nil {
		return nil, err
	}
	expression, _ = bound.(Node)
	expression["alias"] = text(n, "alias")
	return expression, nil
}

// placeholderName is what a tree calls the i-th placeholder.
func placeholderName(i int) string { return string(rune('1' + i)) }

// vectors are the columns of the catalog that are lists, and are shown as their
// elements with spaces between them.
var vectors = map[string]bool{"indkey": true, "indclass": true, "indoption": true, "indcollation": true}

// shown makes a column of a statement what a client sees of it.
func shown(c Node) {
	names := texts(c, "column_names")
	switch {
	case isRelation(c):
		cast := Copy(c)
		cast["alias"] = ""
		alias := text(c, "alias")
		if alias == "" {
			alias = "regclass"
		}
		become(c, call(relationText, alias, cast))
	case text(c, "class") == "COLUMN_REF" && vectors[strings.ToLower(names[len(names)-1])]:
		column, alias := Copy(c), text(c, "alias")
		column["alias"] = ""
		if alias == "" {
			alias = names[len(names)-1]
		}
		become(c, call("array_to_string", alias, column, constant("VARCHAR", " ")))
	}
}

// become makes a node another one.
func become(n, other Node) {
	for field := range n {
		delete(n, field)
	}
	for field, v := range other {
		n[field] = v
	}
}

// isRelation reports whether an expression is cast to a name of a relation.
func isRelation(n Node) bool {
	return text(n, "class") == "CAST" && strings.EqualFold(text(child(child(n, "cast_type"), "type_info"), "name"), "regclass")
}

// isText reports whether an expression is cast to a text.
func isText(n Node) bool {
	target := child(n, "cast_type")
	return text(target, "id") == "VARCHAR" || textTypes[strings.ToLower(text(child(target, "type_info"), "name"))]
}
