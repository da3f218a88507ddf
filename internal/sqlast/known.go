package sqlast

import (
	"slices"
	"strings"
)

// column is a column of something after FROM.
type column struct {
	of   *member
	name string // folded
}

// column is what a reference to a column in a part of the SELECT means that sees
// some of its members: also one of a SELECT around it. What might mean something
// else is nothing.
func (s *scope) column(n Node, in conjunct) (c column, ok bool) {
	names := texts(n, "column_names")
	for _, table := range s.from {
		if q := qualifier(names, table); q > 0 {
			names = names[q-1:]
			break
		}
	}
	if text(n, "class") != "COLUMN_REF" {
		return c, false
	}
	closed := true
	for _, m := range s.members[in.low:in.high] {
		if len(names) > 1 && strings.EqualFold(m.alias, names[0]) {
			return column{m, strings.ToLower(names[1])}, len(names) == 2
		}
		has, known := m.has(names[0])
		if len(names) == 1 && has {
			return column{m, strings.ToLower(names[0])}, !s.merged
		}
		closed = closed && known && !has
	}
	if outer := s.around(); closed && in.where && outer != nil {
		return outer.column(n, conjunct{high: len(outer.members), where: true})
	}
	return c, false
}

// around is the SELECT, all of whose members a query in an expression sees; nil
// is none.
func (s *scope) around() *scope {
	for o := s.outer; o != nil && o.derived == nil; o = o.outer {
		if o.query != nil {
			return o
		}
	}
	return nil
}

// beside is the SELECT after whose FROM the query stands, and the member that it
// is there; nil is none.
func (s *scope) beside() *member {
	for o := s.outer; o != nil && o.query == nil; o = o.outer {
		if o.derived == nil || o.outer == nil {
			continue
		}
		for _, m := range o.outer.members {
			if sameNode(m.node, o.derived) && sameNode(child(child(m.node, "subquery"), "node"), s.query) {
				return m
			}
		}
		return nil
	}
	return nil
}

// constants are the comparisons of a member's columns with constants.
func (m *member) constants() []Condition {
	var out []Condition
	for _, in := range m.conjuncts {
		c, about, ok := condition(in.Node)
		if !ok {
			continue
		}
		has, _ := m.has(c.Column)
		alone := len(m.scope.members) == 1
		if about == "" && (alone || has && !m.scope.merged) || about != "" && (strings.EqualFold(about, m.alias) || strings.EqualFold(about, m.full)) {
			out = append(out, c)
		}
	}
	return out
}

// narrowed are the constants of a relation, and what else is known of its columns
// of numbers, but for one.
func (w *rewriter) narrowed(m *member, but string) []Condition {
	conditions := m.constants()
	if m.relation == nil {
		return conditions
	}
	for _, name := range m.relation.narrowing() {
		if name == but || !m.relation.Columns[name].Number || slices.ContainsFunc(conditions, func(c Condition) bool { return strings.EqualFold(c.Column, name) && c.numbers() != nil }) {
			continue
		}
		if numbers, known := w.numbers(column{m, name}); known {
			conditions = append(conditions, Condition{Column: name, Op: "in", Values: constants(numbers)})
		}
	}
	return conditions
}

// narrowing are the names of the columns, conditions on which leave out rows.
func (r *Relation) narrowing() []string {
	var names []string
	for name, c := range r.Columns {
		if c.Narrows {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// numbers are those, one of which a column has in each row that the result is
// made of: what it is compared with, or what another column has that equals it,
// here, around the query, or of the query that this is a part of.
func (w *rewriter) numbers(c column) (numbers []uint32, known bool) {
	reached := []column{c}
	for i := 0; i < len(reached) && len(reached) < maxReached; i++ {
		if numbers, known := reached[i].compared(); known {
			return numbers, true
		}
		for _, other := range reached[i].equals() {
			if !slices.Contains(reached, other) {
				reached = append(reached, other)
			}
		}
	}
	for _, other := range reached[1:] {
		if numbers, known := w.ask(other); known {
			return numbers, true
		}
	}
	return nil, false
}

// maxReached bounds how many columns are looked at that equal each other.
const maxReached = 64

// compared are the numbers that the column is compared with, or always has.
func (c column) compared() (numbers []uint32, known bool) {
	if r := c.of.relation; r != nil {
		if always := r.Columns[c.name].Always; always != nil {
			return []uint32{*always}, true
		}
		if r.Empty {
			return nil, true
		}
	}
	for _, one := range c.of.constants() {
		if strings.EqualFold(one.Column, c.name) {
			if numbers := one.numbers(); numbers != nil {
				return numbers, true
			}
		}
	}
	return nil, false
}

// equals are the columns of numbers that equal the column in every row that the
// result is made of.
func (c column) equals() []column {
	var out []column
	add := func(other column, ok bool) {
		if ok && other.of.number(other.name) {
			out = append(out, other)
		}
	}
	for _, in := range c.of.conjuncts {
		if Kind(in.Node) != "COMPARE_EQUAL" {
			continue
		}
		left, isLeft := c.of.scope.column(plainNumber(child(in.Node, "left")), in)
		right, isRight := c.of.scope.column(plainNumber(child(in.Node, "right")), in)
		switch {
		case isLeft && left == c:
			add(right, isRight)
		case isRight && right == c:
			add(left, isLeft)
		}
	}
	if around := c.of.scope.beside(); around != nil && oneEach(c.of.scope.query) {
		for _, item := range nodes(list(c.of.scope.query, "select_list")) {
			if at, ok := c.of.scope.column(item, conjunct{high: len(c.of.scope.members)}); ok && at == c {
				add(column{around, outputName(item)}, true)
			}
		}
	}
	return out
}

// oneEach reports whether each row of a SELECT's sources gives its rows by
// itself: none depends on whether others are there.
func oneEach(query Node) bool {
	for _, field := range []string{"having", "qualify", "sample"} {
		if query[field] != nil {
			return false
		}
	}
	return len(list(query, "modifiers")) == 0 && len(list(query, "group_expressions"))+len(list(query, "group_sets")) == 0 &&
		text(query, "aggregate_handling") == "STANDARD_HANDLING" && !hasWindow(query["select_list"])
}

// hasWindow reports whether there is a window function.
func hasWindow(v any) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, hasWindow)
	case Node:
		return text(v, "class") == "WINDOW" || slices.ContainsFunc(nested(v), func(field string) bool { return hasWindow(v[field]) })
	}
	return false
}

// ask asks for what a relation's column has in the rows that conditions leave,
// where these leave out most.
func (w *rewriter) ask(c column) (numbers []uint32, known bool) {
	m := c.of
	if m.relation == nil || w.v.Numbers == nil || m.busy {
		return nil, false
	}
	if was, done := m.asked[c.name]; done {
		return was.numbers, was.known
	}
	m.busy = true
	conditions := w.narrowed(m, c.name)
	m.busy = false
	narrowing := func(one Condition) bool {
		return (one.Op == "=" || one.Op == "in") && m.relation.Columns[strings.ToLower(one.Column)].Narrows
	}
	switch {
	case slices.ContainsFunc(conditions, func(one Condition) bool { return one.Op == "in" && len(one.Values) == 0 }):
		known = true // of no row
	case slices.ContainsFunc(conditions, narrowing):
		numbers, known = w.v.Numbers(m.parts, c.name, conditions)
	}
	m.asked[c.name] = asked{numbers, known}
	return numbers, known
}
