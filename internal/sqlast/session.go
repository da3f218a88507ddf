package sqlast

import "strings"

// sessionValues are the functions of PostgreSQL that are written without
// parentheses.
var sessionValues = map[string]bool{"current_user": true, "session_user": true, "user": true, "current_role": true, "current_catalog": true, "current_schema": true}

// SessionValues makes calls of the words that are functions without parentheses,
// where function knows them. sql is the tree's text: in quotes, they are columns.
func (t *Tree) SessionValues(sql string, function func(name string) (string, bool)) {
	sessionValue(t.root["statements"], sql, function)
}

func sessionValue(v any, sql string, function func(string) (string, bool)) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			sessionValue(one, sql, function)
		}
	case Node:
		for _, c := range nodes(list(v, "select_list")) {
			if names := texts(c, "column_names"); text(c, "alias") == "" && len(names) == 1 && sessionValues[strings.ToLower(names[0])] {
				c["alias"] = names[0]
			}
		}
		for _, field := range nested(v) {
			sessionValue(v[field], sql, function)
		}
		names := texts(v, "column_names")
		at := Location(v)
		if text(v, "class") != "COLUMN_REF" || len(names) != 1 || !sessionValues[strings.ToLower(names[0])] || at < 0 || at >= len(sql) || sql[at] == '"' {
			return
		}
		name := strings.ToLower(names[0])
		if called, known := function(name); known {
			become(v, call(called, text(v, "alias"), v))
			v["children"] = []any{}
		}
	}
}
