package transform

import (
	"context"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template"
)

// Hook renders a hook of a resource in the resource's context and runs what
// comes out, if that is anything.
func (t *Transformer) Hook(ctx context.Context, r *project.Resource, h project.Hook, env Env) error {
	env = env.traced()
	c := t.context(r, env)
	c.File, c.Line, c.Column = h.Place.File, h.Place.Line, h.Place.Column
	var all ephemerals
	sql, err := template.Compile(ctx, h.SQL, c, t.Project.Resolver(ctx, r, t.resolve(r, env, &all)))
	if err != nil {
		return err
	}
	return t.run(ctx, sql, h.Place, env)
}

// Operation renders a hook around a run and runs what comes out.
func (t *Transformer) Operation(ctx context.Context, r *project.Resource, env Env) error {
	return t.Hook(ctx, r, project.Hook{SQL: r.SQL, Place: r.Place}, env)
}

func (t *Transformer) run(ctx context.Context, sql string, at diag.Place, env Env) error {
	if skipSpace(sql, 0) == len(sql) || strings.Trim(sql[skipSpace(sql, 0):], "; \t\r\n") == "" {
		return nil // such as a hook that only calls macros
	}
	_, err := (&adapter{t: t, env: env}).Execute(ctx, sql, at, false)
	return err
}

// hookValues are hooks as materializations see them.
func hookValues(hooks []project.Hook) []any {
	out := make([]any, len(hooks))
	for i, h := range hooks {
		d := python.NewDict()
		d.SetString("sql", h.SQL)
		d.SetString("transaction", h.Transaction)
		d.SetString("index", nil)
		out[i] = d
	}
	return out
}
