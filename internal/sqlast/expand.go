package sqlast

import "strings"

// Expand puts queries in the place of functions of PostgreSQL's catalog that
// read it. query returns the expression for a function, by its name, with
// placeholders $1 and so on where the function's arguments go; nil leaves the
// function. An argument that is not given is NULL.
func (t *Tree) Expand(query func(name string) (expression Node, null Node, err error)) error {
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

func expandNode(n Node, query func(string) (Node, Node, error)) (any, error) {
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
