package sqlast

import (
	"slices"
	"strconv"
	"strings"
)

// Rewrite rewrites a query node in place, for v. Common table expressions get
// new names, so that a reference that is left in the tree is one of them or
// fails to bind.
func Rewrite(query Node, v Visitor) error {
	w := &rewriter{v: v, root: query, placed: map[uintptr]bool{}}
	_, err := w.visit(query, nil)
	return err
}

type rewriter struct {
	v      Visitor
	ctes   int
	root   Node
	placed map[uintptr]bool // by identity, what took the place of a table
	spoken *spoken          // nil: nobody has asked
}

// visit rewrites a value and returns what stands in its place.
func (w *rewriter) visit(v any, s *scope) (any, error) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			changed, err := w.visit(v[i], s)
			if err != nil {
				return nil, err
			}
			v[i] = changed
		}
		return v, nil
	case Node:
		return w.node(v, s)
	default:
		return v, nil
	}
}

func (w *rewriter) node(n Node, s *scope) (any, error) {
	if err := checkKind(n); err != nil {
		return nil, err
	}
	class := text(n, "class")
	switch {
	case class == "CONSTANT":
		return n, nil
	case class == "PARAMETER":
		return n, w.parameter(n)
	case class == "FUNCTION", class == "WINDOW":
		if err := w.function(n, "function_name", false); err != nil {
			return nil, err
		}
	case class == "COLUMN_REF":
		s.unqualify(n)
		return n, nil
	case class != "":
	case Kind(n) == "BASE_TABLE":
		return w.table(n, s)
	case Kind(n) == "TABLE_FUNCTION":
		return n, w.tableFunction(n, s)
	case Kind(n) == "SUBQUERY":
		return n, w.fields(n, &scope{outer: s, derived: n})
	case Kind(n) == "JOIN":
		if err := w.fields(n, s, "condition"); err != nil {
			return nil, err
		}
		return n, w.field(n, "condition", &scope{outer: s, derived: n})
	case Kind(n) == "SHOW_REF":
		if placed, err := w.show(n); placed != nil || err != nil {
			return placed, err
		}
	case strings.HasSuffix(Kind(n), "_NODE"):
		return n, w.query(n, s)
	}
	return n, w.fields(n, s)
}

// fields rewrites every field of a node but those named.
func (w *rewriter) fields(n Node, s *scope, but ...string) error {
	for _, field := range nested(n) {
		if slices.Contains(but, field) {
			continue
		}
		if err := w.field(n, field, s); err != nil {
			return err
		}
	}
	return nil
}

func (w *rewriter) field(n Node, field string, s *scope) error {
	changed, err := w.visit(n[field], s)
	if err == nil {
		n[field] = changed
	}
	return err
}

// query rewrites a SELECT or a set operation: first what WITH names, then the
// rest, which sees those names.
func (w *rewriter) query(n Node, s *scope) error {
	if Kind(n) == "RECURSIVE_CTE_NODE" {
		return &UnsupportedError{Kind: "a recursive query outside of WITH", Offset: -1}
	}
	s, err := w.with(n, s)
	if err != nil {
		return err
	}
	s = s.enter(n)
	w.members(s)
	return w.fields(n, s, "cte_map")
}

// with rewrites the common table expressions of a query and returns the scope
// in which they are known. Each sees those before it, and not itself.
func (w *rewriter) with(n Node, s *scope) (*scope, error) {
	for _, e := range list(child(n, "cte_map"), "map") {
		entry, _ := e.(Node)
		body := child(entry, "value")
		named := s.define(text(entry, "key"), w.newName(text(entry, "key")))
		inner := child(child(body, "query"), "node")
		if Kind(inner) == "RECURSIVE_CTE_NODE" {
			if err := w.recursive(inner, s, named); err != nil {
				return nil, err
			}
		} else if _, err := w.visit(child(body, "query"), s); err != nil {
			return nil, err
		}
		if err := w.fields(body, named, "query"); err != nil {
			return nil, err
		}
		entry["key"] = named.cte.name
		s = named
	}
	return s, nil
}

