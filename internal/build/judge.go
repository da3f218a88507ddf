package build

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/quality"
	"github.com/tarn-lake/tarn/internal/run"
)

// judge runs the tests that gate the resource and returns those that hold it.
func (x *execution) judge(ctx context.Context, m *made) ([]quality.Verdict, error) {
	tests, left := x.possible(x.tests[m.resource.ID])
	m.details.Notes = append(m.details.Notes, left...)
	verdicts, err := x.Judge.RunAll(ctx, tests, x.scope)
	if err != nil {
		return nil, err
	}
	m.details.Tests = append(m.details.Tests, verdicts...)
	var holding []quality.Verdict
	for _, v := range verdicts {
		if v.Holds() {
			holding = append(holding, v)
		}
	}
	return holding, nil
}

// possible are the tests for which there is all that they read, and a note for
// each that is left out.
func (x *execution) possible(tests []*project.Resource) (can []*project.Resource, left []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, t := range tests {
		i := slices.IndexFunc(x.also[t.ID], func(id string) bool { return !x.there[id] })
		if i < 0 {
			can = append(can, t)
			continue
		}
		left = append(left, fmt.Sprintf("the test %s is left out: %s was not built", t.Name, x.Project.ByID(x.also[t.ID][i]).Name))
	}
	return can, left
}

// freeTest runs a test of what is published.
func (x *execution) freeTest(ctx context.Context, test *project.Resource) run.Result {
	v, err := x.free.Run(ctx, test)
	if err != nil {
		return failure(err)
	}
	result := run.Result{State: run.Success, Message: v.Message, Rows: v.Failures}
	if v.Holds() {
		result.State = run.Failed
	}
	result.Details = encode(Details{Tests: []quality.Verdict{v}})
	return result
}

// reasons names the tests that hold a resource.
func (x *execution) reasons(holding []quality.Verdict) string {
	parts := make([]string, len(holding))
	for i, v := range holding {
		name := v.Test
		if t := x.Project.ByID(v.Test); t != nil {
			name = t.Name
		}
		parts[i] = fmt.Sprintf("%s: %s", name, v.Message)
	}
	return strings.Join(parts, "; ")
}
