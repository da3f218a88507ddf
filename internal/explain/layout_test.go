package explain

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParentsStandBeforeTheirChildren(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parents := drawGraph(t)
		l := arrange(equalWidths(len(parents)), parents)
		for child, ps := range parents {
			for _, p := range ps {
				if l.Boxes[p].Layer >= l.Boxes[child].Layer {
					t.Fatalf("%d stands in layer %d, its child %d in layer %d", p, l.Boxes[p].Layer, child, l.Boxes[child].Layer)
				}
			}
		}
	})
}

func TestBoxesLieApartAndInsideTheDrawing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := arrange(equalWidths(40), drawGraphOf(t, 40))
		for i, a := range l.Boxes {
			if a.X < 0 || a.Y < 0 || a.X+a.Width > l.Width || a.Y+boxHeight > l.Height {
				t.Fatalf("box %d %+v leaves the drawing of %v by %v", i, a, l.Width, l.Height)
			}
			for j, b := range l.Boxes[:i] {
				if a.Layer == b.Layer && a.Y < b.Y+boxHeight && b.Y < a.Y+boxHeight {
					t.Fatalf("boxes %d and %d lie over each other: %+v %+v", i, j, a, b)
				}
			}
		}
	})
}

func TestCyclesAreDrawnWithoutTheEdgeThatClosesThem(t *testing.T) {
	l := arrange(equalWidths(3), [][]int{{2, 0}, {0, 0}, {1}})
	if got, want := len(l.Edges), 2; got != want {
		t.Errorf("%d edges, want %d", got, want)
	}
}

func TestASourceStandsBesideItsFirstChild(t *testing.T) {
	// 0 → 1 → 2 → 3, and 4 → 3.
	got := layersOf([][]int{nil, {0}, {1}, {2, 4}, nil})
	if diff := cmp.Diff([]int{0, 1, 2, 3, 2}, got); diff != "" {
		t.Error(diff)
	}
}

func TestOrderUntanglesWhatCanBeUntangled(t *testing.T) {
	// Three roots with a child each, given so that the edges cross.
	n := newNet([][]int{nil, nil, nil, {2}, {1}, {0}, {3, 4, 5}})
	if c := n.crossings(n.order(n.blocks()[0])); c != 0 {
		t.Errorf("%d crossings are left", c)
	}
}

func TestInversionsCountPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.IntRange(0, 9)).Draw(t, "values")
		want := 0
		for i, a := range values {
			for _, b := range values[i+1:] {
				if a > b {
					want++
				}
			}
		}
		if got := inversions(values, 10); got != want {
			t.Fatalf("inversions(%v) = %d, want %d", values, got, want)
		}
	})
}

func TestMonotoneRises(t *testing.T) {
	got := monotone([]float64{1, 4, 2, 3, 9, 0}, []float64{1, 1, 1, 1, 1, 1})
	if diff := cmp.Diff("[1 3 3 3 4.5 4.5]", fmt.Sprint(got)); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkArrange200(b *testing.B) {
	parents := make([][]int, 200)
	for i := 20; i < len(parents); i++ {
		parents[i] = []int{i / 2, i / 3, i - 15}
	}
	for b.Loop() {
		arrange(equalWidths(len(parents)), parents)
	}
}

func equalWidths(n int) []float64 {
	widths := make([]float64, n)
	for i := range widths {
		widths[i] = 150
	}
	return widths
}

func drawGraph(t *rapid.T) [][]int {
	return drawGraphOf(t, rapid.IntRange(1, 60).Draw(t, "nodes"))
}

// drawGraphOf draws a graph whose edges lead from lower to higher numbers.
func drawGraphOf(t *rapid.T, nodes int) [][]int {
	parents := make([][]int, nodes)
	for i := 1; i < nodes; i++ {
		parents[i] = rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, min(i, 3), rapid.ID).Draw(t, "parents")
	}
	return parents
}