// recursive rewrites a recursive expression: only its second half sees itself.
func (w *rewriter) recursive(n Node, outer, named *scope) error {
	n["cte_name"] = named.cte.name
	before, err := w.with(n, outer)
	if err != nil {
		return err
	}
	after := before.define(named.cte.known, named.cte.name)
	if _, err := w.visit(n["left"], before); err != nil {
		return err
	}
	if _, err := w.visit(n["right"], after); err != nil {
		return err
	}
	return w.fields(n, after, "cte_map", "left", "right")
}

// newName makes a name that no catalog has: it holds what it stands for as far
// as that is plain, for people who read the SQL.
func (w *rewriter) newName(key string) string {
	w.ctes++
	plain := strings.Map(func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(key))
	return "_cte" + strconv.Itoa(w.ctes) + "_" + plain[:min(len(plain), 30)]
}

func (w *rewriter) table(n Node, s *scope) (any, error) {
	parts := partsOf(n)
	if renamed, found := s.lookup(parts); found && n["at_clause"] == nil {
		if text(n, "alias") == "" {
			n["alias"] = text(n, "table_name")
		}
		n["table_name"] = renamed
		return n, nil
	}
	if w.v.Table == nil {
		return n, nil
	}
	ref := TableRef{Parts: parts, Alias: text(n, "alias"), Location: Location(n), Conditions: w.conditions(n, s),
		use: func() Use { return w.use(n, s) }}
	if at := child(n, "at_clause"); at != nil {
		ref.AtUnit, ref.At = text(at, "unit"), child(at, "expr")
	}
	query, err := w.v.Table(ref)
	if err != nil || query == nil {
		return n, err
	}
	alias := ref.Alias
	if alias == "" {
		alias = ref.Name()
	}
	return w.place(n, query, alias), nil
}

// place makes the reference to a query that takes the place of another reference.
func (w *rewriter) place(n, query Node, alias string) Node {
	placed := Node{
		"type": "SUBQUERY", "alias": alias, "sample": n["sample"], "query_location": n["query_location"],
		"subquery":          Node{"node": query, "named_param_map": []any{}},
		"column_name_alias": n["column_name_alias"],
	}
	w.placed[identity(placed)] = true
	return placed
}

// partsOf returns the given parts of a table's name.
func partsOf(n Node) []string {
	var parts []string
	for _, field := range []string{"catalog_name", "schema_name", "table_name"} {
		if p := text(n, field); p != "" || field == "table_name" {
			parts = append(parts, p)
		}
	}
	return parts
}

func (w *rewriter) tableFunction(n Node, s *scope) error {
	call := child(n, "function")
	if err := checkKind(call); err != nil {
		return err
	}
	if text(call, "class") != "FUNCTION" {
		return &UnsupportedError{Kind: "this table function", Offset: Location(n)}
	}
	if err := w.function(call, "function_name", true); err != nil {
		return err
	}
	if err := w.fields(call, &scope{outer: s, derived: n}); err != nil {
		return err
	}
	return w.fields(n, s, "function")
}

func (w *rewriter) function(n Node, field string, table bool) error {
	if w.v.Function == nil {
		return nil
	}
	return w.v.Function(FunctionRef{Name: strings.ToLower(text(n, field)), Table: table, Location: Location(n)})
}

func (w *rewriter) parameter(n Node) error {
	if w.v.Parameter == nil {
		return nil
	}
	return w.v.Parameter(Location(n))
}

func (w *rewriter) show(n Node) (any, error) {
	if w.v.Show == nil {
		return nil, nil
	}
	var of []string
	if child(n, "query") == nil {
		for _, field := range []string{"catalog_name", "schema_name", "table_name"} {
			if part := strings.Trim(text(n, field), `"`); part != "" {
				of = append(of, part)
			}
		}
	}
	query, err := w.v.Show(text(n, "show_type"), of)
	if err != nil || query == nil {
		return nil, err
	}
	n["column_name_alias"] = []any{}
	return w.place(n, query, text(n, "alias")), nil
}
