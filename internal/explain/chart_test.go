package explain

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func labels(ticks []tick) string {
	var out []string
	for _, t := range ticks {
		out = append(out, t.Label)
	}
	return strings.Join(out, " | ")
}

func TestFiguresGetRoundTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{3300, 200920.6, "0 | 50k | 100k | 150k | 200k | 250k"},
		{0, 1, "0 | 0.2 | 0.4 | 0.6 | 0.8 | 1"},
		{-5, 5, "-6 | -4 | -2 | 0 | 2 | 4 | 6"},
		{1000, 1010, "1,000 | 1,002 | 1,004 | 1,006 | 1,008 | 1,010"},
		{0, 990_000, "0 | 200k | 400k | 600k | 800k | 1M"},
		{0, 1e-9, "0 | 2e-10 | 4e-10 | 6e-10 | 8e-10 | 1e-09"},
		{7, 7, "0 | 2 | 4 | 6 | 8"},
		{0, 0, "0 | 0.2 | 0.4 | 0.6 | 0.8 | 1"},
	} {
		if diff := cmp.Diff(c.want, labels(niceTicks(c.low, c.high, 5))); diff != "" {
			t.Errorf("%v to %v: %s", c.low, c.high, diff)
		}
	}
}

func TestTimesGetTicksAtTheStartsOfTheirUnits(t *testing.T) {
	for _, c := range []struct{ low, high, want string }{
		{"2010-12-01T00:00:00Z", "2011-12-09T00:00:00Z", "Dec 2010 | Jan 2011 | Feb | Mar | Apr | May | Jun | Jul | Aug | Sep | Oct | Nov | Dec"},
		{"2011-12-01T00:00:00Z", "2011-12-09T00:00:00Z", "1 Dec | 2 Dec | 3 Dec | 4 Dec | 5 Dec | 6 Dec | 7 Dec | 8 Dec | 9 Dec"},
		{"2015-05-17T10:05:03Z", "2015-05-17T21:05:03Z", "11:00 | 12:00 | 13:00 | 14:00 | 15:00 | 16:00 | 17:00 | 18:00 | 19:00 | 20:00 | 21:00"},
		{"1990-03-01T00:00:00Z", "2011-12-09T00:00:00Z", "1992 | 1994 | 1996 | 1998 | 2000 | 2002 | 2004 | 2006 | 2008 | 2010"},
	} {
		low, _ := time.Parse(time.RFC3339, c.low)
		high, _ := time.Parse(time.RFC3339, c.high)
		if diff := cmp.Diff(c.want, labels(timeTicks(low, high, 13))); diff != "" {
			t.Errorf("%s to %s: %s", c.low, c.high, diff)
		}
	}
}

func TestAHeldPointIsHollowAndTheReadersLineEndsBeforeIt(t *testing.T) {
	f := frame{Width: 100, Height: 100}
	f.XTicks, f.YTicks = 3, 2
	p := drawChart(Chart{Points: []Point{
		{X: "2011-12-07", Y: 50}, {X: "2011-12-08", Y: 50}, {X: "2011-12-09", Y: 100, Held: true},
	}}, f)
	if got, want := p.Line, "M0 50L50 50"; got != want {
		t.Errorf("readers' line %q, want %q", got, want)
	}
	if got, want := p.HeldLine, "M50 50L100 0"; got != want {
		t.Errorf("line to what is held %q, want %q", got, want)
	}
	if diff := cmp.Diff([]plotPoint{{X: 100, Y: 0}}, p.Held); diff != "" {
		t.Errorf("held points: %s", diff)
	}
	if p.Readers == nil || p.Readers.X != 50 {
		t.Errorf("readers' last point is %+v, want the one at 50", p.Readers)
	}
}

func TestAnythingCanBeCharted(t *testing.T) {
	for name, points := range map[string][]Point{
		"nothing":      nil,
		"one":          {{X: "a", Y: 1}},
		"only held":    {{X: "2011-12-09", Y: 1, Held: true}},
		"no numbers":   {{X: "a", Y: math.NaN()}, {X: "b", Y: math.Inf(1)}},
		"mixed x":      {{X: "2011-12-09", Y: 1}, {X: "later", Y: 2}},
		"huge figures": {{X: "a", Y: 1e300}, {X: "b", Y: -1e300}},
		"tiny figures": {{X: "a", Y: 1e-12}, {X: "b", Y: 2e-12}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, f := range frames {
				p := drawChart(Chart{Points: points}, f)
				if all := p.Line + p.HeldLine + p.Area + p.XS + p.YS; strings.Contains(all, "NaN") || strings.Contains(all, "Inf") {
					t.Errorf("%s", all)
				}
			}
		})
	}
}
