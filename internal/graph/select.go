package graph

import (
	"maps"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// Select returns what dbt's --select and --exclude choose: the union of the
// arguments and of what spaces separate in them, an intersection where commas
// do. Nothing to select means everything. As with dbt's eager indirect
// selection, a test comes with any of the resources it is on.
//
// The error names every selector that cannot be understood; one that matches
// nothing is a warning of the set.
func (g *Graph) Select(selects, excludes []string) (Set, error) {
	q := &query{graph: g}
	out := Set{graph: g, members: map[int]bool{}}
	if len(fields(selects)) == 0 {
		out = g.All()
	}
	for _, text := range fields(selects) {
		maps.Copy(out.members, q.intersection(text))
	}
	for _, text := range fields(excludes) {
		for i := range q.intersection(text) {
			delete(out.members, i)
		}
	}
	out.warnings = q.problems.Warnings()
	return out, q.problems.Err()
}

func fields(args []string) []string {
	var out []string
	for _, arg := range args {
		out = append(out, strings.Fields(arg)...)
	}
	return out
}

// query is one selection being made.
type query struct {
	graph    *Graph
	problems diag.Problems
}

// intersection evaluates criteria joined by commas.
func (q *query) intersection(text string) map[int]bool {
	var out map[int]bool
	for part := range strings.SplitSeq(text, ",") {
		c, err := parseCriterion(part)
		if err != nil {
			q.problems.AddError("bad-selector", diag.Place{}, err)
			return nil
		}
		chosen := q.evaluate(c)
		if out == nil {
			out = chosen
			continue
		}
		maps.DeleteFunc(out, func(i int, _ bool) bool { return !chosen[i] })
	}
	return out
}

// evaluate finds what one criterion matches, adds the neighbours it asks for,
// and then the tests on all of these.
func (q *query) evaluate(c criterion) map[int]bool {
	g := q.graph
	var start []int
	for i, r := range g.resources {
		if c.matches(r) {
			start = append(start, i)
		}
	}
	if len(start) == 0 {
		q.reportUnmatched(c)
		return map[int]bool{}
	}
	chosen := reach(g.parents, start, c.parentDepth)
	maps.Copy(chosen, reach(g.children, start, c.childDepth))
	if c.buildable {
		maps.Copy(chosen, reach(g.parents, sorted(reach(g.children, start, unlimited)), unlimited))
	}
	for _, i := range sorted(chosen) {
		for _, child := range g.children[i] {
			if g.resources[child].Kind == project.KindTest {
				chosen[child] = true
			}
		}
	}
	return chosen
}
