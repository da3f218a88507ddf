package textlog

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// layout puts the columns behind or onto those of the table.
func (d *detail) layout(columns []connector.Column, req connector.Request) (*connector.Layout, error) {
	layout := connector.NewLayout(req, d)
	var problems diag.Problems
	for _, c := range columns {
		position := layout.Index(c.Name)
		if position < 0 {
			position = len(layout.Columns)
			layout.Columns = append(layout.Columns, connector.Column{Name: c.Name, Type: c.Type, Origin: connector.Declared})
		}
		if slices.Contains(d.position, position) {
			problems.Errorf("duplicate-column", diag.Place{}, "%s would have two columns %q", d.spec.What, c.Name).
				Hint = "name them differently in the option that gives the layout"
		}
		if have := layout.Columns[position].Type; !have.Equal(c.Type) {
			problems.Errorf("column-type", diag.Place{}, "the table's column %q is %s, %s have %s", c.Name, have, d.spec.What, c.Type).
				Hint = "load them into a table of their own"
		}
		d.position = append(d.position, position)
	}
	connector.CheckFixed(columns, req.Declared, d.spec.What, &problems)
	return layout, problems.Err()
}
