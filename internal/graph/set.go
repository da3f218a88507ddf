package graph

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
)

// Set is a selection of resources.
type Set struct {
	graph    *Graph
	members  map[int]bool
	warnings []*diag.Problem
}

// Has reports whether the resource is selected.
func (s Set) Has(id string) bool {
	if s.graph == nil {
		return false
	}
	i, ok := s.graph.number[id]
	return ok && s.members[i]
}

// Len returns how many resources are selected.
func (s Set) Len() int { return len(s.members) }

// IDs returns the selected resources, sorted.
func (s Set) IDs() []string {
	if s.graph == nil {
		return nil
	}
	return s.graph.ids(sorted(s.members))
}

// Warnings are the problems that did not keep the selection from being made,
// such as a selector that matches nothing.
func (s Set) Warnings() []*diag.Problem { return s.warnings }

// Filter returns the members for which keep is true.
func (s Set) Filter(keep func(*project.Resource) bool) Set {
	out := Set{graph: s.graph, members: map[int]bool{}, warnings: s.warnings}
	for i := range s.members {
		if keep(s.graph.resources[i]) {
			out.members[i] = true
		}
	}
	return out
}

// All returns the selection of everything.
func (g *Graph) All() Set {
	out := Set{graph: g, members: make(map[int]bool, len(g.resources))}
	for i := range g.resources {
		out.members[i] = true
	}
	return out
}

// Sub returns the graph of the selected resources alone. One that depends on
// another through resources that are not selected depends on it directly.
func (g *Graph) Sub(s Set) *Graph {
	kept := sorted(s.members)
	sub := &Graph{project: g.project, number: make(map[string]int, len(kept))}
	place := make(map[int]int, len(kept))
	for i, n := range kept {
		place[n] = i
		sub.resources = append(sub.resources, g.resources[n])
		sub.number[g.resources[n].ID] = i
	}
	edges := make([][]int, len(kept))
	for i, n := range kept {
		edges[i] = g.nearest(n, place)
	}
	sub.connect(edges)
	for _, n := range g.order {
		if i, ok := place[n]; ok {
			sub.order = append(sub.order, i)
		}
	}
	return sub
}

// nearest returns the members that n depends on with no member between.
func (g *Graph) nearest(n int, members map[int]int) []int {
	var out []int
	seen := map[int]bool{}
	stack := slices.Clone(g.parents[n])
	for len(stack) > 0 {
		parent := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[parent] {
			continue
		}
		seen[parent] = true
		if i, ok := members[parent]; ok {
			out = append(out, i)
			continue
		}
		stack = append(stack, g.parents[parent]...)
	}
	return out
}
