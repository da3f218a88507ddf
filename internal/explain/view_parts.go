package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// loadView is the accounting of one load as an equation and a bar.
type loadView struct {
	Load
	Balances bool
	Missing  int64 // read, and accounted for nowhere
	Bar      []barPart
	Reasons  []reasonCount
}

// barPart is one part of a bar, in percent.
type barPart struct {
	Name, Tone string
	From, Size float64
}

type reasonCount struct {
	Reason string
	Count  int64
}

func newLoadView(l Load) loadView {
	v := loadView{Load: l, Balances: l.Balanced(), Missing: l.Read - l.Written - l.Quarantined - l.Skipped}
	v.Bar = newBar([]barPart{
		{Name: "written", Tone: "good", Size: float64(l.Written)},
		{Name: "quarantined", Tone: "wait", Size: float64(l.Quarantined)},
		{Name: "skipped", Tone: "calm", Size: float64(l.Skipped)},
		{Name: "unaccounted", Tone: "bad", Size: float64(max(v.Missing, 0))},
	})
	for _, reason := range slices.Sorted(maps.Keys(l.SkippedBy)) {
		v.Reasons = append(v.Reasons, reasonCount{reason, l.SkippedBy[reason]})
	}
	slices.SortStableFunc(v.Reasons, func(a, b reasonCount) int { return cmp.Compare(b.Count, a.Count) })
	return v
}

// newBar turns sizes into percent. What is there at all is wide enough to be
// seen: the largest part gives way.
func newBar(parts []barPart) []barPart {
	const least = 0.8
	total, largest := 0.0, 0
	for i, p := range parts {
		total += p.Size
		if p.Size > parts[largest].Size {
			largest = i
		}
	}
	if total <= 0 {
		return nil
	}
	given := 0.0
	for i := range parts {
		if i == largest || parts[i].Size <= 0 {
			continue
		}
		parts[i].Size = max(least, 100*parts[i].Size/total)
		given += parts[i].Size
	}
	parts[largest].Size = 100 - given
	from := 0.0
	var shown []barPart
	for _, p := range parts {
		if p.Size > 0 {
			p.From = from
			from += p.Size
			shown = append(shown, p)
		}
	}
	return shown
}

// testView is a test with its rows made ready.
type testView struct {
	Test
	Ref      string
	Mark     mark
	On       []link
	Count    string
	Rows     rowset
	More     int64 // failing rows that are not shown
	Evidence *evidenceView
}

type evidenceView struct {
	Name string
	Rows rowset
	More int64
}

func testRef(test int) string { return fmt.Sprintf("t%d", test) }

// troubled reports whether a test has something to tell besides that it passed.
func (t Test) troubled() bool { return t.failed() || t.State == Warn }

var troubleOrder = map[State]int{Error: 0, Fail: 0, Warn: 1}

func (x nodeIndex) testViews() (troubles, others []testView) {
	for i, t := range x.report.Tests {
		v := testView{Test: t, Ref: testRef(i), Mark: t.State.mark(), Rows: newRowset(t.Columns, t.Rows)}
		v.Count = plural(t.Failures, "failing row", "failing rows")
		v.More = max(t.Failures-int64(len(t.Rows)), 0)
		for _, id := range t.On {
			if n, ok := x.byID[id]; ok {
				v.On = append(v.On, x.link(n))
			} else {
				v.On = append(v.On, link{Name: id})
			}
		}
		if e := t.Evidence; e != nil && len(e.Rows) > 0 {
			v.Evidence = &evidenceView{e.Name, newRowset(e.Columns, e.Rows), max(e.Total-int64(len(e.Rows)), 0)}
		}
		if t.troubled() {
			troubles = append(troubles, v)
		} else {
			others = append(others, v)
		}
	}
	slices.SortStableFunc(troubles, func(a, b testView) int { return troubleOrder[a.State] - troubleOrder[b.State] })
	return troubles, others
}

// timesView is the steps of the run on one axis of time.
type timesView struct {
	Steps, Tests []timeView
	Marks        []plotMark // in percent
}

type timeView struct {
	StepTime
	Mark       mark
	From, Size float64 // in percent
}

func newTimesView(steps []StepTime) timesView {
	var v timesView
	var end time.Duration
	for _, s := range steps {
		end = max(end, s.Started+s.Duration)
	}
	total := max(end.Seconds(), 0.001)
	for _, t := range niceTicks(0, total, 5) {
		if at := 100 * t.At / total; at <= 96 {
			v.Marks = append(v.Marks, plotMark{at, t.Label + " s"})
		}
	}
	for _, s := range steps {
		size := max(100*s.Duration.Seconds()/total, 0.3)
		t := timeView{s, s.State.mark(), min(100*s.Started.Seconds()/total, 100-size), size}
		if s.Kind == "test" {
			v.Tests = append(v.Tests, t)
		} else {
			v.Steps = append(v.Steps, t)
		}
	}
	byStart := func(a, b timeView) int { return cmp.Compare(a.Started, b.Started) }
	slices.SortStableFunc(v.Steps, byStart)
	slices.SortStableFunc(v.Tests, byStart)
	return v
}

// chartView is a chart, its drawings and what they show in words.
type chartView struct {
	Chart
	Plots   []plot
	Words   string
	Readers *Point // the last point that readers see
	Held    []Point
}

func newChartView(c Chart) chartView {
	v := chartView{Chart: c}
	for _, f := range frames {
		v.Plots = append(v.Plots, drawChart(c, f))
	}
	for i, p := range c.Points {
		if p.Held {
			v.Held = append(v.Held, p)
		} else {
			v.Readers = &c.Points[i]
		}
	}
	v.Words = "Line of " + c.YLabel + " by " + c.XLabel
	if n := len(c.Points); n > 0 {
		v.Words += fmt.Sprintf(", %s from %s to %s", plural(int64(n), "point", "points"), c.Points[0].X, c.Points[n-1].X)
	}
	if v.Readers != nil {
		v.Words += fmt.Sprintf("; readers see up to %s: %s", v.Readers.X, formatFigure(v.Readers.Y))
	}
	for _, p := range v.Held {
		v.Words += fmt.Sprintf("; held: %s, %s", p.X, formatFigure(p.Y))
	}
	return v
}
