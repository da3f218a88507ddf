package transform

import (
	"context"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

var keyKinds = map[string]lake.KeyKind{
	project.ConstraintPrimaryKey: lake.PrimaryKey, project.ConstraintUnique: lake.UniqueKey, project.ConstraintForeignKey: lake.ForeignKey,
}

// keys are the keys of the model's contract, which its table is to be known by;
// never nil.
func (t *Transformer) keys(ctx context.Context, r Request) ([]lake.Key, error) {
	keys := []lake.Key{}
	for _, c := range r.Model.Enforced() {
		k := lake.Key{Kind: keyKinds[c.Type], Name: c.Name, Columns: c.Columns}
		if k.Kind == lake.ForeignKey {
			known, err := t.leads(ctx, r, c, &k)
			if err != nil {
				return nil, err
			}
			if !known {
				continue
			}
		}
		if k.Kind != "" {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

// leads finds the table that a foreign key leads to; known is false where what
// is written is no name of a table.
func (t *Transformer) leads(ctx context.Context, r Request, c project.Constraint, k *lake.Key) (known bool, err error) {
	to, columns := c.Target()
	cx := t.context(r.Model, r.env())
	cx.File, cx.Line, cx.Column = c.Place.File, c.Place.Line, c.Place.Column
	// The table itself, even where only a part of its rows is read.
	whole := func(_ context.Context, other *project.Resource) (relation.Relation, error) {
		rel := t.Relation(other)
		rel.Limited = false
		return rel, nil
	}
	text, err := template.Compile(ctx, to, cx, t.Project.Resolver(ctx, r.Model, whole))
	if err != nil {
		return false, err
	}
	name, known := sqlast.ReadName(text)
	if !known {
		return false, nil
	}
	st := gate.Statement{Who: t.Who, Scope: r.Scope, Purpose: "model"}
	k.To, k.ToColumns = t.Gate.Meant(ctx, st, name.Parts), columns
	return true, nil
}
