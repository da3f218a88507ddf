package explain

import (
	"math"
	"strings"
	"time"
)

// frame is the size of a chart's drawing. A chart is drawn twice, for wide and
// for narrow screens, as its letters must not shrink with it.
type frame struct {
	Name          string
	Width, Height float64
	Left, Right   float64
	Top, Bottom   float64
	XTicks        int
	YTicks        int
}

var frames = []frame{
	{Name: "wide", Width: 1160, Height: 320, Left: 56, Right: 84, Top: 18, Bottom: 34, XTicks: 13, YTicks: 5},
	{Name: "narrow", Width: 340, Height: 230, Left: 42, Right: 58, Top: 16, Bottom: 30, XTicks: 5, YTicks: 4},
}

// plot is a chart drawn into a frame.
type plot struct {
	frame
	XMarks, YMarks []plotMark
	Baseline       float64
	Line, Area     string // what readers see
	HeldLine       string // from there to what is held
	Held           []plotPoint
	Readers        *plotPoint // the last point that readers see
	HeldLabel      *plotPoint
	// XS and YS are the points' places, for the cursor that follows the mouse.
	XS, YS string
}

type plotMark struct {
	At    float64
	Label string
}

type plotPoint struct {
	X, Y   float64
	LabelY float64
}

// drawChart draws c into f.
func drawChart(c Chart, f frame) plot {
	x, xTicks := xScale(c.Points, f)
	y, yTicks := yScale(c.Points, f)
	p := plot{frame: f, Baseline: f.Height - f.Bottom}
	for _, t := range xTicks {
		p.XMarks = append(p.XMarks, plotMark{x(t.At), t.Label})
	}
	for _, t := range yTicks {
		p.YMarks = append(p.YMarks, plotMark{y(t.At), t.Label})
	}
	at := xValues(c.Points)
	points := make([]plotPoint, len(c.Points))
	var xs, ys []string
	for i, point := range c.Points {
		points[i] = plotPoint{X: x(at[i]), Y: y(finite(point.Y))}
		xs = append(xs, pixels(points[i].X))
		ys = append(ys, pixels(points[i].Y))
	}
	p.XS, p.YS = strings.Join(xs, " "), strings.Join(ys, " ")
	p.draw(c.Points, points)
	p.label()
	return p
}

// draw traces the lines: a held point is reached by a line of its own, and what
// readers see goes on past it.
func (p *plot) draw(points []Point, places []plotPoint) {
	var line, held strings.Builder
	var first, last *plotPoint
	for i, point := range points {
		at := places[i]
		switch {
		case point.Held:
			if i > 0 {
				held.WriteString(step("M", places[i-1]) + step("L", at))
			}
			p.Held = append(p.Held, at)
		case last == nil:
			line.WriteString(step("M", at))
			first, last = &places[i], &places[i]
		default:
			line.WriteString(step("L", at))
			last = &places[i]
		}
	}
	p.Line, p.HeldLine = line.String(), held.String()
	if first != nil && first != last {
		p.Area = p.Line + "V" + pixels(p.Baseline) + "H" + pixels(first.X) + "Z"
	}
	if last != nil {
		readers := *last
		p.Readers = &readers
	}
	if len(p.Held) > 0 {
		label := p.Held[len(p.Held)-1]
		p.HeldLabel = &label
	}
}

// label keeps the two labels beside the line's end apart.
func (p *plot) label() {
	const apart = 16.0
	if p.Readers != nil {
		p.Readers.LabelY = p.Readers.Y + 4
	}
	if p.HeldLabel == nil {
		return
	}
	p.HeldLabel.LabelY = p.HeldLabel.Y + 4
	if p.Readers == nil || math.Abs(p.HeldLabel.LabelY-p.Readers.LabelY) >= apart {
		return
	}
	if p.HeldLabel.Y <= p.Readers.Y {
		p.Readers.LabelY = p.HeldLabel.LabelY + apart
	} else {
		p.HeldLabel.LabelY = p.Readers.LabelY + apart
	}
}

func step(command string, p plotPoint) string {
	return command + pixels(p.X) + " " + pixels(p.Y)
}

type scale func(float64) float64

func linear(low, high, from, to float64) scale {
	if low == high {
		return func(float64) float64 { return (from + to) / 2 }
	}
	return func(v float64) float64 { return from + (v-low)/(high-low)*(to-from) }
}

func yScale(points []Point, f frame) (scale, []tick) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		low, high = min(low, finite(p.Y)), max(high, finite(p.Y))
	}
	if len(points) == 0 {
		low, high = 0, 1
	}
	ticks := niceTicks(low, high, f.YTicks)
	return linear(ticks[0].At, ticks[len(ticks)-1].At, f.Height-f.Bottom, f.Top), ticks
}

// finite keeps figures that are none (NaN, infinite) on the drawing.
func finite(y float64) float64 {
	if math.IsNaN(y) || math.IsInf(y, 0) {
		return 0
	}
	return y
}

func xScale(points []Point, f frame) (scale, []tick) {
	at := xValues(points)
	if len(at) == 0 {
		return linear(0, 0, f.Left, f.Width-f.Right), nil
	}
	low, high := at[0], at[0]
	for _, v := range at {
		low, high = min(low, v), max(high, v)
	}
	x := linear(low, high, f.Left, f.Width-f.Right)
	if times := timesOf(points); times != nil {
		return x, timeTicks(time.Unix(int64(low), 0).UTC(), time.Unix(int64(high), 0).UTC(), f.XTicks)
	}
	every := (len(points) + f.XTicks - 1) / f.XTicks
	var ticks []tick
	for i := 0; i < len(points); i += every {
		ticks = append(ticks, tick{At: float64(i), Label: clip(points[i].X, 12)})
	}
	return x, ticks
}

// xValues places the points: by time where every X is one, else one after the
// other.
func xValues(points []Point) []float64 {
	values := make([]float64, len(points))
	times := timesOf(points)
	for i := range points {
		values[i] = float64(i)
		if times != nil {
			values[i] = float64(times[i].Unix())
		}
	}
	return values
}

var timeLayouts = []string{time.DateOnly, time.DateTime, time.RFC3339, "2006-01-02T15:04:05"}

func timesOf(points []Point) []time.Time {
	var times []time.Time
	for _, p := range points {
		t, ok := parseTime(p.X)
		if !ok {
			return nil
		}
		times = append(times, t)
	}
	return times
}

func parseTime(s string) (time.Time, bool) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
