package graph

import (
	"container/heap"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
)

// ready is a heap of resources whose parents are done; since resources are
// numbered by ID, the least number is the first ID.
type ready []int

func (r ready) Len() int           { return len(r) }
func (r ready) Less(i, j int) bool { return r[i] < r[j] }
func (r ready) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *ready) Push(x any)        { *r = append(*r, x.(int)) }
func (r *ready) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}

// sort finds the order, or the cycles that leave none.
func (g *Graph) sort() error {
	waits := make([]int, len(g.parents))
	next := &ready{}
	for i, parents := range g.parents {
		if waits[i] = len(parents); waits[i] == 0 {
			heap.Push(next, i)
		}
	}
	for next.Len() > 0 {
		i := heap.Pop(next).(int)
		g.order = append(g.order, i)
		for _, child := range g.children[i] {
			if waits[child]--; waits[child] == 0 {
				heap.Push(next, child)
			}
		}
	}
	if len(g.order) == len(g.parents) {
		return nil
	}
	return g.cycles(waits)
}

// cycles names one cycle for each group of resources that depend on each
// other. waits is above zero for what is in a cycle or behind one.
func (g *Graph) cycles(waits []int) error {
	var ps diag.Problems
	named := map[int]bool{}
	for i := range waits {
		if waits[i] == 0 || named[i] {
			continue
		}
		path := g.cycle(i, waits, named)
		if path == nil {
			continue
		}
		ps.Add(g.cycleProblem(path))
	}
	return ps.Err()
}

// cycle follows parents that are stuck from start until one comes up again,
// and returns the way round; nil where that cycle was named before.
func (g *Graph) cycle(start int, waits []int, named map[int]bool) []int {
	var way []int
	at := map[int]int{}
	for i := start; ; {
		if first, ok := at[i]; ok {
			way = way[first:]
			break
		}
		if named[i] {
			way = nil
			break
		}
		at[i] = len(way)
		way = append(way, i)
		stuck := slices.IndexFunc(g.parents[i], func(p int) bool { return waits[p] > 0 })
		i = g.parents[i][stuck]
	}
	for i := range at {
		named[i] = true
	}
	return way
}

// cycleProblem says which way the dependencies go round, beginning with the
// first ID.
func (g *Graph) cycleProblem(way []int) *diag.Problem {
	first := slices.Index(way, slices.Min(way))
	way = append(slices.Clone(way[first:]), way[:first]...)
	var names, places []string
	for _, i := range append(way, way[0]) {
		names = append(names, g.resources[i].Name)
	}
	for _, i := range way {
		places = append(places, g.resources[i].Place.String())
	}
	p := diag.New("cycle", g.resources[way[0]].Place, "resources depend on each other: %s", strings.Join(names, " → "))
	return p.WithHint("remove one of these dependencies: %s", strings.Join(places, ", "))
}
