package sqlast

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// plainNumber is what is made a number of an object that is one already.
func plainNumber(n Node) Node {
	for {
		switch children := nodes(list(n, "children")); {
		case text(n, "class") == "CAST" && wide[text(child(n, "cast_type"), "id")]:
			n = child(n, "child")
		case text(n, "class") == "FUNCTION" && strings.HasSuffix(strings.ToLower(text(n, "function_name")), relationName) && len(children) == 1:
			n = children[0]
		default:
			return n
		}
	}
}

// relationName is the function that finds the number of a relation: of a number,
// it is that.
const relationName = "regclass"

// wide are the types that hold every number of an object.
var wide = map[string]bool{"UINTEGER": true, "INTEGER": true, "BIGINT": true, "UBIGINT": true, "HUGEINT": true}

// numbers are the numbers of objects that a column is compared with; nil is that
// they are none, or cannot be read.
func (c Condition) numbers() []uint32 {
	if c.Op != "=" && c.Op != "in" {
		return nil
	}
	numbers := make([]uint32, 0, len(c.Values))
	for _, v := range c.Values {
		n, ok := Number(v)
		if !ok {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// Number reads a constant that is a number of an object.
func Number(n Node) (number uint32, ok bool) {
	typ, written, scalar := Literal(n)
	v, err := strconv.ParseUint(strings.TrimSpace(written), 10, 32)
	return uint32(v), scalar && err == nil && slices.Contains([]string{"VARCHAR", "SMALLINT", "INTEGER", "BIGINT", "UINTEGER"}, typ)
}

// constants are nodes of numbers of objects.
func constants(numbers []uint32) []Node {
	out := make([]Node, len(numbers))
	for i, n := range numbers {
		out[i] = NumberNode(n)
	}
	return out
}

// NumberNode is a constant that is the number of an object.
func NumberNode(n uint32) Node {
	return constant("UINTEGER", json.Number(strconv.FormatUint(uint64(n), 10)))
}
