package explain

import (
	"slices"
	"strings"
)

// headline is what happened, in a sentence, and why, in one for each cause.
type headline struct {
	Sentence string
	Mark     mark
	Stories  []story
	More     int // stories left out
}

// story is one resource at which something stopped.
type story struct {
	Link    link
	Name    string
	Verb    string     // is held, failed, was skipped
	Why     string     // where no test says it
	Tests   []testLink // those that failed
	Rule    string     // what the first of them asks for
	Readers string     // what readers see meanwhile
	Waiting []link
	Others  int // waiting ones left out
}

const (
	storiesShown = 6
	waitingShown = 8
)

func (x nodeIndex) headline() headline {
	h := headline{Sentence: x.sentence(), Mark: x.report.Run.State.mark()}
	for i, n := range x.report.Nodes {
		if !n.State.stopped() || !x.cause(i) {
			continue
		}
		if len(h.Stories) == storiesShown {
			h.More++
			continue
		}
		h.Stories = append(h.Stories, x.story(i))
	}
	return h
}

func (x nodeIndex) sentence() string {
	counts := map[State]int64{}
	for _, n := range x.report.Nodes {
		counts[n.State]++
	}
	total := int64(len(x.report.Nodes))
	good := counts[Published] + counts[Unchanged]
	if total == 0 {
		return "Nothing has been built yet."
	}
	sentence := formatCount(good) + " of " + plural(total, "resource is", "resources are") + " published"
	if good == total {
		return "Everything is published."
	}
	var rest []string
	for _, s := range []struct {
		state     State
		one, many string
	}{{Held, "is held", "are held"}, {Failed, "failed", "failed"}, {Skipped, "was skipped", "were skipped"}, {NotBuilt, "is not built", "are not built"}} {
		if c := counts[s.state]; c == 1 {
			rest = append(rest, "1 "+s.one)
		} else if c > 1 {
			rest = append(rest, formatCount(c)+" "+s.many)
		}
	}
	if len(rest) == 0 {
		return sentence + "."
	}
	return sentence + "; " + joinNames(rest, len(rest)) + "."
}

// cause reports whether a stopped resource stopped for a reason of its own.
func (x nodeIndex) cause(node int) bool {
	if len(x.failing(node)) > 0 {
		return true
	}
	return !slices.ContainsFunc(x.parents[node], func(p int) bool { return x.report.Nodes[p].State.stopped() })
}

var storyVerbs = map[State]string{Held: "is held", Failed: "failed", Skipped: "was skipped"}

func (x nodeIndex) story(node int) story {
	n := x.report.Nodes[node]
	s := story{Link: x.link(node), Name: n.Name, Verb: storyVerbs[n.State], Why: n.Reason}
	for _, t := range x.failing(node) {
		test := x.report.Tests[t]
		s.Tests = append(s.Tests, testLink{testRef(t), test.Name, test.State.mark()})
		if s.Rule == "" {
			s.Rule = test.Description
		}
	}
	s.Readers = readersSee(n.Published)
	waiting := slices.DeleteFunc(x.after(node), func(i int) bool {
		return !x.report.Nodes[i].State.stopped() || x.cause(i)
	})
	if len(waiting) > waitingShown {
		s.Others = len(waiting) - waitingShown
		waiting = waiting[:waitingShown]
	}
	s.Waiting = x.links(waiting)
	return s
}

// readersSee says what readers see while something newer is kept back.
func readersSee(p *Pointer) string {
	switch {
	case p == nil:
		return "Readers see nothing yet"
	case p.Through != "":
		return "Readers still see " + p.Through
	default:
		return "Readers still see what was published " + formatTime(p.At)
	}
}

// after returns the descendants of a resource, the nearest first.
func (x nodeIndex) after(node int) []int {
	seen := map[int]bool{node: true}
	var found []int
	for queue := []int{node}; len(queue) > 0; queue = queue[1:] {
		for _, c := range x.children[queue[0]] {
			if !seen[c] {
				seen[c] = true
				found = append(found, c)
				queue = append(queue, c)
			}
		}
	}
	return found
}

func tiles(r Report) []tile {
	var out []tile
	add := func(s State, n int64, label string) {
		if n > 0 {
			out = append(out, tile{s.mark(), formatCount(n), label})
		}
	}
	states := map[State]int64{}
	for _, n := range r.Nodes {
		states[n.State]++
	}
	for _, s := range []State{Published, Unchanged, Held, Failed, Skipped, NotBuilt} {
		add(s, states[s], strings.ToLower(s.mark().Word))
	}
	tests := map[State]int64{}
	for _, t := range r.Tests {
		tests[t.State]++
	}
	add(Pass, tests[Pass], "tests passed")
	add(Fail, tests[Fail]+tests[Error], "tests failed")
	add(Warn, tests[Warn], "tests warned")
	return out
}
