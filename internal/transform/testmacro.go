package transform

import (
	"context"
	"strconv"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template"
)

// storingMacro is dbt's macro that decides whether the failing rows of a test
// are stored.
const storingMacro = "should_store_failures"

// OwnStoring reports whether a macro of the project decides which failing rows
// are stored.
func (t *Transformer) OwnStoring() bool {
	return t.own(&project.Resource{Package: t.Project.Name}, storingMacro)
}

// Stores asks that macro about a test.
func (t *Transformer) Stores(ctx context.Context, test *project.Resource, scope gate.Scope) (bool, error) {
	m := t.Project.Library().Find(test.Package, storingMacro)
	if m == nil || m.BuiltIn() {
		return test.Test.StoreFailures, nil
	}
	env, all := Env{Scope: scope}, ephemerals{}
	said, _, err := template.Invoke(ctx, m, nil, nil, t.context(test, env), t.Project.Resolver(ctx, test, t.resolve(test, env, &all)))
	if err != nil || !python.Truth(said) {
		return false, err
	}
	if test.Test.StoreFailuresAs == project.MaterializedEphemeral {
		return false, diag.New("bad-value", test.Place, "the macro %s stores the failing rows of `%s`, whose settings say that they are not", storingMacro, test.Name).
			WithHint("set store_failures_as to table or view")
	}
	return true, nil
}

// testMaterialization is the name of dbt's materialization of tests.
const testMaterialization = "test"

// OwnTesting reports whether a materialization of the project's asks tests.
func (t *Transformer) OwnTesting() bool {
	return t.Project.Library().Materialization(testMaterialization) != nil
}

// Ask lets that materialization ask a test, of which statement is the query. Its
// statement `main` says how many rows fail, and whether that is to warn and to
// fail, as dbt's get_test_sql does.
func (t *Transformer) Ask(ctx context.Context, r Request, statement gate.Statement) (failures int64, warns, fails bool, err error) {
	m, env := t.Project.Library().Materialization(testMaterialization), r.env().traced()
	env.compiled = statement.SQL
	c, all := t.context(r.Model, env), ephemerals{}
	c.SQL, c.File = statement.SQL, m.File
	rows, err := template.InvokeMain(ctx, m, c, t.Project.Resolver(ctx, r.Model, t.resolve(r.Model, env, &all)))
	if err != nil {
		return 0, false, false, err
	}
	if len(rows) != 1 || len(rows[0]) != 3 {
		return 0, false, false, diag.New("bad-result", m.Place, "the statement `main` of the materialization of tests gives no row of failures, should_warn and should_error").
			WithHint("end it with get_test_sql, as dbt's does")
	}
	text, err := python.Text(rows[0][0])
	if err == nil {
		failures, err = strconv.ParseInt(text, 10, 64)
	}
	if err != nil {
		return 0, false, false, diag.New("bad-result", m.Place, "the materialization of tests counts no failures for `%s`: %s", r.Model.Name, text).WithCause(err)
	}
	return failures, python.Truth(rows[0][1]), python.Truth(rows[0][2]), nil
}
