package template

import "github.com/tarn-lake/tarn/internal/jinja"

// tableValue is a table as templates see it.
func tableValue(t *Table) any {
	rows := jinja.NewList()
	for _, row := range t.Rows {
		d := jinja.NewDict()
		for i, column := range t.Columns {
			d.SetString(column.Name, jinja.From(row[i]))
		}
		rows.Items = append(rows.Items, d)
	}
	out := jinja.NewDict()
	out.SetString("rows", rows)
	return out
}
