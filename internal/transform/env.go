package transform

import (
	"context"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/template/relation"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// Words add to the context of texts.
type Words = func(*template.Context)

// Env is what a text is compiled in besides its project.
type Env struct {
	// Scope is what names mean.
	Scope gate.Scope
	// Work takes what statements of the text change; nil is nothing that lasts.
	Work        *workspace.Workspace
	FullRefresh bool
	// Incremental answers is_incremental(); nil is no.
	Incremental func() (bool, error)
	// Batch is the range of events that is read; nil is all.
	Batch *Batch
	// origins remember what wrote the text, and the statements that it runs.
	origins *jinja.Origins
	// compiled is the SQL of the resource itself, for macros that make it.
	compiled string
	// unit is the unit test that gives rows for what is read; nil for none.
	unit *unit
	// With adds to the context.
	With Words
}

// Statement compiles the text of a resource, and of a generic test the call of
// its macro.
func (t *Transformer) Statement(ctx context.Context, r *project.Resource, env Env) (gate.Statement, error) {
	if r.Language == project.LanguagePython {
		return gate.Statement{}, diag.New("python-model", r.Place, "`%s` is a Python model, and there is no SQL of it", r.Name)
	}
	env = env.traced()
	var all ephemerals
	sql, err := t.render(ctx, r, env, &all)
	if err != nil {
		return gate.Statement{}, err
	}
	place, trace := diag.Place{File: r.Path, Line: 1, Column: 1}, env.trace()
	switch {
	case r.Test != nil && r.Test.Kind != project.Singular:
		place, trace = r.Place, traceWhere(r.Test, trace)
	case r.SQLPlace.Line > 0:
		place = r.SQLPlace
		place.File = r.Path
	}
	st := gate.Statement{SQL: sql, Who: t.Who, Scope: env.Scope, Purpose: purpose(r), Place: place, Trace: trace}
	if len(all.names) > 0 {
		st = st.Of(all.prepend(sql))
	}
	t.compiled.keep(r.ID, st.SQL)
	if env.Batch != nil {
		t.compiled.keep(r.ID+CompiledBatch+env.Batch.Label(r), st.SQL)
	}
	return st, nil
}

// traced is the environment of one text.
func (e Env) traced() Env {
	if e.origins == nil {
		e.origins = &jinja.Origins{}
	}
	return e
}

// trace tells where SQL that was rendered in the environment comes from.
func (e Env) trace() func(string, int) (diag.Place, []string, bool) {
	if e.origins == nil {
		return nil
	}
	return func(text string, offset int) (diag.Place, []string, bool) {
		return template.Origin(e.origins, text, offset)
	}
}

// traceWhere also knows the text of a test's `where`, which settings hold and no
// template.
func traceWhere(test *project.Test, trace func(string, int) (diag.Place, []string, bool)) func(string, int) (diag.Place, []string, bool) {
	if test.Where == "" || test.WherePlace.Line == 0 {
		return trace
	}
	const before = "where "
	return func(text string, offset int) (diag.Place, []string, bool) {
		for from := 0; ; {
			at := strings.Index(text[from:], before+test.Where)
			if at < 0 || from+at > offset {
				return trace(text, offset)
			}
			if from += at + len(before); offset >= from && offset < from+len(test.Where) {
				return test.WherePlace, nil, true
			}
		}
	}
}

// TestStatement compiles a test, or an analysis that explains one.
func (t *Transformer) TestStatement(ctx context.Context, r *project.Resource, scope gate.Scope) (gate.Statement, error) {
	if r.Kind == project.KindUnitTest {
		return t.unitStatement(ctx, r, Env{Scope: scope})
	}
	return t.Statement(ctx, r, Env{Scope: scope})
}

func purpose(r *project.Resource) string {
	if r.Kind == project.KindTest {
		return "test"
	}
	return "model"
}

// render renders the text of a resource. The ephemeral models that it names go
// to all.
func (t *Transformer) render(ctx context.Context, r *project.Resource, env Env, all *ephemerals) (string, error) {
	resolve := t.resolve(r, env, all)
	c := t.context(r, env)
	if r.Test != nil && r.Test.Kind != project.Singular {
		m := t.Project.Library().Test(r.Package, testName(r.Test))
		if m == nil {
			return "", diag.New("unknown-test", r.Place, "there is no generic test %q", testName(r.Test))
		}
		return template.Test(ctx, m, r.Test.Kwargs, c, t.Project.Resolver(ctx, r, resolve))
	}
	return template.Compile(ctx, r.SQL, c, t.Project.Resolver(ctx, r, resolve))
}

// resolve tells what stands for resources in the texts of one of them.
func (t *Transformer) resolve(by *project.Resource, env Env, all *ephemerals) project.Resolve {
	return func(ctx context.Context, r *project.Resource) (relation.Relation, error) {
		if env.unit != nil {
			if rel, given := env.unit.given[r.ID]; given {
				return rel, nil
			}
		}
		if r.Config.Materialized == project.MaterializedEphemeral && r.Kind == project.KindModel {
			rel, err := t.ephemeral(ctx, r, env, all)
			return t.part(rel, r, by, env), err
		}
		if env.unit != nil {
			return relation.Relation{}, env.unit.missing(r)
		}
		return t.part(t.Relation(r), r, by, env), nil
	}
}

// Relation is what stands for a table or a view in texts.
func (t *Transformer) Relation(r *project.Resource) relation.Relation {
	rel, deferred := t.Deferred[r.ID]
	if !deferred {
		rel = relation.New(r.Relation)
	}
	rel.Limited = t.Empty
	return t.Project.Quoted(rel, r)
}

// part is a relation of which not all rows are read, where that is asked for.
func (t *Transformer) part(rel relation.Relation, of, by *project.Resource, env Env) relation.Relation {
	rel.Limited = t.Empty
	rel.Filter = t.filter(of, by, env)
	return rel
}

func testName(test *project.Test) string {
	if test.Namespace != "" {
		return test.Namespace + "." + test.Kind
	}
	return test.Kind
}

// context is what a resource's texts are rendered in.
func (t *Transformer) context(r *project.Resource, env Env) template.Context {
	c := t.Project.Context(r)
	if t.Gate != nil && env.Scope != nil {
		c.Adapter = &adapter{t: t, env: env}
	}
	c.Origins = env.origins
	c.Incremental, c.FullRefresh = env.Incremental, env.FullRefresh
	c.PreHooks, c.PostHooks = hookValues(r.Config.PreHooks), hookValues(r.Config.PostHooks)
	c.Model = sync.OnceValue(func() any {
		// Plain data that was read from text always has a JSON form; without one
		// the word is empty.
		m, _ := t.Describer.Model(r)
		if env.Batch != nil {
			m = put(m, batchField(r, *env.Batch))
		}
		if env.compiled != "" {
			m = put(m, artifact.Field{Key: "compiled_code", Value: env.compiled})
		}
		return m
	})
	if t.Context != nil {
		t.Context(&c)
	}
	if env.With != nil {
		env.With(&c)
	}
	return c
}
