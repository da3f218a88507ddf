// Package template is dbt's words over the Jinja language: config, ref,
// source, var, env_var, this, target, adapter and what else a project's texts
// may call, and the macros of the project, of its packages and of dbt.
//
// A text is rendered twice. [Parse] runs it with execute=false to learn what it
// refers to and how it configures itself, with the place of every call;
// [Compile] runs it again, with names resolved, and gives SQL. [Invoke] calls
// one macro, and [RenderYAML] renders the values of YAML files.
//
// It promises that every error is a *diag.Problem with file, line and column
// in the author's file, with the calls that led there, and that a [Library]
// serves any number of renders at once. It leaves to others where texts come
// from, what a ref resolves to, how configurations of several levels are
// merged, and what the database does.
package template

import (
	"context"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Version is the version of dbt whose language this is.
const Version = "1.11.0"

// Parse renders text with execute=false and returns what it refers to.
func Parse(text string, c Context) (*Captured, error) {
	r := newRender(context.Background(), c)
	r.captured = newCaptured()
	t, err := r.parse(text)
	if err != nil {
		return nil, err
	}
	if _, err = t.RenderWith(r.globals()); err != nil {
		return r.forgive(t, r.problem(err))
	}
	return r.captured, nil
}

// Compile renders text with execute=true and returns SQL.
func Compile(ctx context.Context, text string, c Context, resolve Resolver) (string, error) {
	r := newRender(ctx, c)
	r.resolve = resolve
	t, err := r.parse(text)
	if err != nil {
		return "", err
	}
	sql, err := t.RenderWith(r.globals())
	if err != nil {
		return "", r.problem(err)
	}
	return sql, nil
}

// Invoke calls a macro with execute=true. The value is what it returned, or
// else its text; text is the text of either.
func Invoke(ctx context.Context, m *Macro, args []any, named map[string]any, c Context, resolve Resolver) (value any, text string, err error) {
	r := newRender(ctx, c)
	r.resolve = resolve
	return r.invoke(m, args, named)
}

// InvokeMain calls a macro as [Invoke] does, for the rows of its statement
// `main`; they are none where it has none.
func InvokeMain(ctx context.Context, m *Macro, c Context, resolve Resolver) ([][]any, error) {
	r := newRender(ctx, c)
	r.resolve = resolve
	if _, _, err := r.invoke(m, nil, nil); err != nil {
		return nil, err
	}
	main, ok := r.results["main"].(result)
	if !ok {
		return nil, nil
	}
	var rows [][]any
	for _, row := range matrix(main.table).Items {
		rows = append(rows, row.(*python.List).Items)
	}
	return rows, nil
}

// RenderYAML renders a value of a YAML file. A text that is one expression
// gives the expression's value, so that numbers, booleans and lists stay what
// they are; any other text gives text.
func RenderYAML(text string, c Context) (any, error) {
	if !jinja.HasTags(text) {
		return text, nil
	}
	r := newRender(context.Background(), c)
	r.captured = newCaptured()
	t, err := r.parse(text)
	if err != nil {
		return nil, err
	}
	v, err := t.EvalWith(r.globals())
	if err == nil {
		v, err = python.ToGo(v)
	}
	if err != nil {
		return nil, r.problem(err)
	}
	return v, nil
}
