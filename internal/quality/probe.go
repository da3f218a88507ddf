package quality

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/gate"
)

// errOther says that a common pass gave other columns than were asked for.
var errOther = errors.New("a common pass over a table gave other columns than it was asked for")

// worthwhile leaves the questions out that are asked sooner by themselves. Of a
// view nobody knows how many rows it has, and each statement makes them anew.
func (j *Judge) worthwhile(ctx context.Context, questions []question, scope gate.Scope) []question {
	r := j.Project.ByID(questions[0].test.Test.Attached)
	if t, err := scope.Table(ctx, r.Relation); err == nil {
		if s := t.Current(); s != nil && s.Records() >= 0 {
			return together(questions, s.Records())
		}
	}
	return together(questions, aloneWithList)
}

// together are the questions that are asked in one pass over so many rows.
func together(questions []question, rows int64) []question {
	return slices.DeleteFunc(slices.Clone(questions), func(q question) bool { return q.alone > 0 && rows >= q.alone })
}

// askAll asks questions about one table together. One that cannot be asked
// spoils the pass for all: then each half is asked by itself, until the tests
// that are wrong stand alone, which tell for themselves what is wrong.
func (j *Judge) askAll(ctx context.Context, questions []question, scope gate.Scope) map[string]Count {
	if len(questions) < 2 || ctx.Err() != nil {
		return nil
	}
	found, err := j.ask(ctx, questions, scope)
	if err == nil {
		return found
	}
	half := len(questions) / 2
	found = map[string]Count{}
	maps.Copy(found, j.askAll(ctx, questions[:half], scope))
	maps.Copy(found, j.askAll(ctx, questions[half:], scope))
	return found
}

// ask asks questions about one table in one pass, and returns what the tests
// found by their ID. One is left out where its answer is not the number of
// failures.
func (j *Judge) ask(ctx context.Context, questions []question, scope gate.Scope) (map[string]Count, error) {
	result, err := j.Gate.Query(ctx, gate.Statement{
		SQL: pass(questions), Who: j.Who, Scope: scope, Purpose: "test", Place: diag.Place{File: questions[0].test.Path},
	})
	if err != nil {
		return nil, err
	}
	defer result.Release()
	found := map[string]Count{}
	for result.Next() {
		b := result.RecordBatch()
		if int(b.NumCols()) != 3*len(questions) || b.NumRows() != 1 {
			return nil, errOther
		}
		for i, q := range questions {
			if c := readCount(b, 3*i); q.exact || c.Failures == 0 {
				found[q.test.ID] = c
			}
		}
	}
	return found, result.Err()
}

// pass is the query that asks all questions: each is a column, of which the
// query around it makes what is counted and weighed of its test.
func pass(questions []question) string {
	asked, weighed := make([]string, len(questions)), make([]string, len(questions))
	for i, q := range questions {
		t, name := *q.test.Test, fmt.Sprintf("_tarn_%d", i)
		asked[i] = q.sql + " AS " + name
		t.FailCalc = name
		if t.Limit > 0 {
			t.FailCalc = fmt.Sprintf("least(%s, %d)", name, t.Limit)
		}
		weighed[i] = thresholds(&t)
	}
	return "SELECT " + strings.Join(weighed, ", ") +
		" FROM (SELECT " + strings.Join(asked, ", ") + " FROM " + questions[0].from + ")"
}
