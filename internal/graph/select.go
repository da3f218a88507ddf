package graph

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
)

// Indirect says which tests come with resources that are selected, in dbt's
// words.
type Indirect string

// The ways to select tests indirectly.
const (
	// Eager: a test comes with any of the resources it is on; the default.
	Eager Indirect = "eager"
	// Cautious: a test comes when everything it is on is selected.
	Cautious Indirect = "cautious"
	// Buildable: as cautious, and what it is on may also be an ancestor of what
	// is selected.
	Buildable Indirect = "buildable"
	// Empty: no test comes but by its own name.
	Empty Indirect = "empty"
)

// Selection is what a command line says about which resources it means.
type Selection struct {
	// Select and Exclude are the arguments of --select and --exclude. Within
	// one, spaces separate what is united, and commas what has to match at once.
	// Nothing to select means everything.
	Select, Exclude []string
	// Named is the name of a selector of selectors.yml, in the place of Select
	// and Exclude; "" is the default selector where there is one and nothing else
	// is said.
	Named string
	// Indirect is Eager where it is "".
	Indirect Indirect
	// State answers the criteria state:, result: and source_status:; where it is
	// nil these are problems.
	State State
}

// Choose returns what dbt chooses for s. The error names every criterion that
// cannot be understood; one that matches nothing is a warning of the set.
func (g *Graph) Choose(s Selection) (Set, error) {
	q := &query{graph: g, state: s.State, indirect: s.Indirect}
	if q.indirect == "" {
		q.indirect = Eager
	}
	named := s.Named
	if named == "" && len(fields(s.Select))+len(fields(s.Exclude)) == 0 {
		named = g.project.Selectors.Default
	}
	if named != "" {
		return q.finish(q.named(named))
	}
	return q.finish(q.written(s))
}

// written reads the arguments of --select and --exclude.
func (q *query) written(s Selection) term {
	all := group{op: union, indirect: q.indirect}
	for _, text := range fields(s.Select) {
		all.parts = append(all.parts, q.intersection(text))
	}
	if len(fields(s.Exclude)) == 0 && len(all.parts) > 0 {
		return all
	}
	var wanted term = all
	if len(all.parts) == 0 {
		wanted = everything{}
	}
	out := group{op: union, indirect: q.indirect}
	for _, text := range fields(s.Exclude) {
		out.parts = append(out.parts, q.intersection(text))
	}
	return group{op: difference, parts: []term{wanted, out}, indirect: Eager}
}

// Select is [Graph.Choose] for the two flags that everybody uses.
func (g *Graph) Select(selects, excludes []string) (Set, error) {
	return g.Choose(Selection{Select: selects, Exclude: excludes})
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
	state    State
	indirect Indirect
	problems diag.Problems
}

// finish evaluates a term, unless it was not understood.
func (q *query) finish(t term) (Set, error) {
	out := Set{graph: q.graph, members: map[int]bool{}}
	if q.problems.Err() == nil {
		out.members = t.evaluate(q).direct
	}
	out.warnings = q.problems.Warnings()
	return out, q.problems.Err()
}

// intersection reads criteria joined by commas.
func (q *query) intersection(text string) term {
	out := group{op: intersection, indirect: q.indirect}
	for part := range strings.SplitSeq(text, ",") {
		c, err := parseCriterion(part)
		if err == nil {
			err = q.prepare(&c)
		}
		if err != nil {
			q.problems.AddError("bad-selector", diag.Place{}, err)
			continue
		}
		c.indirect = q.indirect
		out.parts = append(out.parts, c)
	}
	if len(out.parts) == 1 {
		return out.parts[0]
	}
	return out
}
