package sqlast

import "strings"

// Condition is a comparison of a column with constants, which is true for every
// row that the query uses of a table.
type Condition struct {
	Column string
	// Op is =, <, <=, >, >=, in, isnull or notnull.
	Op string
	// Values are constant expressions.
	Values []Node
}

// conditions returns what is known of the rows of table n, of all tables the
// one whose SELECT this scope is. They come from the conjuncts of WHERE. A
// conjunct speaks of n where its column is qualified by n's alias, or n is all
// there is after FROM; and tells something about n's rows where no join stands
// between n and WHERE that leaves out rows of n but keeps those it is joined to.
func (s *scope) conditions(n Node) []Condition {
	if s == nil || s.query == nil || s.query["sample"] != nil || n["sample"] != nil || len(list(n, "column_name_alias")) > 0 {
		return nil
	}
	from := child(s.query, "from_table")
	alone := sameNode(from, n)
	if !alone && !innerMember(from, n) {
		return nil
	}
	alias := text(n, "alias")
	if alias == "" {
		alias = text(n, "table_name")
	}
	var out []Condition
	for _, c := range conjuncts(child(s.query, "where_clause")) {
		if cond, about, ok := condition(c); ok && (about == "" && alone || strings.EqualFold(about, alias)) {
			out = append(out, cond)
		}
	}
	return out
}

// conditions are those of table n, with what is known of others where relations
// are known.
func (w *rewriter) conditions(n Node, s *scope) []Condition {
	if s != nil {
		for _, m := range s.members {
			if sameNode(m.node, n) {
				return w.narrowed(m, "")
			}
		}
	}
	return s.conditions(n)
}

// innerMember reports whether n takes part in from through inner joins only, or
// on the side of others all of whose rows they keep.
func innerMember(from, n Node) bool {
	if sameNode(from, n) {
		return true
	}
	if r := text(from, "ref_type"); Kind(from) != "JOIN" || r != "REGULAR" && r != "CROSS" {
		return false
	}
	join := text(from, "join_type")
	return (join == "INNER" || join == "LEFT") && innerMember(child(from, "left"), n) ||
		(join == "INNER" || join == "RIGHT") && innerMember(child(from, "right"), n)
}

// sameNode compares identity: two references to a table are two nodes.
func sameNode(a, b Node) bool {
	return identity(a) == identity(b)
}

func conjuncts(where Node) []Node {
	switch {
	case where == nil:
		return nil
	case Kind(where) == "CONJUNCTION_AND":
		var out []Node
		for _, c := range list(where, "children") {
			if n, ok := c.(Node); ok {
				out = append(out, conjuncts(n)...)
			}
		}
		return out
	case Kind(where) == "COMPARE_BETWEEN":
		return halves(where)
	default:
		return []Node{where}
	}
}

// halves splits BETWEEN into its two comparisons.
func halves(n Node) []Node {
	return []Node{
		{"type": "COMPARE_GREATERTHANOREQUALTO", "left": n["input"], "right": n["lower"]},
		{"type": "COMPARE_LESSTHANOREQUALTO", "left": n["input"], "right": n["upper"]},
	}
}

var comparisons = map[string]string{
	"COMPARE_EQUAL": "=", "COMPARE_LESSTHAN": "<", "COMPARE_LESSTHANOREQUALTO": "<=",
	"COMPARE_GREATERTHAN": ">", "COMPARE_GREATERTHANOREQUALTO": ">=",
}

var flipped = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// condition reads a conjunct as a condition on the column of one table, whose
// alias, or name with its namespace, is about; "" is an unqualified column.
func condition(n Node) (c Condition, about string, ok bool) {
	switch kind := Kind(n); kind {
	case "COMPARE_IN":
		all := nodes(list(n, "children"))
		return columnCondition(first(n), "in", all[min(1, len(all)):])
	case "OPERATOR_IS_NULL":
		return columnCondition(first(n), "isnull", nil)
	case "OPERATOR_IS_NOT_NULL":
		return columnCondition(first(n), "notnull", nil)
	case "FUNCTION":
		return matching(n)
	case "SUBQUERY":
		return anyOf(n)
	default:
		op, isComparison := comparisons[kind]
		if !isComparison {
			return c, "", false
		}
		left, right := child(n, "left"), child(n, "right")
		if Constant(left) {
			left, right, op = right, left, flipped[op]
		}
		return columnCondition(left, op, []Node{right})
	}
}

// anyOf reads = ANY (ARRAY[…]), which the engine makes a query of the elements.
func anyOf(n Node) (c Condition, about string, ok bool) {
	sought, array := inList(n)
	if text(n, "comparison_type") != "COMPARE_EQUAL" || Kind(array) != "ARRAY_CONSTRUCTOR" {
		return c, "", false
	}
	return columnCondition(sought, "in", nodes(list(array, "children")))
}

// inList is what is compared with the elements of a list, and the list; nil is
// another node.
func inList(n Node) (sought, of Node) {
	values, plain := Values(child(child(n, "subquery"), "node"))
	if text(n, "subquery_type") != "ANY" || !plain || len(values) != 1 || text(values[0], "function_name") != "unnest" {
		return nil, nil
	}
	if lists := nodes(list(values[0], "children")); len(lists) == 1 {
		return child(n, "child"), lists[0]
	}
	return nil, nil
}

func columnCondition(column Node, op string, values []Node) (c Condition, about string, ok bool) {
	names := texts(column, "column_names")
	if text(column, "class") != "COLUMN_REF" || len(names) < 1 || len(names) > 4 {
		return c, "", false
	}
	for _, v := range values {
		if !Constant(v) {
			return c, "", false
		}
	}
	about = strings.Join(names[:len(names)-1], ".")
	return Condition{Column: names[len(names)-1], Op: op, Values: values}, about, true
}

// Constant reports whether a node is a literal, or one cast to a type as in
// DATE '2011-12-09'.
func Constant(n Node) bool {
	if text(n, "class") == "CAST" {
		inner := child(n, "child")
		return text(inner, "class") == "CONSTANT"
	}
	return text(n, "class") == "CONSTANT"
}

// Literal returns the type and the text of a constant: of a cast one, the type
// that it is cast to. ok is false for NULL and for what is not scalar.
func Literal(n Node) (typ, value string, ok bool) {
	if text(n, "class") == "CAST" {
		typ = text(child(n, "cast_type"), "id")
		if _, value, ok = Literal(child(n, "child")); !ok || child(n, "cast_type")["type_info"] != nil {
			return "", "", false
		}
		return typ, value, true
	}
	v := child(n, "value")
	null, _ := v["is_null"].(bool)
	if null || child(v, "type")["type_info"] != nil {
		return "", "", false
	}
	typ = text(child(v, "type"), "id")
	switch raw := v["value"].(type) {
	case string:
		return typ, raw, true
	case interface{ String() string }: // a number
		return typ, raw.String(), true
	case bool:
		if raw {
			return typ, "true", true
		}
		return typ, "false", true
	default:
		return "", "", false
	}
}

func first(n Node) Node {
	if l := nodes(list(n, "children")); len(l) > 0 {
		return l[0]
	}
	return nil
}

func nodes(values []any) []Node {
	out := make([]Node, 0, len(values))
	for _, v := range values {
		if n, ok := v.(Node); ok {
			out = append(out, n)
		}
	}
	return out
}
