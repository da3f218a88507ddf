package graph

import (
	"maps"

	"github.com/tarn-lake/tarn/internal/project"
)

// comesAlong reports whether resources of the kind are selected with what they
// are on.
func comesAlong(k project.Kind) bool { return k == project.KindTest || k == project.KindUnitTest }

// withTests adds the tests on what is selected as far as mode lets them come;
// the others wait.
func (q *query) withTests(direct map[int]bool, mode Indirect) chosen {
	out := chosen{direct: direct, waiting: map[int]bool{}}
	if mode == Empty {
		return out
	}
	near := q.within(direct, mode)
	for _, i := range sorted(direct) {
		for _, child := range q.graph.children[i] {
			switch {
			case direct[child] || !comesAlong(q.graph.resources[child].Kind):
			case mode == Eager || q.allIn(child, near):
				out.direct[child] = true
			default:
				out.waiting[child] = true
			}
		}
	}
	return out
}

// admit adds the tests among possible of which everything they are on is in
// direct by now.
func (q *query) admit(direct, possible map[int]bool, mode Indirect) {
	if mode != Cautious && mode != Buildable {
		return
	}
	near := q.within(direct, mode)
	for i := range possible {
		if comesAlong(q.graph.resources[i].Kind) && q.allIn(i, near) {
			direct[i] = true
		}
	}
}

// within is what the resources of a test may be among.
func (q *query) within(direct map[int]bool, mode Indirect) map[int]bool {
	if mode != Buildable {
		return maps.Clone(direct)
	}
	near := reach(q.graph.parents, sorted(direct), unlimited)
	for i, r := range q.graph.resources {
		if r.Kind == project.KindSource {
			near[i] = true
		}
	}
	return near
}

func (q *query) allIn(test int, set map[int]bool) bool {
	for _, parent := range q.graph.parents[test] {
		if !set[parent] {
			return false
		}
	}
	return true
}
