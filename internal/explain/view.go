package explain

import (
	"fmt"
	"strings"
)

// view is the page's content, worked out, so that the templates only place it.
type view struct {
	Report
	Assets   assets
	Headline headline
	Tiles    []tile
	Graph    graphView
	Details  []detail
	Loads    []loadView
	// OlderLoads are folded away.
	OlderLoads []loadView
	Troubles   []testView // tests that failed or warned
	Others     []testView // the others
	Charts     []chartView
	Times      timesView
	Sections   []section
}

// loadsShown is how many loads are not folded away.
const loadsShown = 8

type section struct{ ID, Name string }

// link points to a resource of the page; Ref is empty for one that it lacks.
type link struct {
	Ref  string
	Name string
	Mark mark
}

// tile is one figure of the summary.
type tile struct {
	Mark  mark
	Value string
	Label string
}

func newView(r Report) view {
	nodes := newNodeIndex(r)
	v := view{Report: r, Headline: nodes.headline(), Tiles: tiles(r)}
	v.Graph = nodes.graph()
	v.Details = nodes.details()
	for i, l := range r.Loads {
		if i < loadsShown {
			v.Loads = append(v.Loads, newLoadView(l))
		} else {
			v.OlderLoads = append(v.OlderLoads, newLoadView(l))
		}
	}
	v.Troubles, v.Others = nodes.testViews()
	for _, c := range r.Charts {
		v.Charts = append(v.Charts, newChartView(c))
	}
	v.Times = newTimesView(r.Steps)
	v.Sections = v.sections()
	return v
}

func (v view) sections() []section {
	var s []section
	add := func(present bool, id, name string) {
		if present {
			s = append(s, section{id, name})
		}
	}
	add(len(v.Nodes) > 0, "graph", "Graph")
	add(len(v.Report.Tests) > 0, "tests", "Tests")
	add(len(v.Charts) > 0, "figures", "Figures")
	add(len(v.Loads) > 0, "loads", "Loads")
	add(len(v.Steps) > 0, "times", "Run times")
	add(len(v.History) > 0, "history", "Earlier runs")
	return s
}

// nodeIndex knows the report's resources by place and by ID.
type nodeIndex struct {
	report   Report
	byID     map[string]int
	parents  [][]int
	children [][]int
	tests    [][]int // of each resource
}

func newNodeIndex(r Report) nodeIndex {
	x := nodeIndex{
		report: r, byID: map[string]int{},
		parents: make([][]int, len(r.Nodes)), children: make([][]int, len(r.Nodes)), tests: make([][]int, len(r.Nodes)),
	}
	for i, n := range r.Nodes {
		x.byID[n.ID] = i
	}
	for i, n := range r.Nodes {
		for _, id := range n.Parents {
			if p, ok := x.byID[id]; ok {
				x.parents[i] = append(x.parents[i], p)
				x.children[p] = append(x.children[p], i)
			}
		}
	}
	for t, test := range r.Tests {
		for _, id := range test.On {
			if n, ok := x.byID[id]; ok {
				x.tests[n] = append(x.tests[n], t)
			}
		}
	}
	return x
}

// ref is a resource's name inside the page; it holds nothing that a person
// wrote, so that it needs no escaping anywhere.
func ref(node int) string { return fmt.Sprintf("n%d", node) }

func refs(nodes []int) string {
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = ref(n)
	}
	return strings.Join(out, " ")
}

func (x nodeIndex) link(node int) link {
	n := x.report.Nodes[node]
	return link{Ref: ref(node), Name: n.Name, Mark: n.State.mark()}
}

func (x nodeIndex) links(nodes []int) []link {
	var out []link
	for _, n := range nodes {
		out = append(out, x.link(n))
	}
	return out
}

// failing returns a resource's tests that failed.
func (x nodeIndex) failing(node int) []int {
	var found []int
	for _, t := range x.tests[node] {
		if x.report.Tests[t].failed() {
			found = append(found, t)
		}
	}
	return found
}

// failed reports whether the test keeps what it is about from being published.
func (t Test) failed() bool { return t.State == Fail || t.State == Error }
