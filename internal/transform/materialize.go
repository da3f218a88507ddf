package transform

import (
	"context"

	"github.com/tarn-lake/tarn/internal/project"
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
	statement, err := t.Statement(ctx, r.Model, env)
	if err != nil {
		return 0, err
	}
	return t.invoke(ctx, r, env, m, statement)
}
