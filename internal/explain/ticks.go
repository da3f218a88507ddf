package explain

import (
	"math"
	"strconv"
	"time"
)

// tick is a mark on an axis.
type tick struct {
	At    float64
	Label string
}

// niceTicks returns marks at round figures (1, 2 or 5 times a power of ten)
// that enclose low to high, about as many as wanted. Where the figures are not
// far from zero, zero is one of them: a line should not look steeper than it is.
func niceTicks(low, high float64, wanted int) []tick {
	if low > 0 && low <= high/2 || low == high && low > 0 {
		low = 0
	}
	if high < 0 && high >= low/2 || low == high && high < 0 {
		high = 0
	}
	if low == high {
		high = low + 1
	}
	step := niceStep((high - low) / float64(max(wanted, 1)))
	first := math.Floor(low / step)
	last := math.Ceil(high / step)
	var ticks []tick
	for i := first; i <= last; i++ {
		y := i * step
		ticks = append(ticks, tick{At: y, Label: tickLabel(y, step)})
	}
	return ticks
}

func niceStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*power*1.0000001 {
			return m * power
		}
	}
	return 10 * power
}

// tickLabel writes a round figure with as many decimals as its step has.
func tickLabel(y, step float64) string {
	size, unit := 1.0, ""
	for _, u := range shortUnits {
		if step >= u.size/100 && math.Abs(y) >= u.size {
			size, unit = u.size, u.name
			break
		}
	}
	if y == 0 {
		return "0"
	}
	decimals := max(0, int(math.Ceil(-math.Log10(step/size)-1e-9)))
	if decimals > 6 || math.Abs(y/size) >= 1e6 {
		return strconv.FormatFloat(y, 'g', 3, 64)
	}
	if decimals == 0 {
		return formatFigure(math.Round(y/size)) + unit
	}
	return trimZeros(strconv.FormatFloat(y/size, 'f', decimals, 64)) + unit
}

// timeStep is a distance between marks of a time axis.
type timeStep struct {
	years, months, days int
	clock               time.Duration
	layout              string
}

var timeSteps = []timeStep{
	{clock: time.Minute, layout: "15:04"},
	{clock: 5 * time.Minute, layout: "15:04"},
	{clock: 15 * time.Minute, layout: "15:04"},
	{clock: time.Hour, layout: "15:04"},
	{clock: 3 * time.Hour, layout: "15:04"},
	{clock: 6 * time.Hour, layout: "15:04"},
	{clock: 12 * time.Hour, layout: "2 Jan 15:04"},
	{days: 1, layout: "2 Jan"},
	{days: 2, layout: "2 Jan"},
	{days: 7, layout: "2 Jan"},
	{months: 1, layout: "Jan"},
	{months: 2, layout: "Jan"},
	{months: 3, layout: "Jan"},
	{years: 1, layout: "2006"},
	{years: 2, layout: "2006"},
	{years: 5, layout: "2006"},
	{years: 10, layout: "2006"},
	{years: 50, layout: "2006"},
	{years: 100, layout: "2006"},
}

// approximate is the step's length, months and years taken as equally long.
func (s timeStep) approximate() time.Duration {
	days := float64(s.days) + 30.4*float64(s.months) + 365.25*float64(s.years)
	return s.clock + time.Duration(days*24*float64(time.Hour))
}

// timeTicks returns marks at the starts of minutes, hours, days, months or
// years between low and high, at most limit of them.
func timeTicks(low, high time.Time, limit int) []tick {
	step := timeSteps[len(timeSteps)-1]
	for _, s := range timeSteps {
		if float64(high.Sub(low))/float64(s.approximate()) <= float64(limit) {
			step = s
			break
		}
	}
	var ticks []tick
	for t := step.floor(low); !t.After(high) && len(ticks) <= limit; t = step.next(t) {
		if t.Before(low) {
			continue
		}
		label := t.Format(step.layout)
		if step.months > 0 && (len(ticks) == 0 || t.Month() == time.January) {
			label = t.Format("Jan 2006")
		}
		ticks = append(ticks, tick{At: float64(t.Unix()), Label: label})
	}
	return ticks
}

func (s timeStep) floor(t time.Time) time.Time {
	switch {
	case s.years > 0:
		return time.Date(t.Year()-t.Year()%s.years, 1, 1, 0, 0, 0, 0, time.UTC)
	case s.months > 0:
		month := (int(t.Month())-1)/s.months*s.months + 1
		return time.Date(t.Year(), time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	case s.days > 0:
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	default:
		return t.Truncate(s.clock)
	}
}

func (s timeStep) next(t time.Time) time.Time {
	return t.AddDate(s.years, s.months, s.days).Add(s.clock)
}
