package sqlast

import "strings"

// Named puts numbers in the place of names of relations that are constants: cast
// to regclass, or the argument of a function that ends with that. number is told
// what makes a number of them, the text and where it stands; known is false where
// that makes none, and found where there is none, which is NULL.
func (t *Tree) Named(number func(function, written string, location int) (n uint32, found, known bool, err error)) error {
	return namedIn(t.root["statements"], number)
}

func namedIn(v any, number func(string, string, int) (uint32, bool, bool, error)) error {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			if err := namedIn(one, number); err != nil {
				return err
			}
		}
	case Node:
		unnamed := unnamedFunctions(v)
		for _, field := range nested(v) {
			if err := namedIn(v[field], number); err != nil {
				return err
			}
		}
		for i, c := range nodes(list(v, "select_list")) {
			if unnamed[i] != "" && text(c, "class") == "CONSTANT" {
				c["alias"] = unnamed[i]
			}
		}
		return namedNode(v, number)
	}
	return nil
}

func namedNode(n Node, number func(string, string, int) (uint32, bool, bool, error)) error {
	function, of := relationName, child(n, "child")
	if text(n, "class") == "FUNCTION" {
		function = strings.ToLower(text(n, "function_name"))
		if children := nodes(list(n, "children")); len(children) == 1 && strings.HasSuffix(function, relationName) {
			of = children[0]
		}
	} else if !isRelation(n) {
		return nil
	}
	typ, written, ok := Literal(of)
	if !ok || typ != "VARCHAR" {
		return nil
	}
	value, found, known, err := number(function, written, Location(n))
	if err != nil || !known {
		return err
	}
	alias, location := text(n, "alias"), n["query_location"]
	become(n, NumberNode(value))
	n["alias"], n["query_location"] = alias, location
	if !found {
		constant := child(n, "value")
		constant["is_null"] = true
		delete(constant, "value")
	}
	return nil
}
