package graph

import "maps"

// term is a part of a selection: a criterion, or a set made of several.
type term interface {
	evaluate(q *query) chosen
}

// chosen is what a term selects, and the tests that would come with it if the
// other things they are on were selected, too.
type chosen struct {
	direct, waiting map[int]bool
}

// everything is what is meant where nothing is said.
type everything struct{}

func (everything) evaluate(q *query) chosen {
	return chosen{direct: q.graph.All().members, waiting: map[int]bool{}}
}

// operation is how a group makes one set of several.
type operation uint8

const (
	union operation = iota
	intersection
	difference
)

// group is a set made of others.
type group struct {
	op       operation
	parts    []term
	indirect Indirect
}

// evaluate combines the parts. Tests that waited come in where, all in all,
// everything they are on is there.
func (g group) evaluate(q *query) chosen {
	if len(g.parts) == 0 {
		return chosen{direct: map[int]bool{}, waiting: map[int]bool{}}
	}
	var direct, possible map[int]bool
	for i, part := range g.parts {
		c := part.evaluate(q)
		both := maps.Clone(c.direct)
		maps.Copy(both, c.waiting)
		if i == 0 {
			direct, possible = maps.Clone(c.direct), both
			continue
		}
		direct, possible = g.op.combine(direct, c.direct), g.op.combine(possible, both)
	}
	q.admit(direct, possible, g.indirect)
	return chosen{direct: direct, waiting: possible}
}

// combine changes a into what the operation makes of a and b.
func (op operation) combine(a, b map[int]bool) map[int]bool {
	switch op {
	case union:
		maps.Copy(a, b)
	case intersection:
		maps.DeleteFunc(a, func(i int, _ bool) bool { return !b[i] })
	case difference:
		maps.DeleteFunc(a, func(i int, _ bool) bool { return b[i] })
	}
	return a
}

// evaluate finds what a criterion matches, adds the neighbours it asks for,
// and then the tests on all of these.
func (c criterion) evaluate(q *query) chosen {
	g := q.graph
	var start []int
	for i, r := range g.resources {
		if c.matches(r) {
			start = append(start, i)
		}
	}
	if len(start) == 0 {
		q.reportUnmatched(c)
		return chosen{direct: map[int]bool{}, waiting: map[int]bool{}}
	}
	direct := reach(g.parents, start, c.parentDepth)
	maps.Copy(direct, reach(g.children, start, c.childDepth))
	if c.buildable {
		maps.Copy(direct, reach(g.parents, sorted(reach(g.children, start, unlimited)), unlimited))
	}
	return q.withTests(direct, c.indirect)
}
