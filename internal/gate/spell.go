package gate

import (
	"fmt"
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

// mostHours are those that an interval has room for on its way out, which counts
// billionths of seconds.
const mostHours = 2562046

// Spelled is a query whose columns of some types are text; it is for
// [Gate.Select]. Intervals that would come out as others fail.
func Spelled(inner string, columns []engine.Column, asText func(typ string) bool) string {
	if !slices.ContainsFunc(columns, func(c engine.Column) bool { return asText(c.Type) || c.Type == "INTERVAL" }) {
		return inner
	}
	given, list := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		given[i] = "c" + strconv.Itoa(i)
		value := given[i]
		if asText(c.Type) {
			value = "CAST(" + value + " AS VARCHAR)"
		} else if c.Type == "INTERVAL" {
			value = fmt.Sprintf("CASE WHEN abs(date_part('hour', %[1]s)) > %[2]d THEN error('interval out of range: more than %[2]d hours beside its days') ELSE %[1]s END", value, mostHours)
		}
		list[i] = value + " AS " + ident.Quote(c.Name)
	}
	return "SELECT " + strings.Join(list, ", ") + " FROM (" + inner + ") AS " + ident.Quote("rows") + "(" + strings.Join(given, ", ") + ")"
}
