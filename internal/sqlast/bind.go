package sqlast

import "slices"

// Bind puts a value in the place of each placeholder of a tree; value is asked
// by the placeholder's name, which is 1 for $1, and where it stands.
func (t *Tree) Bind(value func(name string, location int) (Node, error)) error {
	for _, v := range list(t.root, "statements") {
		statement, _ := v.(Node)
		bound, err := bind(statement["node"], value)
		if err != nil {
			return err
		}
		statement["node"], statement["named_param_map"] = bound, []any{}
	}
	return nil
}

func bind(v any, value func(string, int) (Node, error)) (any, error) {
	switch v := v.(type) {
	case []any:
		for i := range v {
			bound, err := bind(v[i], value)
			if err != nil {
				return nil, err
			}
			v[i] = bound
		}
	case Node:
		if text(v, "class") == "PARAMETER" {
			bound, err := value(text(v, "identifier"), Location(v))
			if alias := text(v, "alias"); err == nil && alias != "" {
				bound["alias"] = alias
			}
			return bound, err
		}
		for _, field := range nested(v) {
			bound, err := bind(v[field], value)
			if err != nil {
				return nil, err
			}
			v[field] = bound
		}
	}
	return v, nil
}

// Values returns the expressions of a query that selects them from nothing; ok
// is false for another one.
func Values(query Node) (values []Node, ok bool) {
	return nodes(list(query, "select_list")), plain(query) && Kind(child(query, "from_table")) == "EMPTY"
}

// IsConstant reports whether an expression is a constant, a list of such, or
// a cast of one.
func IsConstant(n Node) bool {
	switch text(n, "class") {
	case "CONSTANT":
		return true
	case "CAST":
		return IsConstant(child(n, "child"))
	case "FUNCTION":
		for _, one := range nodes(list(n, "children")) {
			if !IsConstant(one) {
				return false
			}
		}
		return text(n, "function_name") == "list_value" && n["filter"] == nil
	default:
		return false
	}
}

// IsTyped reports whether an expression is a placeholder in a cast.
func IsTyped(n Node) bool {
	return text(n, "class") == "CAST" && text(child(n, "child"), "class") == "PARAMETER"
}

// Copy returns a node that shares nothing with n.
func Copy(n Node) Node {
	c, _ := copied(n).(Node)
	return c
}

func copied(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = copied(v[i])
		}
		return out
	case Node:
		out := make(Node, len(v))
		for field := range v {
			out[field] = copied(v[field])
		}
		return out
	default:
		return v
	}
}

// Typed is a placeholder that a cast gives a type.
type Typed struct {
	Name string
	cast Node
}

// TypedPlaceholders returns the placeholders that a cast stands around, each
// with the first one.
func (t *Tree) TypedPlaceholders() []Typed {
	var found []Typed
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case Node:
			name := text(child(v, "child"), "identifier")
			if IsTyped(v) && !slices.ContainsFunc(found, func(one Typed) bool { return one.Name == name }) {
				found = append(found, Typed{name, v})
			}
			for _, field := range nested(v) {
				walk(v[field])
			}
		}
	}
	walk(t.root["statements"])
	return found
}

// SelectTyped makes a query that selects from nothing select NULL of the types
// of placeholders.
func (t *Tree) SelectTyped(typed []Typed) {
	query := t.Query(0)
	null := nodes(list(query, "select_list"))[0]
	casts := make([]any, len(typed))
	for i, one := range typed {
		cast := Copy(one.cast)
		cast["child"] = Copy(null)
		casts[i] = cast
	}
	query["select_list"] = casts
}
