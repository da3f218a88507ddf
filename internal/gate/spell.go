package gate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
)

// lossy are the engine's types, or parts of them, that Arrow does not carry
// whole.
var lossy = []string{"TIME WITH TIME ZONE", "BIT", "BIGNUM", "UHUGEINT", "VARIANT", "TIME_NS", "GEOMETRY", "UNKNOWN_"}

// Lossy reports whether values of a type of the engine are cut or lost on their
// way out, unless the engine makes text of them.
func Lossy(typ string) bool {
	return slices.ContainsFunc(lossy, func(one string) bool { return strings.Contains(typ, one) })
}

// Spelled is a query whose columns of some types are text; it is for
// [Gate.Select].
func Spelled(inner string, columns []engine.Column, asText func(typ string) bool) string {
	if !slices.ContainsFunc(columns, func(c engine.Column) bool { return asText(c.Type) }) {
		return inner
	}
	given, list := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		given[i] = "c" + strconv.Itoa(i)
		value := given[i]
		if asText(c.Type) {
			value = "CAST(" + value + " AS VARCHAR)"
		}
		list[i] = value + " AS " + ident.Quote(c.Name)
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM (" + inner + ") AS " + ident.Quote("rows") + "(" + strings.Join(given, ", ") + ")"
}
