package explain

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	nameLimit  = 30
	subLimit   = 34
	letter     = 7.3 // width of a letter of a name, in pixels
	boxPadding = 46.0
	leastBox   = 132.0
)

// graphView is the drawing of the graph.
type graphView struct {
	Width, Height float64
	Boxes         []boxView
	Edges         []edgeView
	Legend        []mark
}

type boxView struct {
	Ref     string
	X, Y    float64
	Width   float64
	Height  float64
	Layer   int
	Up      string // refs of the parents
	Mark    mark
	Name    string // as it fits
	Full    string
	Sub     string
	Label   string // for screen readers
	Failing int
}

type edgeView struct {
	Path     string
	From, To string
	Held     bool // what comes from here keeps the next one back
}

func (x nodeIndex) graph() graphView {
	widths := make([]float64, len(x.report.Nodes))
	for i, n := range x.report.Nodes {
		letters := max(utf8.RuneCountInString(clip(n.Name, nameLimit)), utf8.RuneCountInString(nodeSub(n))*9/10)
		widths[i] = max(leastBox, boxPadding+letter*float64(letters))
	}
	l := arrange(widths, x.parents)
	g := graphView{Width: l.Width, Height: l.Height, Legend: x.legend()}
	for i, b := range l.Boxes {
		g.Boxes = append(g.Boxes, x.boxView(i, b))
	}
	// The order of the page is the order of the tab key: by column, downwards.
	slices.SortStableFunc(g.Boxes, func(a, b boxView) int {
		return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Y, b.Y))
	})
	for _, e := range l.Edges {
		held := x.report.Nodes[e.From].State.stopped() && x.report.Nodes[e.To].State.stopped()
		g.Edges = append(g.Edges, edgeView{Path: e.Path, From: ref(e.From), To: ref(e.To), Held: held})
	}
	// Those that tell most are drawn last, over the others.
	slices.SortStableFunc(g.Edges, func(a, b edgeView) int {
		switch {
		case a.Held == b.Held:
			return 0
		case a.Held:
			return 1
		default:
			return -1
		}
	})
	return g
}

func (x nodeIndex) boxView(node int, b box) boxView {
	n := x.report.Nodes[node]
	view := boxView{
		Ref: ref(node), X: b.X, Y: b.Y, Width: b.Width, Height: boxHeight, Layer: b.Layer, Up: refs(x.parents[node]),
		Mark: n.State.mark(), Name: clip(n.Name, nameLimit), Full: n.Name, Sub: nodeSub(n), Failing: len(x.failing(node)),
	}
	label := []string{n.Name, n.Kind, view.Mark.Word}
	if view.Failing > 0 {
		label = append(label, plural(int64(view.Failing), "test failed", "tests failed"))
	}
	if len(x.parents[node]) > 0 {
		label = append(label, "after "+joinNames(x.names(x.parents[node]), 4))
	}
	view.Label = strings.Join(label, ", ")
	return view
}

func (x nodeIndex) names(nodes []int) []string {
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = x.report.Nodes[n].Name
	}
	return out
}

// nodeSub is the second line of a box: the state where it is not the usual one,
// what it is, and its size.
func nodeSub(n Node) string {
	var parts []string
	if n.State != Published && n.State != Unchanged {
		parts = append(parts, n.State.mark().Word)
	}
	parts = append(parts, n.form())
	if n.Rows >= 0 && !slices.Contains([]State{Failed, Skipped, NotBuilt}, n.State) {
		unit := " rows"
		if n.Rows == 1 {
			unit = " row"
		}
		parts = append(parts, formatShort(float64(n.Rows))+unit)
	}
	return clip(strings.Join(parts, " · "), subLimit)
}

// form is what a resource is: source, seed, or how a model is materialized.
func (n Node) form() string {
	if n.Kind == "model" && n.Materialized != "" {
		return n.Materialized
	}
	return n.Kind
}

// legend is the marks of the states that occur, in their usual order.
func (x nodeIndex) legend() []mark {
	var out []mark
	for _, s := range []State{Published, Unchanged, Held, Failed, Skipped, NotBuilt} {
		if slices.ContainsFunc(x.report.Nodes, func(n Node) bool { return n.State == s }) {
			out = append(out, s.mark())
		}
	}
	return out
}

// detail is all that the page knows of one resource.
type detail struct {
	Node
	Ref      string
	Mark     mark
	Form     string
	First    bool // shown until another one is chosen
	Parents  []link
	Children []link
	Tests    []testLink
	Why      string // command that explains it
}

type testLink struct {
	Ref  string // empty where the test has no part of its own on the page
	Name string
	Mark mark
}

func (x nodeIndex) details() []detail {
	var out []detail
	first := x.mostTelling()
	for i, n := range x.report.Nodes {
		d := detail{
			Node: n, Ref: ref(i), Mark: n.State.mark(), Form: n.form(), First: i == first,
			Parents: x.links(x.parents[i]), Children: x.links(x.children[i]), Why: "tarn why " + shellWord(n.Name),
		}
		for _, t := range x.tests[i] {
			test := x.report.Tests[t]
			l := testLink{Name: test.Name, Mark: test.State.mark()}
			if test.troubled() {
				l.Ref = testRef(t)
			}
			d.Tests = append(d.Tests, l)
		}
		out = append(out, d)
	}
	return out
}

// mostTelling is the resource that a reader wants to see first: the first one
// that stopped for a reason of its own, else the last one.
func (x nodeIndex) mostTelling() int {
	for i, n := range x.report.Nodes {
		if n.State.stopped() && x.cause(i) {
			return i
		}
	}
	return len(x.report.Nodes) - 1
}
