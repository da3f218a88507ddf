package quality

import (
	"context"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/project"
)

// Round is some tests of what one scope shows. Those that ask simple questions
// about the columns of one table are asked together, in one pass over it, when
// the first of them is run; the others then have their answers. It is safe for
// concurrent use.
type Round struct {
	judge  *Judge
	scope  gate.Scope
	groups map[string]*group // by the ID of the test
}

// group is two or more questions about one table.
type group struct {
	questions []question
	once      sync.Once
	counts    map[string]Count
	took      time.Duration // of each
}

// Round prepares to run tests against what scope shows.
func (j *Judge) Round(tests []*project.Resource, scope gate.Scope) *Round {
	r := &Round{judge: j, scope: scope, groups: map[string]*group{}}
	by := map[string]*group{}
	for _, test := range tests {
		q, ok := j.question(test)
		if !ok {
			continue
		}
		g := by[q.from]
		if g == nil {
			g = &group{}
			by[q.from] = g
		}
		g.questions = append(g.questions, q)
		r.groups[test.ID] = g
	}
	return r
}

// RunAll runs tests in order.
func (j *Judge) RunAll(ctx context.Context, tests []*project.Resource, scope gate.Scope) ([]Verdict, error) {
	r := j.Round(tests, scope)
	verdicts := make([]Verdict, 0, len(tests))
	for _, test := range tests {
		v, err := r.Run(ctx, test)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// Run runs one test of the round; the verdict is that of [Judge.Run]. The time
// of a common pass is shared out among the tests that it answered.
func (r *Round) Run(ctx context.Context, test *project.Resource) (Verdict, error) {
	c, took, ok := r.answer(ctx, test)
	if ctx.Err() != nil {
		return Verdict{Test: test.ID}, ctx.Err()
	}
	if !ok {
		return r.judge.Run(ctx, test, r.scope)
	}
	v, err := r.judge.run(ctx, test, r.scope, &c)
	v.Took += took
	return v, err
}

// Answers reports whether the common pass of its table says how a test ends.
func (r *Round) Answers(ctx context.Context, test *project.Resource) bool {
	_, _, ok := r.answer(ctx, test)
	return ok
}

// answer is what the common pass counted for a test.
func (r *Round) answer(ctx context.Context, test *project.Resource) (Count, time.Duration, bool) {
	g := r.groups[test.ID]
	if g == nil || len(g.questions) < 2 {
		return Count{}, 0, false
	}
	g.once.Do(func() {
		started := time.Now()
		asked := r.judge.worthwhile(ctx, g.questions, r.scope)
		g.counts = r.judge.askAll(ctx, asked, r.scope)
		g.took = time.Since(started) / time.Duration(max(1, len(asked)))
	})
	c, ok := g.counts[test.ID]
	return c, g.took, ok
}
