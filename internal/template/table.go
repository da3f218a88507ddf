package template

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/template/agate"
)

// tableValue is a table as templates see it.
func tableValue(t *Table) any {
	names := make([]string, len(t.Columns))
	for i, column := range t.Columns {
		names[i] = column.Name
	}
	return agate.NewTable(names, t.Rows, printed)
}

// printed logs what the methods of a table print, a line at a time.
func printed(c *jinja.Call, text string) {
	r := host(c)
	if r.captured != nil {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		r.Log(line)
	}
}

// seedTypes are the engine's types for those of a table.
var seedTypes = map[agate.Type]string{
	agate.Integer: "integer", agate.Number: "double", agate.Date: "date", agate.DateTime: "timestamp",
	agate.Boolean: "boolean", agate.Text: "text",
}
