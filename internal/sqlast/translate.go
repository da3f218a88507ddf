package sqlast

import (
	"encoding/json"
	"strings"
)

// pgCatalog is the schema that PostgreSQL's clients name before its functions
// and types.
const pgCatalog = "pg_catalog"

// Translate makes what is written for PostgreSQL's catalog what the engine
// reads: functions and types without its schema, no collations of it, and casts
// to names of objects as calls. function returns what to call one, by its name;
// false leaves it. In a statement that reads the catalog patterns are
// PostgreSQL's, too.
func (t *Tree) Translate(function func(name string) (string, bool)) {
	if readsCatalog(t.root["statements"]) {
		patterns(t.root["statements"])
	}
	t.root["statements"] = translated(t.root["statements"], function)
}

// objectNames are the types whose values are objects of the catalog.
var objectNames = map[string]bool{"regclass": true, "regtype": true, "regproc": true, "regnamespace": true, "regrole": true, "regprocedure": true, "regoper": true, "regoperator": true,
	"regcollation": true, "regconfig": true, "regdictionary": true}

// textTypes are the types of texts.
var textTypes = map[string]bool{"text": true, "varchar": true, "name": true}

// otherTypes are types of PostgreSQL that the engine calls otherwise.
var otherTypes = map[string]string{"oid": "UINTEGER", "xid": "UINTEGER", "name": "VARCHAR", "char": "VARCHAR", "int2vector": "VARCHAR", "oidvector": "VARCHAR", "jsonb": "JSON"}

func translated(v any, function func(string) (string, bool)) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = translated(v[i], function)
		}
	case Node:
		named(v)
		titled(v, function)
		relationOf(v)
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

// titled gives columns without a name that are a function of the catalog the
// function's: otherwise it would be what the function is called here.
func titled(n Node, function func(string) (string, bool)) {
	for _, c := range nodes(list(n, "select_list")) {
		schema, name := strings.ToLower(text(c, "schema")), strings.ToLower(text(c, "function_name"))
		if text(c, "class") != "FUNCTION" || text(c, "alias") != "" || schema != "" && schema != pgCatalog {
			continue
		}
		if _, known := function(name); known {
			c["alias"] = name
		}
	}
}

// relationOf makes a function of the catalog that takes nothing and gives rows
// the relation of its name, and the tables that a partition is of no rows.
func relationOf(n Node) {
	f := child(n, "function")
	if Kind(n) == "TABLE_FUNCTION" && strings.ToLower(text(f, "function_name")) == "pg_partition_ancestors" {
		zero := constant("INTEGER", json.Number("0"))
		f["function_name"], f["schema"], f["children"] = "unnest", "", []any{call("range", "", zero)}
		return
	}
	if Kind(n) != "TABLE_FUNCTION" || strings.ToLower(text(f, "function_name")) != "pg_get_keywords" || len(list(f, "children")) > 0 {
		return
	}
	alias := text(n, "alias")
	for field := range n {
		delete(n, field)
	}
	for field, v := range map[string]any{"type": "BASE_TABLE", "alias": alias, "sample": nil, "query_location": f["query_location"], "schema_name": pgCatalog,
		"table_name": "pg_get_keywords", "column_name_alias": []any{}, "catalog_name": "", "at_clause": nil} {
		n[field] = v
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
	translatedType(child(n, "cast_type"))
	translatedList(n)
	info := child(child(n, "cast_type"), "type_info")
	if named, is := objectText(n, function); is {
		return named
	}
	if text(info, "type") != "UNBOUND_TYPE_INFO" {
		return n
	}
	name := strings.ToLower(text(info, "name"))
	if called, known := function(name); known && objectNames[name] {
		return call(called, text(n, "alias"), n["child"])
	}
	return n
}

// constant is a value of a simple type.
func constant(typ string, value any) Node {
	return Node{"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "query_location": json.Number("0"),
		"value": Node{"type": Node{"id": typ, "type_info": nil}, "is_null": false, "value": value}}
}

// call is the call of a function, in the place of its first argument.
func call(function, alias string, arguments ...any) Node {
	first, _ := arguments[0].(Node)
	return Node{
		"class": "FUNCTION", "type": "FUNCTION", "alias": alias, "query_location": first["query_location"], "function_name": function, "schema": "",
		"children": arguments, "filter": nil, "order_bys": Node{"type": "ORDER_MODIFIER", "orders": []any{}},
		"distinct": false, "is_operator": false, "export_state": false, "catalog": "",
	}
}

// translatedType gives a type that PostgreSQL alone has, or the one of a list's
// elements, the engine's name.
func translatedType(typ Node) {
	info := child(typ, "type_info")
	if element := child(info, "child_type"); element != nil {
		translatedType(element)
		return
	}
	if text(info, "type") != "UNBOUND_TYPE_INFO" {
		return
	}
	if text(info, "schema") == pgCatalog {
		info["schema"] = ""
	}
	if other, known := otherTypes[strings.ToLower(text(info, "name"))]; known {
		typ["id"], typ["type_info"] = other, nil
	}
}

// translatedList writes a list as PostgreSQL has it, {a,b}, in the engine's way.
func translatedList(n Node) {
	v := child(child(n, "child"), "value")
	written, isText := v["value"].(string)
	if text(child(n, "cast_type"), "id") == "LIST" && isText && strings.HasPrefix(written, "{") && strings.HasSuffix(written, "}") && strings.Count(written, "{") == 1 {
		v["value"] = "[" + written[1:len(written)-1] + "]"
	}
}

// objectText is the name of an object of the catalog, in place of its number
// made text: what the function of that name with "text" behind it gives.
func objectText(n Node, function func(string) (string, bool)) (Node, bool) {
	object := child(n, "child")
	if !isText(n) || text(object, "class") != "FUNCTION" {
		return nil, false
	}
	for name := range objectNames {
		// To ask for a function means to define it, so that only the one is asked for.
		if !strings.HasSuffix(text(object, "function_name"), name) {
			continue
		}
		if called, known := function(name); !known || called != text(object, "function_name") {
			continue
		}
		if named, has := function(name + "text"); has {
			object["function_name"], object["alias"] = named, text(n, "alias")
			return object, true
		}
	}
	return nil, false
}
