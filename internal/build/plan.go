package build

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
)

// plan makes the steps of the run: one for each source, seed and model that is
// selected, with the tests that gate it; one for each test whose parents are
// not built in this run; and the publication of the whole run where asked.
func (x *execution) plan() run.Plan {
	if op := x.options.Operation; op != nil {
		return run.Plan{Nodes: []run.Node{{ID: op.ID, Kind: string(op.Kind)}}}
	}
	x.tests, x.units = map[string][]*project.Resource{}, map[string][]*project.Resource{}
	selected := map[string]bool{}
	for _, id := range x.options.IDs {
		selected[id] = true
	}
	position := map[string]int{}
	var steps, free []*project.Resource
	for i, id := range x.Graph.Order() {
		position[id] = i
		r := x.Project.ByID(id)
		if r == nil || !selected[id] || !x.makes(r) {
			continue
		}
		steps = append(steps, r)
	}
	built := map[string]bool{}
	for _, r := range steps {
		built[r.ID] = true
	}
	needs := map[string]map[string]bool{}
	for _, r := range steps {
		needs[r.ID] = x.nearest(r.ID, built)
	}
	for _, id := range x.options.IDs {
		test := x.Project.ByID(id)
		if test != nil && test.Kind == project.KindUnitTest {
			if model := test.UnitTest.ModelID; built[model] {
				x.units[model] = append(x.units[model], test)
			} else {
				free = append(free, test)
			}
		}
		if test == nil || test.Kind != project.KindTest {
			continue
		}
		gate := x.gateOf(test, built, position, needs)
		if gate == "" {
			free = append(free, test)
			continue
		}
		x.tests[gate] = append(x.tests[gate], test)
	}
	return x.nodes(steps, free, needs)
}

func (x *execution) nodes(steps, free []*project.Resource, needs map[string]map[string]bool) run.Plan {
	var p run.Plan
	var all []string
	before := x.operations(&p, x.Project.OnRunStart, nil)
	for _, r := range steps {
		var list []string
		for id := range needs[r.ID] {
			list = append(list, id)
		}
		slices.Sort(list)
		p.Nodes = append(p.Nodes, run.Node{ID: r.ID, Kind: string(r.Kind), Needs: append(list, before...)})
		all = append(all, r.ID)
	}
	for _, t := range free {
		p.Nodes = append(p.Nodes, run.Node{ID: t.ID, Kind: string(t.Kind), Needs: before})
		all = append(all, t.ID)
	}
	if x.options.Publish == PublishRun && len(steps) > 0 {
		p.Nodes = append(p.Nodes, run.Node{ID: PublishStep, Kind: PublishStep, Needs: all})
		all = append(all, PublishStep)
	}
	x.operations(&p, x.Project.OnRunEnd, append(before, all...))
	return p
}

// operations adds the hooks around the run, one after the other; those at its
// end, which come after steps, run however the steps ended.
func (x *execution) operations(p *run.Plan, list []*project.Resource, after []string) (last []string) {
	if !x.options.Operations {
		return nil
	}
	last = after
	for _, r := range list {
		p.Nodes = append(p.Nodes, run.Node{ID: r.ID, Kind: string(r.Kind), Needs: last, Always: after != nil})
		last = []string{r.ID}
	}
	return last
}

// makes reports whether r is something that a step makes. Ephemeral models are
// part of the queries that name them.
func (x *execution) makes(r *project.Resource) bool {
	switch r.Kind {
	case project.KindSource:
		return r.Ingest != nil
	case project.KindSeed:
		return true
	case project.KindSnapshot:
		return true
	case project.KindModel:
		return r.Config.Materialized != project.MaterializedEphemeral
	default:
		return false
	}
}

// nearest returns the built resources that id depends on, directly or through
// resources that this run does not build.
func (x *execution) nearest(id string, built map[string]bool) map[string]bool {
	found, seen := map[string]bool{}, map[string]bool{}
	var walk func(string)
	walk = func(id string) {
		for _, p := range x.Graph.Parents(id) {
			if seen[p] {
				continue
			}
			seen[p] = true
			if built[p] {
				found[p] = true
				continue
			}
			walk(p)
		}
	}
	walk(id)
	return found
}

// gateOf returns the resource that a test gates: the last of its parents that
// this run builds, which then waits for the others; "" where there is none.
func (x *execution) gateOf(test *project.Resource, built map[string]bool, position map[string]int, needs map[string]map[string]bool) string {
	parents := x.nearest(test.ID, built)
	gate := ""
	for id := range parents {
		if gate == "" || position[id] > position[gate] {
			gate = id
		}
	}
	for id := range parents {
		if id != gate {
			needs[gate][id] = true
		}
	}
	return gate
}
