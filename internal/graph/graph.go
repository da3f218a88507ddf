// Package graph is for what depends on what: the DAG of a project's resources,
// its order, and the selection of a part of it in dbt's language.
//
// It promises that order and selections depend on the project alone, never on
// chance; that a cycle is reported as a path with places; and that selectors
// mean what they mean to dbt. It is pure: no files, no clock. It leaves to
// others what is done with a resource.
package graph

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/project"
)

// Graph is the DAG of the enabled resources. It does not change once built and
// is safe for concurrent use.
type Graph struct {
	project   *project.Project
	resources []*project.Resource // sorted by ID
	number    map[string]int      // of each ID
	parents   [][]int
	children  [][]int
	order     []int
}

// Build connects the resources of a project. The error names every cycle.
func Build(p *project.Project) (*Graph, error) {
	g := &Graph{project: p, resources: p.Resources, number: make(map[string]int, len(p.Resources))}
	for i, r := range g.resources {
		g.number[r.ID] = i
	}
	edges := make([][]int, len(g.resources))
	for i, r := range g.resources {
		for _, id := range r.DependsOn {
			if parent, ok := g.number[id]; ok {
				edges[i] = append(edges[i], parent)
			}
		}
	}
	g.connect(edges)
	if err := g.sort(); err != nil {
		return nil, err
	}
	return g, nil
}

// connect sets the parents, and the children that follow from them.
func (g *Graph) connect(parents [][]int) {
	g.parents = parents
	g.children = make([][]int, len(parents))
	for i, of := range parents {
		slices.Sort(of)
		g.parents[i] = slices.Compact(of)
		for _, parent := range g.parents[i] {
			g.children[parent] = append(g.children[parent], i)
		}
	}
}

// Resources returns the resources of the graph, sorted by ID.
func (g *Graph) Resources() []*project.Resource { return slices.Clone(g.resources) }

// Resource returns the resource with the given ID, nil where the graph has none.
func (g *Graph) Resource(id string) *project.Resource {
	if i, ok := g.number[id]; ok {
		return g.resources[i]
	}
	return nil
}

// Order returns the IDs so that each comes after everything it depends on;
// where that leaves a choice, by ID.
func (g *Graph) Order() []string { return g.ids(g.order) }

// Parents returns what the resource depends on directly, sorted.
func (g *Graph) Parents(id string) []string { return g.near(id, g.parents) }

// Children returns what depends on the resource directly, sorted.
func (g *Graph) Children(id string) []string { return g.near(id, g.children) }

// Ancestors returns everything the resource depends on, sorted.
func (g *Graph) Ancestors(id string) []string { return g.far(id, g.parents) }

// Descendants returns everything that depends on the resource, sorted.
func (g *Graph) Descendants(id string) []string { return g.far(id, g.children) }

func (g *Graph) near(id string, edges [][]int) []string {
	i, ok := g.number[id]
	if !ok {
		return nil
	}
	return g.ids(edges[i])
}

func (g *Graph) far(id string, edges [][]int) []string {
	i, ok := g.number[id]
	if !ok {
		return nil
	}
	reached := reach(edges, []int{i}, unlimited)
	delete(reached, i)
	return g.ids(sorted(reached))
}

func (g *Graph) ids(numbers []int) []string {
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = g.resources[n].ID
	}
	return out
}

// unlimited is the depth of a walk that goes as far as it can.
const unlimited = -1

// reach returns what can be reached from start along the edges in at most
// depth steps, start included.
func reach(edges [][]int, start []int, depth int) map[int]bool {
	reached := make(map[int]bool, len(start))
	for _, i := range start {
		reached[i] = true
	}
	for level := start; len(level) > 0 && depth != 0; depth-- {
		var next []int
		for _, i := range level {
			for _, j := range edges[i] {
				if !reached[j] {
					reached[j] = true
					next = append(next, j)
				}
			}
		}
		level = next
	}
	return reached
}

func sorted(set map[int]bool) []int {
	out := make([]int, 0, len(set))
	for i := range set {
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}
