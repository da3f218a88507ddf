package sqlast

import "strings"

// pgCatalog is the schema that PostgreSQL's clients name before its functions
// and types.
const pgCatalog = "pg_catalog"

// Translate makes what is written for PostgreSQL's catalog what the engine
// reads: functions and types without its schema, no collations of it, and casts
// to names of objects as calls. function returns what to call one, by its name;
// false leaves it.
func (t *Tree) Translate(function func(name string) (string, bool)) {
	t.root["statements"] = translated(t.root["statements"], function)
}

// objectNames are the types whose values are objects of the catalog.
var objectNames = map[string]bool{"regclass": true, "regtype": true, "regproc": true, "regnamespace": true, "regrole": true, "regprocedure": true, "regoper": true}

// otherTypes are types of PostgreSQL that the engine calls otherwise.
var otherTypes = map[string]string{"oid": "BIGINT", "xid": "BIGINT", "name": "VARCHAR", "char": "VARCHAR", "int2vector": "VARCHAR", "oidvector": "VARCHAR", "jsonb": "JSON"}

func translated(v any, function func(string) (string, bool)) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = translated(v[i], function)
		}
	case Node:
		named(v)
		for _, field := range nested(v) {
			v[field] = translated(v[field], function)
		}
		return translatedNode(v, function)
	}
	return v
}

// named gives the column of a function of the catalog after FROM the name that
// the function has there.
func named(n Node) {
	alias := text(n, "alias")
	if Kind(n) == "TABLE_FUNCTION" && alias != "" && len(list(n, "column_name_alias")) == 0 && text(child(n, "function"), "schema") == pgCatalog {
		n["column_name_alias"] = []any{alias}
	}
}

func translatedNode(n Node, function func(string) (string, bool)) any {
	switch text(n, "class") {
	case "FUNCTION":
		schema := strings.ToLower(text(n, "schema"))
		if schema != "" && schema != pgCatalog && schema != "information_schema" {
			return n
		}
		if schema == pgCatalog {
			n["schema"] = ""
		}
		if name, known := function(strings.ToLower(text(n, "function_name"))); known {
			n["function_name"], n["schema"] = name, ""
		}
	case "COLLATE":
		if strings.HasPrefix(text(n, "collation"), pgCatalog+".") {
			return n["child"]
		}
	case "CAST":
		return translatedCast(n, function)
	}
	return n
}

func translatedCast(n Node, function func(string) (string, bool)) any {
	info := child(child(n, "cast_type"), "type_info")
	if text(info, "type") != "UNBOUND_TYPE_INFO" {
		return n
	}
	if text(info, "schema") == pgCatalog {
		info["schema"] = ""
	}
	name := strings.ToLower(text(info, "name"))
	if other, known := otherTypes[name]; known {
		n["cast_type"] = Node{"id": other, "type_info": nil}
		return n
	}
	if called, known := function(name); known && objectNames[name] {
		return Node{
			"class": "FUNCTION", "type": "FUNCTION", "alias": text(n, "alias"), "query_location": n["query_location"], "function_name": called, "schema": "",
			"children": []any{n["child"]}, "filter": nil, "order_bys": Node{"type": "ORDER_MODIFIER", "orders": []any{}},
			"distinct": false, "is_operator": false, "export_state": false, "catalog": "",
		}
	}
	return n
}
