package scan

import (
	"errors"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// Projection turns the result of a query into rows that a table can hold.
type Projection struct {
	// Select is the list after SELECT: every column cast to the type it has in
	// the table.
	Select string
	// Same reports that the columns have these types as they are.
	Same bool
	// Schema is the table's columns, without field ids.
	Schema lake.Schema
}

// Project returns the projection for the columns of a result. All problems are
// reported at once.
func Project(cols []engine.Column) (Projection, error) {
	var problems diag.Problems
	p := Projection{Same: true}
	seen := map[string]string{}
	list := make([]string, 0, len(cols))
	for _, c := range cols {
		if problem := checkName(c.Name, seen); problem != nil {
			problems.Add(problem)
			continue
		}
		seen[ident.Fold(c.Name)] = c.Name
		t, err := LakeType(c.Type)
		if err != nil {
			problems.AddError("unsupported-type", diag.Place{}, inColumn(c.Name, err))
			continue
		}
		name, err := DuckType(t)
		if err != nil {
			problems.AddError("unsupported-type", diag.Place{}, inColumn(c.Name, err))
			continue
		}
		p.Same = p.Same && name == c.Type
		quoted := ident.Quote(c.Name)
		list = append(list, "CAST("+quoted+" AS "+name+") AS "+quoted)
		p.Schema.Fields = append(p.Schema.Fields, lake.Field{Name: c.Name, Type: t})
	}
	if len(cols) == 0 {
		problems.Errorf("no-columns", diag.Place{}, "the result has no columns")
	}
	p.Select = strings.Join(list, ", ")
	return p, problems.Err()
}

// inColumn says in a problem which column it is about.
func inColumn(name string, err error) error {
	var p *diag.Problem
	if errors.As(err, &p) {
		named := *p
		named.Message = "column " + name + ": " + p.Message
		return &named
	}
	return err
}

func checkName(name string, seen map[string]string) *diag.Problem {
	if strings.TrimSpace(name) == "" {
		return diag.New("column-name", diag.Place{}, "a column of the result has no name").
			WithHint("name it with AS")
	}
	other, twice := seen[ident.Fold(name)]
	switch {
	case !twice:
		return nil
	case other == name:
		return diag.New("column-name", diag.Place{}, "two columns of the result are called %s", name).
			WithHint("name one of them differently with AS")
	default:
		return diag.New("column-name", diag.Place{},
			"the columns %s and %s differ only by case, which many engines cannot tell apart", other, name).
			WithHint("name one of them differently with AS")
	}
}
