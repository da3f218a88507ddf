package transform

import (
	"context"
	"errors"
	"slices"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
)

// required makes the columns that a contract lets have no NULL required ones,
// so that other engines see that too. It is for tables that are made anew: one
// that is added to keeps its columns as they are.
func required(s lake.Schema, model *project.Resource) lake.Schema {
	names := map[string]bool{}
	for _, c := range model.Enforced() {
		if c.Type == project.ConstraintNotNull || c.Type == project.ConstraintPrimaryKey {
			for _, name := range c.Columns {
				names[ident.Fold(name)] = true
			}
		}
	}
	if len(names) == 0 {
		return s
	}
	s.Fields = slices.Clone(s.Fields) // they may be those of a table that is there
	for i, f := range s.Fields {
		s.Fields[i].Required = f.Required || names[ident.Fold(f.Name)]
	}
	return s
}

// outlived are the constraints of a table that its model's contract no longer
// has, or never had: rows are added to columns that take no NULL, by a contract
// of earlier or by a statement of a hook.
func (t *Transformer) outlived(ctx context.Context, model *project.Resource, scope gate.Scope) ([]project.Constraint, error) {
	if m := model.Config.Materialized; m != project.MaterializedIncremental && m != project.MaterializedSnapshot {
		return nil, nil // made anew each time
	}
	table, err := scope.Table(ctx, model.Relation)
	if errors.Is(err, lake.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	known := required(lake.Schema{Fields: optional(table.Schema().Fields)}, model)
	var out []project.Constraint
	for i, f := range table.Schema().Fields {
		if f.Required && !known.Fields[i].Required {
			out = append(out, project.Constraint{Type: project.ConstraintNotNull, Columns: []string{f.Name}, Place: model.ContractPlace()})
		}
	}
	return out, nil
}

func optional(fields []lake.Field) []lake.Field {
	out := slices.Clone(fields)
	for i := range out {
		out[i].Required = false
	}
	return out
}
