package build

import (
	"maps"
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
	x.tests, x.units, x.also = map[string][]*project.Resource{}, map[string][]*project.Resource{}, map[string][]string{}
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
	order := waits{needs: map[string]map[string]bool{}, after: map[string]map[string]bool{}}
	for _, r := range steps {
		order.needs[r.ID], order.after[r.ID] = x.nearest(r.ID, built), map[string]bool{}
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
		gate := x.gateOf(test, built, position, order)
		if gate == "" {
			free = append(free, test)
			continue
		}
		x.tests[gate] = append(x.tests[gate], test)
	}
	x.block(free, built, order)
	x.free = x.Judge.Round(free, x.scope)
	return x.nodes(steps, free, order)
}

// waits are what each step waits for: what has to succeed before it, and what
// only has to end.
type waits struct{ needs, after map[string]map[string]bool }

func (x *execution) nodes(steps, free []*project.Resource, order waits) run.Plan {
	var p run.Plan
	var all []string
	before := x.operations(&p, x.Project.OnRunStart, nil)
	for _, r := range steps {
		needs, after := slices.Sorted(maps.Keys(order.needs[r.ID])), slices.Sorted(maps.Keys(order.after[r.ID]))
		p.Nodes = append(p.Nodes, run.Node{ID: r.ID, Kind: string(r.Kind), Needs: append(needs, before...), After: after})
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
		n := run.Node{ID: r.ID, Kind: string(r.Kind), Needs: last}
		if after != nil {
			n.Needs, n.After = nil, last
		}
		p.Nodes, last = append(p.Nodes, n), []string{r.ID}
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
// this run builds, which then waits for the end of the others; "" where there is
// none. As under dbt one of them that does not succeed takes the test with it,
// and not the resource.
func (x *execution) gateOf(test *project.Resource, built map[string]bool, position map[string]int, order waits) string {
	parents := x.nearest(test.ID, built)
	gate := ""
	for id := range parents {
		if gate == "" || position[id] > position[gate] {
			gate = id
		}
	}
	for id := range parents {
		if id != gate {
			order.after[gate][id] = true
			x.also[test.ID] = append(x.also[test.ID], id)
		}
	}
	return gate
}
