package sqlast

import "strings"

// Relation is what is known of a relation that a name after FROM means.
type Relation struct {
	// Columns are all that it has, by their folded names. None has fields.
	Columns map[string]Column
	// Empty is that it has no rows.
	Empty bool
}

// Column is a column of such a relation.
type Column struct {
	// Number is that it holds numbers of objects.
	Number bool
	// Narrows is that who is told of conditions on it leaves out rows.
	Narrows bool
	// Always is the number that it has in every row; nil is that it varies.
	Always *uint32
}

// member is what takes part in a FROM clause.
type member struct {
	scope    *scope
	node     Node   // as it was before anything took its place
	alias    string // as others name it
	full     string // with its namespace, where it has no alias
	parts    []string
	relation *Relation       // nil is not known
	outputs  map[string]bool // of a query: its columns, and whether they are numbers; nil is not known
	// conjuncts hold for every row of it that the result is made of.
	conjuncts []conjunct
	asked     map[string]asked // what Values has answered, by column
	busy      bool
}

// conjunct is a part of WHERE or of ON, which sees the members from low to high.
type conjunct struct {
	Node
	low, high int
	where     bool
}

// asked is what a column is known to have.
type asked struct {
	numbers []uint32
	known   bool
}

// members are what takes part in the FROM clause of a SELECT that has just been
// entered.
func (w *rewriter) members(s *scope) {
	if w.v.Relation == nil || Kind(s.query) != "SELECT_NODE" || s.query["sample"] != nil {
		return
	}
	from := child(s.query, "from_table")
	s.merged = merges(from)
	w.join(s, from)
	for _, c := range conjuncts(child(s.query, "where_clause")) {
		for _, m := range s.members {
			if innerMember(from, m.node) {
				m.conjuncts = append(m.conjuncts, conjunct{c, 0, len(s.members), true})
			}
		}
	}
	for _, m := range s.members {
		if m.node["sample"] != nil || Kind(m.node) != "TABLE_FUNCTION" && len(list(m.node, "column_name_alias")) > 0 {
			m.conjuncts, m.relation, m.outputs = nil, nil, nil
		}
	}
}

// join adds the members below a node of FROM. What ON says holds for the rows of
// a side that are joined at all, which is the side whose other rows are left out.
func (w *rewriter) join(s *scope, from Node) {
	if Kind(from) != "JOIN" {
		if m := w.member(s, from); m != nil {
			s.members = append(s.members, m)
		}
		return
	}
	low := len(s.members)
	w.join(s, child(from, "left"))
	w.join(s, child(from, "right"))
	sides := map[string][]Node{"INNER": {child(from, "left"), child(from, "right")}, "LEFT": {child(from, "right")}, "RIGHT": {child(from, "left")}}[text(from, "join_type")]
	if text(from, "ref_type") != "REGULAR" {
		return
	}
	for _, c := range conjuncts(child(from, "condition")) {
		for _, m := range s.members[low:] {
			for _, side := range sides {
				if innerMember(side, m.node) {
					m.conjuncts = append(m.conjuncts, conjunct{c, low, len(s.members), false})
				}
			}
		}
	}
}

// merges reports whether joins make one column of two.
func merges(from Node) bool {
	if Kind(from) != "JOIN" {
		return false
	}
	return len(list(from, "using_columns")) > 0 || text(from, "ref_type") == "NATURAL" || merges(child(from, "left")) || merges(child(from, "right"))
}

func (w *rewriter) member(s *scope, n Node) *member {
	m := &member{scope: s, node: n, alias: text(n, "alias"), asked: map[string]asked{}}
	switch Kind(n) {
	case "BASE_TABLE":
		m.parts = partsOf(n)
		if m.alias == "" {
			m.alias, m.full = m.parts[len(m.parts)-1], strings.Join(m.parts, ".")
		}
		if _, cte := s.lookup(m.parts); !cte && n["at_clause"] == nil {
			m.relation = w.v.Relation(m.parts)
		}
	case "SUBQUERY":
		m.outputs = w.outputs(s, child(child(n, "subquery"), "node"))
	case "TABLE_FUNCTION":
		name := strings.ToLower(text(child(n, "function"), "function_name"))
		if called := texts(n, "column_name_alias"); len(called) == 1 && (name == "generate_series" || name == "range") && text(n, "with_ordinality") != "WITH_ORDINALITY" {
			m.outputs = map[string]bool{strings.ToLower(called[0]): false}
		}
	case "EMPTY":
		return nil
	}
	return m
}

// outputs are the columns of a query after FROM, and whether each is a number of
// a relation's; nil is that they are not known.
func (w *rewriter) outputs(s *scope, query Node) map[string]bool {
	if Kind(query) != "SELECT_NODE" || len(list(child(query, "cte_map"), "map")) > 0 {
		return nil
	}
	inner := (&scope{outer: s, derived: query}).enter(query)
	w.members(inner)
	out := map[string]bool{}
	for _, c := range nodes(list(query, "select_list")) {
		if text(c, "class") == "STAR" || text(c, "class") == "POSITIONAL_REFERENCE" {
			return nil
		}
		at, known := inner.column(c, conjunct{high: len(inner.members)})
		out[outputName(c)] = known && at.of.number(at.name)
	}
	return out
}

// outputName is what a column of a query is called, folded.
func outputName(c Node) string {
	name := text(c, "alias")
	if names := texts(c, "column_names"); name == "" && len(names) > 0 {
		name = names[len(names)-1]
	}
	return strings.ToLower(name)
}

// has reports whether there is a column of that name; closed is false where
// nobody knows.
func (m *member) has(name string) (has, closed bool) {
	name = strings.ToLower(name)
	if m.relation != nil {
		_, has = m.relation.Columns[name]
		return has, true
	}
	_, has = m.outputs[name]
	return has, m.outputs != nil
}

// number reports whether a column, folded, is known to hold numbers of objects.
func (m *member) number(name string) bool {
	if m.relation != nil {
		return m.relation.Columns[name].Number
	}
	return m.outputs[name]
}
