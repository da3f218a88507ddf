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
		if text(v, "class") == "FUNCTION" {
			pattern(v)
		}
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
