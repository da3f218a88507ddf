package sqlast

import (
	"fmt"
	"strings"
)

// UnsupportedError is the error for a kind of node that this package does not
// know. It is refused, for nobody can tell what it reads.
type UnsupportedError struct {
	Kind string
	// Offset is where it stands; -1 is unknown.
	Offset int
}

// Error names the kind.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("%s is not supported", strings.ToLower(strings.ReplaceAll(e.Kind, "_", " ")))
}

// expressions are the known classes of expressions.
var expressions = map[string]bool{
	"BETWEEN": true, "CASE": true, "CAST": true, "COLLATE": true, "COLUMN_REF": true, "COMPARISON": true,
	"CONJUNCTION": true, "CONSTANT": true, "FUNCTION": true, "LAMBDA": true,
	"OPERATOR": true, "PARAMETER": true, "POSITIONAL_REFERENCE": true, "STAR": true, "SUBQUERY": true, "WINDOW": true,
}

// others are the known kinds of nodes that are not expressions: queries,
// what stands after FROM, modifiers, orders, and how types are described.
var others = map[string]bool{
	"SELECT_NODE": true, "SET_OPERATION_NODE": true, "RECURSIVE_CTE_NODE": true,
	"BASE_TABLE": true, "SUBQUERY": true, "JOIN": true, "TABLE_FUNCTION": true, "EXPRESSION_LIST": true,
	"EMPTY": true, "PIVOT": true, "SHOW_REF": true,
	"ORDER_MODIFIER": true, "LIMIT_MODIFIER": true, "LIMIT_PERCENT_MODIFIER": true, "DISTINCT_MODIFIER": true,
	"ORDER_DEFAULT": true, "ASCENDING": true, "DESCENDING": true,
}

// checkKind refuses nodes that are not known.
func checkKind(n Node) error {
	kind, has := n["type"].(string)
	class, isExpression := n["class"].(string)
	switch {
	case isExpression && expressions[class]:
		return nil
	case isExpression:
		return &UnsupportedError{Kind: class, Offset: Location(n)}
	case !has, others[kind], strings.HasSuffix(kind, "_TYPE_INFO"):
		return nil
	default:
		return &UnsupportedError{Kind: kind, Offset: Location(n)}
	}
}
