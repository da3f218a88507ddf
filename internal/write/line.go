package write

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/scan"
)

// castLine casts text to the type of f and names it so. A value that the column
// does not take fails the statement with the line that it stands in.
func castLine(from, line string, f lake.Field) string {
	t, err := scan.DuckType(f.Type)
	if err != nil {
		return castTo(from, f) // says what is wrong
	}
	fails := func(words string) string {
		return "error('line ' || " + ident.Quote(line) + " || " + words + ")"
	}
	null := ""
	if f.Required {
		null = "WHEN " + from + " IS NULL THEN " + fails(ident.Literal(", the column "+f.Name+" takes no NULL"))
	}
	return fmt.Sprintf("CASE %s WHEN %s IS NOT NULL AND TRY_CAST(%[2]s AS %[3]s) IS NULL THEN %[4]s ELSE TRY_CAST(%[2]s AS %[3]s) END AS %[5]s", null, from, t,
		fails(ident.Literal(", column "+f.Name+": invalid input syntax for type "+t+": ")+" || CAST("+from+" AS VARCHAR)"), ident.Quote(f.Name))
}
