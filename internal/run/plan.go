package run

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Node is one step of a plan.
type Node struct {
	ID    string
	Kind  string
	Needs []string // the ids of steps that must succeed first
	After []string // the ids of steps that must have ended first, however
}

// Plan is what a run will do.
type Plan struct{ Nodes []Node }

// Result is how a step ended.
type Result struct {
	// State is Success, Failed, Held or Cancelled; the executor adds Skipped.
	State   State
	Outcome Outcome
	Because string // set by the executor: the ancestor for whose sake it was skipped
	Message string
	Err     error // why it failed, for errors.As; may be nil
	Rows    int64
	Bytes   int64
	Details json.RawMessage
}

// Failure returns the result of a step that failed with err.
func Failure(err error) Result { return Result{State: Failed, Message: err.Error(), Err: err} }

// Results has the result of every step of a plan.
type Results map[string]Result

// State returns the state of a run with these results: what most needs
// attention.
func (rs Results) State() State {
	for _, s := range []State{Cancelled, Failed, Held} {
		for _, r := range rs {
			if r.State == s {
				return s
			}
		}
	}
	return Success
}

// dag is a plan made ready for execution.
type dag struct {
	nodes    map[string]Node
	children map[string][]string // sorted
	missing  map[string]int      // how many steps it still waits for
	chain    map[string]int      // how many steps the longest way from here to an end has
}

func newDAG(p Plan) (*dag, error) {
	d := &dag{nodes: map[string]Node{}, children: map[string][]string{}, missing: map[string]int{}, chain: map[string]int{}}
	for _, n := range p.Nodes {
		if _, twice := d.nodes[n.ID]; twice {
			return nil, fmt.Errorf("the plan has the step %s twice", n.ID)
		}
		d.nodes[n.ID] = n
	}
	for _, n := range p.Nodes {
		first := slices.Sorted(slices.Values(slices.Concat(n.Needs, n.After)))
		first = slices.Compact(first)
		d.missing[n.ID] = len(first)
		for _, id := range first {
			if _, known := d.nodes[id]; !known {
				return nil, fmt.Errorf("the step %s needs %s, which is not in the plan", n.ID, id)
			}
			d.children[id] = append(d.children[id], n.ID)
		}
	}
	for _, c := range d.children {
		slices.Sort(c)
	}
	return d, d.measure()
}

// needs reports whether a step can only be done once another has succeeded.
func (d *dag) needs(id, other string) bool { return slices.Contains(d.nodes[id].Needs, other) }

// measure finds the longest chain behind every step, and cycles.
func (d *dag) measure() error {
	order := d.roots()
	missing := map[string]int{}
	for i := 0; i < len(order); i++ {
		for _, c := range d.children[order[i]] {
			if missing[c]++; missing[c] == d.missing[c] {
				order = append(order, c)
			}
		}
	}
	if len(order) < len(d.nodes) {
		return fmt.Errorf("the plan has a cycle among %s", strings.Join(d.without(order), ", "))
	}
	for _, id := range slices.Backward(order) {
		longest := 0
		for _, c := range d.children[id] {
			longest = max(longest, d.chain[c])
		}
		d.chain[id] = longest + 1
	}
	return nil
}

func (d *dag) roots() (ids []string) {
	for id := range d.nodes {
		if d.missing[id] == 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, d.byUrgency)
	return ids
}

func (d *dag) without(ids []string) (rest []string) {
	for id := range d.nodes {
		if !slices.Contains(ids, id) {
			rest = append(rest, id)
		}
	}
	slices.Sort(rest)
	return rest
}

// byUrgency puts the longest chain first, then sorts by name, so that one
// thread always takes the same way.
func (d *dag) byUrgency(a, b string) int {
	return cmp.Or(cmp.Compare(d.chain[b], d.chain[a]), cmp.Compare(a, b))
}
