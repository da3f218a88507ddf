package textlog

import (
	"maps"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
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
	d.checkDeclared(columns, req.Declared, &problems)
	return layout, problems.Err()
}

// checkDeclared refuses columns that the records do not have or have otherwise.
func (d *detail) checkDeclared(columns []connector.Column, declared map[string]connector.DeclaredType, problems *diag.Problems) {
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		i := slices.IndexFunc(columns, func(c connector.Column) bool { return ident.Fold(c.Name) == ident.Fold(name) })
		if i < 0 {
			problems.Errorf("unknown-column", declared[name].Place, "%s have no column %q", d.spec.What, name).
				Hint = "their columns are fixed; leave columns out"
			continue
		}
		if t, err := connector.ParseType(declared[name].Type); err != nil || !t.Equal(columns[i].Type) {
			problems.Errorf("declared-type", declared[name].Place, "column %q of %s is %s, not %s", name, d.spec.What, columns[i].Type, declared[name].Type).
				Hint = "their columns are fixed; leave columns out, and cast in a model"
		}
	}
}
