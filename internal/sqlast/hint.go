package sqlast

import "slices"

// arithmetic are the operators whose operands have one type where only one of
// them is known.
var arithmetic = []string{"+", "-", "*", "/", "//", "%"}

// Hint writes next to placeholders that nothing gives a type what PostgreSQL
// takes it from: of an operand of arithmetic the other one, of the list of ANY
// what is looked for in it, of one that is only asked whether it is NULL a text;
// where it stands elsewhere, too, that decides. The tree then means something
// else, and is good for finding types alone. It reports whether it wrote anything;
// open tells which placeholders are meant, by name.
func (t *Tree) Hint(open func(name string) bool) bool {
	h := &hinting{open: open, used: map[string]int{}}
	h.count(t.root["statements"])
	t.root["statements"] = h.node(t.root["statements"])
	return h.wrote
}

type hinting struct {
	open  func(name string) bool
	used  map[string]int // how often placeholders are not asked whether they are NULL
	wrote bool
}

func (h *hinting) count(v any) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			h.count(one)
		}
	case Node:
		if text(v, "class") == "PARAMETER" {
			h.used[text(v, "identifier")]++
		}
		for _, field := range nested(v) {
			h.count(v[field])
		}
		if one := askedForNull(v); one != nil {
			h.used[text(one, "identifier")]--
		}
	}
}

// askedForNull is the placeholder in IS NULL or IS NOT NULL; nil is another node.
func askedForNull(n Node) Node {
	operands := nodes(list(n, "children"))
	if kind := Kind(n); kind != "OPERATOR_IS_NULL" && kind != "OPERATOR_IS_NOT_NULL" || len(operands) != 1 || text(operands[0], "class") != "PARAMETER" {
		return nil
	}
	return operands[0]
}

func (h *hinting) node(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = h.node(v[i])
		}
	case Node:
		for _, field := range nested(v) {
			v[field] = h.node(v[field])
		}
		h.operands(v)
		if one := askedForNull(v); h.untyped(one) {
			h.wrote = true
			if h.used[text(one, "identifier")] > 0 {
				known := constant("BOOLEAN", true)
				known["alias"] = text(v, "alias")
				return known
			}
			list(v, "children")[0] = coalesce(one, constant("VARCHAR", ""))
		}
		if sought, list := inList(v); h.untyped(list) {
			h.wrote = true
			return Node{"class": "COMPARISON", "type": "COMPARE_EQUAL", "alias": text(v, "alias"), "query_location": v["query_location"],
				"left": call("list_value", "", sought), "right": list}
		}
	}
	return v
}

func (h *hinting) untyped(n Node) bool {
	return text(n, "class") == "PARAMETER" && h.open(text(n, "identifier"))
}

// coalesce is the first of values that is not NULL: they have one type.
func coalesce(values ...any) Node {
	first, _ := values[0].(Node)
	return Node{"class": "OPERATOR", "type": "OPERATOR_COALESCE", "alias": "", "query_location": first["query_location"], "children": values}
}

// operands gives an operand without a type the other one's.
func (h *hinting) operands(n Node) {
	operands := list(n, "children")
	if text(n, "class") != "FUNCTION" || len(operands) != 2 || !slices.Contains(arithmetic, text(n, "function_name")) {
		return
	}
	for i, o := range operands {
		one, _ := o.(Node)
		other, _ := operands[1-i].(Node)
		if h.untyped(one) && text(other, "class") != "PARAMETER" {
			operands[i], h.wrote = coalesce(one, Copy(other)), true
			return
		}
	}
}
