// Package sqlast is for SQL as a tree: what a statement refers to, and how to
// replace parts of it. The tree is the one that the embedded engine's own
// parser gives as JSON; the parser is handed in.
//
// It promises that it knows every kind of node that it lets pass (an unknown
// one is an error), that names are resolved as the engine resolves them where
// WITH shadows tables, and that what it calls a common table expression can be
// nothing else: each gets a name that no catalog has.
// It leaves to others what tables are, and who may read them.
package sqlast

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Parser turns SQL into the engine's JSON tree and back. Of statements it knows
// SELECT and its relatives.
type Parser interface {
	Parse(ctx context.Context, sql string) (json string, err error)
	// Deparse returns the SQL of a tree, and the tree of that SQL.
	Deparse(ctx context.Context, json string) (sql, again string, err error)
}

// ErrNotSelect is the error for statements that have no tree: everything that
// is not a SELECT or a relative. [Head] tells what it is.
var ErrNotSelect = errors.New("not a SELECT")

// SyntaxError is what the parser said about text that is no SQL.
type SyntaxError struct {
	Message string
	// Offset is the byte offset that the parser points at; -1 is unknown.
	Offset int
}

// Error returns the parser's message.
func (e *SyntaxError) Error() string { return e.Message }

// Node is an object of the tree. Fields are those of the engine.
type Node = map[string]any

// Tree is parsed text: statements, in order.
type Tree struct {
	root Node
}

// Parse parses SQL.
func Parse(ctx context.Context, p Parser, sql string) (*Tree, error) {
	text, err := p.Parse(ctx, sql)
	if err != nil {
		return nil, err
	}
	return read(sql, text)
}

// read makes a tree of what the parser said about sql.
func read(sql, said string) (*Tree, error) {
	root, err := decode(said)
	if err != nil {
		return nil, err
	}
	if failed, _ := root["error"].(bool); failed {
		return nil, parseError(sql, root)
	}
	if _, ok := root["statements"].([]any); !ok {
		return nil, errors.New("the parser returned no statements")
	}
	return &Tree{root: root}, nil
}

func decode(text string) (Node, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber() // numbers of any size must come out as they went in
	var root Node
	if err := d.Decode(&root); err != nil {
		return nil, fmt.Errorf("read the parser's tree: %w", err)
	}
	return root, nil
}

func parseError(sql string, root Node) error {
	if root["error_type"] == "not implemented" && strings.HasPrefix(text(root, "error_message"), "Only SELECT") {
		return ErrNotSelect
	}
	e := &SyntaxError{Message: text(root, "error_message"), Offset: -1}
	if n, err := strconv.Atoi(text(root, "position")); err == nil {
		e.Offset = byteOffset(sql, n)
	}
	return e
}

// byteOffset returns where the n-th character of s starts: the parser counts
// characters in its complaints and bytes in its trees.
func byteOffset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// Len returns the number of statements.
func (t *Tree) Len() int { return len(list(t.root, "statements")) }

// Query returns the i-th statement's query node.
func (t *Tree) Query(i int) Node {
	all := list(t.root, "statements")
	if i >= len(all) {
		return nil
	}
	statement, _ := all[i].(Node)
	return child(statement, "node")
}

// Deparse returns the tree as SQL, and what the parser makes of that: an error
// where it is no longer what Parse takes.
func (t *Tree) Deparse(ctx context.Context, p Parser) (sql string, again *Tree, err error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(t.root); err != nil {
		return "", nil, fmt.Errorf("write the tree: %w", err)
	}
	sql, said, err := p.Deparse(ctx, b.String())
	if err != nil {
		return "", nil, err
	}
	again, err = read(sql, said)
	return sql, again, err
}

// text, list and child return a field of a node, empty where it has none.
func text(n Node, field string) string {
	s, _ := n[field].(string)
	return s
}

func list(n Node, field string) []any {
	l, _ := n[field].([]any)
	return l
}

func child(n Node, field string) Node {
	c, _ := n[field].(Node)
	return c
}

func texts(n Node, field string) []string {
	var out []string
	for _, v := range list(n, field) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// nested returns the names of the fields that hold nodes or lists, sorted: a
// tree is always walked in the same order.
func nested(n Node) []string {
	var names []string
	for field, v := range n {
		switch v.(type) {
		case Node, []any:
			names = append(names, field)
		}
	}
	slices.Sort(names)
	return names
}

// Kind returns the engine's name for the kind of a node, such as BASE_TABLE.
func Kind(n Node) string { return text(n, "type") }

// Location returns where in the text a node stands, in bytes; -1 is unknown.
func Location(n Node) int {
	number, ok := n["query_location"].(json.Number)
	if !ok {
		return -1
	}
	at, err := strconv.Atoi(number.String())
	if err != nil {
		return -1 // the engine's "unknown" is beyond the range
	}
	return at
}

// Relocate makes every part of a node stand where offset says, for parts that
// come from another text.
func Relocate(v any, offset int) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			Relocate(e, offset)
		}
	case Node:
		if _, has := v["query_location"]; has {
			v["query_location"] = json.Number(strconv.Itoa(max(offset, 0)))
		}
		for _, e := range v {
			Relocate(e, offset)
		}
	}
}

// SelectAll returns the query node of SELECT * FROM catalog.schema.table.
func SelectAll(catalog, schema, table string) Node {
	unknown := json.Number("18446744073709551615")
	star := Node{
		"class": "STAR", "type": "STAR", "alias": "", "query_location": unknown, "relation_name": "",
		"exclude_list": []any{}, "replace_list": []any{}, "columns": false, "expr": nil,
		"qualified_exclude_list": []any{}, "rename_list": []any{},
	}
	return Node{
		"type": "SELECT_NODE", "modifiers": []any{}, "cte_map": Node{"map": []any{}}, "select_list": []any{star},
		"from_table": Node{
			"type": "BASE_TABLE", "alias": "", "sample": nil, "query_location": unknown, "schema_name": schema,
			"table_name": table, "column_name_alias": []any{}, "catalog_name": catalog, "at_clause": nil,
		},
		"where_clause": nil, "group_expressions": []any{}, "group_sets": []any{},
		"aggregate_handling": "STANDARD_HANDLING", "having": nil, "sample": nil, "qualify": nil,
	}
}
