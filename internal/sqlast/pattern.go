package sqlast

import (
	"slices"
	"strings"
)

// readsCatalog reports whether a relation of PostgreSQL's catalog is named.
func readsCatalog(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, readsCatalog)
	case Node:
		schema := strings.ToLower(text(v, "schema_name"))
		if Kind(v) == "BASE_TABLE" && (schema == pgCatalog || schema == "information_schema" || strings.HasPrefix(strings.ToLower(text(v, "table_name")), "pg_")) {
			return true
		}
		return slices.ContainsFunc(nested(v), func(field string) bool { return readsCatalog(v[field]) })
	}
	return false
}

// escaping are the functions that read a pattern with an escape, for the
// operators that read one without.
var escaping = map[string]string{"~~": "like_escape", "!~~": "not_like_escape", "~~*": "ilike_escape", "!~~*": "not_ilike_escape"}

// patterns lets a backslash in a pattern of LIKE escape what follows, and a
// regular expression match a part of a text.
func patterns(v any) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			patterns(one)
		}
	case Node:
		for _, field := range nested(v) {
			patterns(v[field])
		}
		switch {
		case text(v, "class") == "FUNCTION" && strings.EqualFold(text(v, "function_name"), "format"):
			formatted(v)
		case text(v, "class") == "FUNCTION":
			pattern(v)
		case Kind(v) == "TABLE_FUNCTION":
			listed(v)
		}
	}
}

// formatted lets format read its pattern as PostgreSQL's does: %s is a value, %I
// a name.
func formatted(n Node) {
	children := nodes(list(n, "children"))
	if len(children) == 0 {
		return
	}
	_, written, ok := Literal(children[0])
	if !ok || !strings.Contains(written, "%") {
		return
	}
	at := 0
	for rest := written; ; {
		_, after, more := strings.Cut(rest, "%")
		if !more || after == "" {
			break
		}
		if rest = after[1:]; after[0] == '%' {
			continue
		}
		if at++; after[0] == 'I' && at < len(children) {
			n["children"].([]any)[at] = called("quote_ident", children[at])
		}
	}
	child(children[0], "value")["value"] = strings.ReplaceAll(written, "%I", "%s")
	n["function_name"] = "printf"
}

// called is the call of a function with one value.
func called(name string, value Node) Node {
	return Node{"class": "FUNCTION", "type": "FUNCTION", "alias": "", "query_location": value["query_location"], "function_name": name, "schema": "",
		"children": []any{value}, "filter": nil, "order_bys": Node{"type": "ORDER_MODIFIER", "orders": []any{}}, "distinct": false, "is_operator": false,
		"export_state": false, "catalog": ""}
}

// listed gives what some functions after FROM have there the name that it has in
// PostgreSQL: that of the function's alias. One that gives a single value is the
// query of it.
func listed(n Node) {
	f, alias := child(n, "function"), text(n, "alias")
	switch strings.ToLower(text(f, "function_name")) {
	case "generate_series":
		if alias != "" && len(list(n, "column_name_alias")) == 0 {
			n["column_name_alias"] = []any{alias}
		}
	case "string_to_array":
		f["alias"] = alias
		location := n["query_location"]
		clear(n)
		n["type"], n["alias"], n["sample"], n["query_location"], n["column_name_alias"] = "SUBQUERY", alias, nil, location, []any{}
		n["subquery"] = Node{"named_param_map": []any{}, "node": Node{"type": "SELECT_NODE", "modifiers": []any{}, "cte_map": Node{"map": []any{}}, "select_list": []any{f},
			"from_table":   Node{"type": "EMPTY", "alias": "", "sample": nil, "query_location": location},
			"where_clause": nil, "group_expressions": []any{}, "group_sets": []any{}, "aggregate_handling": "STANDARD_HANDLING", "having": nil, "sample": nil, "qualify": nil}}
	}
}

func pattern(n Node) {
	name, children := text(n, "function_name"), list(n, "children")
	if name == "regexp_full_match" || name == "~" {
		n["function_name"], n["is_operator"] = "regexp_matches", false
		return
	}
	escape, is := escaping[name]
	if !is || len(children) != 2 {
		return
	}
	written, _ := children[1].(Node)
	if _, value, ok := Literal(written); !ok || !strings.Contains(value, `\`) {
		return
	}
	n["function_name"], n["is_operator"] = escape, false
	n["children"] = append(children, Node{"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "query_location": written["query_location"],
		"value": Node{"type": Node{"id": "VARCHAR", "type_info": nil}, "is_null": false, "value": `\`}})
}
