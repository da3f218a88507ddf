package transform

import (
	"context"

	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template"
)

// Custom reports whether a block of the project or of a package materializes a
// resource, and not what is built in.
func (t *Transformer) Custom(r *project.Resource) bool {
	return t.Project.Library().Materialization(r.Config.Materialized) != nil
}

// Materialize lets the project's own materialization make a model, out of
// statements; they change the workspace of the request.
func (t *Transformer) Materialize(ctx context.Context, r Request) (rows int64, err error) {
	if r.Model.Language == project.LanguagePython {
		return 0, t.checkPython(r.Model)
	}
	m := t.Project.Library().Materialization(r.Model.Config.Materialized)
	env := r.env().traced()
	var all ephemerals
	sql, err := t.render(ctx, r.Model, env, &all)
	if err != nil {
		return 0, err
	}
	c := t.context(r.Model, env)
	c.SQL = all.prepend(sql).String()
	c.File = m.File
	if _, _, err := template.Invoke(ctx, m, nil, nil, c, t.Project.Resolver(ctx, r.Model, t.resolve(r.Model, env, &all))); err != nil {
		return 0, err
	}
	for _, candidate := range r.Work.Changes().Candidates {
		if candidate.Name.Key() == r.Model.Relation.Key() {
			rows = candidate.Records
		}
	}
	return rows, nil
}
