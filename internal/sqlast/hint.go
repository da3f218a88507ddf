package sqlast

import "slices"

// arithmetic are the operators whose operands have one type where only one of
// them is known.
var arithmetic = []string{"+", "-", "*", "/", "//", "%"}

// Hint writes next to placeholders that nothing gives a type what PostgreSQL
// takes it from: of an operand of arithmetic the other one, of the list of ANY
// what is looked for in it. The tree then means something else, and is good for
// finding types alone. It reports whether it wrote anything; open tells which
// placeholders are meant, by name.
func (t *Tree) Hint(open func(name string) bool) bool {
	h := &hinting{open: open}
	t.root["statements"] = h.node(t.root["statements"])
	return h.wrote
}

type hinting struct {
	open  func(name string) bool
	wrote bool
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
