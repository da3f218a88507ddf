package quality

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template"
)

// RunAll runs tests in order. Those that ask simple questions about the columns
// of one table are asked together, in one pass over it: where the answer is that
// nothing fails, they have passed, and all others run by themselves.
func (j *Judge) RunAll(ctx context.Context, tests []*project.Resource, scope gate.Scope) ([]Verdict, error) {
	passed := map[string]time.Duration{}
	for _, group := range j.groups(tests) {
		started := time.Now()
		clean, err := j.probe(ctx, group, scope)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			continue // each of them tells for itself what is wrong
		}
		for _, id := range clean {
			passed[id] = time.Since(started) / time.Duration(len(group))
		}
	}
	verdicts := make([]Verdict, 0, len(tests))
	for _, test := range tests {
		v, err := j.runUnless(ctx, test, scope, passed)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// runUnless runs a test that has not passed already.
func (j *Judge) runUnless(ctx context.Context, test *project.Resource, scope gate.Scope, passed map[string]time.Duration) (Verdict, error) {
	took, done := passed[test.ID]
	if !done {
		return j.Run(ctx, test, scope)
	}
	statement, err := j.compile(ctx, test, scope)
	if err != nil {
		return j.Run(ctx, test, scope)
	}
	return Verdict{Test: test.ID, State: Pass, Severity: severity(test.Test), SQL: statement.SQL, Took: took}, nil
}

// question is what a simple test asks: a number that is 0 where nothing fails.
type question struct {
	test *project.Resource
	sql  string
}

// groups are the questions that can be asked together: two or more about one
// table.
func (j *Judge) groups(tests []*project.Resource) [][]question {
	var order []string
	by := map[string][]question{}
	for _, test := range tests {
		sql, ok := j.question(test)
		if !ok {
			continue
		}
		on := test.Test.Attached
		if by[on] == nil {
			order = append(order, on)
		}
		by[on] = append(by[on], question{test, sql})
	}
	var out [][]question
	for _, on := range order {
		if len(by[on]) > 1 {
			out = append(out, by[on])
		}
	}
	return out
}

// question returns what a test asks, where that is simple: one of dbt's own
// tests of a stored table's column, that counts all rows which fail.
func (j *Judge) question(test *project.Resource) (string, bool) {
	t := test.Test
	if t == nil || t.Namespace != "" || t.Where != "" || t.WarnIf != "" || t.ErrorIf != "" || t.FailCalc != "" || t.Limit > 0 || t.StoreFailures {
		return "", false
	}
	column, _ := t.Kwargs["column_name"].(string)
	on := j.Project.ByID(t.Attached)
	if column == "" || on == nil || on.Config.Materialized == project.MaterializedEphemeral || !j.ours(test.Package, t.Kind) {
		return "", false
	}
	switch t.Kind {
	case "not_null":
		return fmt.Sprintf("count(*) FILTER (WHERE %s IS NULL)", column), true
	case "unique":
		return fmt.Sprintf("count(%s) - count(DISTINCT %[1]s)", column), true
	case "accepted_values":
		return acceptedValues(t, column)
	default:
		return "", false
	}
}

// ours reports whether a generic test is what dbt has, and no macro of the
// project's or a package's takes its place.
func (j *Judge) ours(pkg, kind string) bool {
	l := j.Project.Library()
	m, where := l.Test(pkg, kind), l.Find(pkg, "get_where_subquery")
	if m == nil || m.Package != ownPackage || where == nil || where.Package != ownPackage {
		return false
	}
	done, _ := l.Dispatch("test_"+kind, ownPackage, pkg)
	return done != nil && done.Package == ownPackage
}

// ownPackage is the package of dbt's own macros.
const ownPackage = "dbt"

func acceptedValues(t *project.Test, column string) (string, bool) {
	list, ok := t.Kwargs["values"].([]any)
	quote, given := t.Kwargs["quote"].(bool)
	if !ok || len(list) == 0 {
		return "", false
	}
	values := make([]string, len(list))
	for i, v := range list {
		switch v := v.(type) {
		case string, int64, int:
			values[i] = fmt.Sprint(v)
		default:
			return "", false
		}
		if strings.ContainsAny(values[i], "'{}") {
			return "", false // what a template makes of it is for the macro to say
		}
		if !given || quote {
			values[i] = "'" + values[i] + "'"
		}
	}
	return fmt.Sprintf("count(*) FILTER (WHERE %s NOT IN (%s))", column, strings.Join(values, ", ")), true
}

// probe asks questions about one table in one pass, and returns the tests of
// which nothing fails.
func (j *Judge) probe(ctx context.Context, group []question, scope gate.Scope) (clean []string, err error) {
	list := make([]string, len(group))
	for i, q := range group {
		list[i] = fmt.Sprintf("CAST(%s AS BIGINT) AS q%d", q.sql, i)
	}
	on := j.Project.ByID(group[0].test.Test.Attached)
	result, err := j.Gate.Query(ctx, gate.Statement{
		SQL:       "SELECT " + strings.Join(list, ", ") + " FROM " + template.NewRelation(on.Relation).String(),
		Principal: j.Principal, Scope: scope, Purpose: "test", Place: diag.Place{File: group[0].test.Path},
	})
	if err != nil {
		return nil, err
	}
	defer result.Release()
	for result.Next() {
		b := result.RecordBatch()
		for i, q := range group {
			if n, ok := b.Column(i).(*array.Int64); ok && n.Len() > 0 && n.IsValid(0) && n.Value(0) == 0 {
				clean = append(clean, q.test.ID)
			}
		}
	}
	return clean, result.Err()
}
