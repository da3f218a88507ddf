package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// benchCase is one piece of work, done by Tarn and, mostly, by peers.
type benchCase struct {
	name  string
	about string
	// aim is what the project wants to reach; the report repeats it.
	aim string
	// prepare makes what both sides read; it is not timed, and is called once.
	prepare func(context.Context, *lab) error
	// sides are Tarn, first, and its peers.
	sides []side
	// amount and unit turn a time into a rate, if amount is not 0.
	amount func(*lab) float64
	unit   string
	// pieces of work there are; the report tells what each takes more of Tarn than
	// of a peer, in the piece's own name. 0 tells nothing.
	pieces int
	piece  string
	// pairs, if it is not 0, is the number of pairs that is enough.
	pairs int
	// keeps leaves the folders of all runs until the case is done: a file system
	// that has just let go of many files may be slow to make new ones.
	keeps bool
	// figures measures by itself, in place of sides, n times.
	figures func(ctx context.Context, l *lab, n int) ([]figure, error)
}

// figure is something measured, what the project wants it to be, and what keeps
// it from being better.
type figure struct{ what, value, aim, bound string }

// side is one way to do the work.
type side struct {
	name string
	// reset makes the folder ready for a run, untimed; may be nil.
	reset func(l *lab, dir string) error
	// command is what is timed.
	command func(l *lab, dir string) command
	// check judges the result, untimed; may be nil.
	check func(ctx context.Context, l *lab, dir string) error
}

// result has the runs of each side, pair by pair.
type result struct {
	benchCase
	lab  *lab
	runs [][]usage // by side
	said []figure
}

// measure runs the sides in turn, n times, each time in another order.
func (l *lab) measure(ctx context.Context, c benchCase, n int) (*result, error) {
	if c.pairs > 0 {
		n = min(n, c.pairs)
	}
	if c.prepare != nil {
		if err := c.prepare(ctx, l); err != nil {
			return nil, fmt.Errorf("prepare: %w", err)
		}
	}
	r := &result{benchCase: c, lab: l, runs: make([][]usage, len(c.sides))}
	if c.figures != nil {
		var err error
		r.said, err = c.figures(ctx, l, n)
		return r, err
	}
	for pair := range n {
		for i := range c.sides {
			at := (i + pair) % len(c.sides)
			dir := filepath.Join(l.work, "run", c.name)
			if c.keeps {
				dir = filepath.Join(dir, fmt.Sprintf("%d-%d", pair, at))
			}
			u, err := l.once(ctx, dir, c.sides[at])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.sides[at].name, err)
			}
			r.runs[at] = append(r.runs[at], u)
		}
	}
	return r, os.RemoveAll(filepath.Join(l.work, "run"))
}

// once does the work once in a fresh folder.
func (l *lab) once(ctx context.Context, dir string, s side) (usage, error) {
	if err := os.RemoveAll(dir); err != nil {
		return usage{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return usage{}, err
	}
	if s.reset != nil {
		if err := s.reset(l, dir); err != nil {
			return usage{}, fmt.Errorf("reset: %w", err)
		}
	}
	u, err := s.command(l, dir).run(ctx)
	if err == nil && s.check != nil {
		err = s.check(ctx, l, dir)
	}
	return u, err
}

// String tells each side's medians and how Tarn's runs compare with each peer's.
func (r *result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.name, r.about)
	for i, s := range r.sides {
		wall := median(r.runs[i], func(u usage) float64 { return u.wall.Seconds() })
		fmt.Fprintf(&b, "  %-34s %9.3f s  %8.2f CPU-s  %6.0f MB", s.name, wall,
			median(r.runs[i], func(u usage) float64 { return u.cpu.Seconds() }),
			median(r.runs[i], func(u usage) float64 { return float64(u.peak) / 1e6 }))
		if r.amount != nil {
			fmt.Fprintf(&b, "  %s %s", grouped(r.amount(r.lab)/wall), r.unit)
		}
		b.WriteString("\n")
	}
	for i := 1; i < len(r.sides); i++ {
		b.WriteString(r.compare(i))
	}
	for _, f := range r.said {
		fmt.Fprintf(&b, "  %-44s %s", f.what, f.value)
		if f.aim != "" {
			fmt.Fprintf(&b, "   (aim: %s)", f.aim)
		}
		if f.bound != "" {
			fmt.Fprintf(&b, "\n      bound by %s", f.bound)
		}
		b.WriteString("\n")
	}
	if r.aim != "" {
		fmt.Fprintf(&b, "  aim: %s\n", r.aim)
	}
	return b.String() + "\n"
}

// compare tells how Tarn's runs compare with those of the i-th side.
func (r *result) compare(i int) string {
	ratios, more := make([]float64, len(r.runs[0])), make([]float64, len(r.runs[0]))
	for pair := range ratios {
		own, peer := r.runs[0][pair].wall.Seconds(), r.runs[i][pair].wall.Seconds()
		ratios[pair], more[pair] = own/peer, (own-peer)*1000/float64(max(r.pieces, 1))
	}
	slices.Sort(ratios)
	slices.Sort(more)
	line := fmt.Sprintf("  %s : %s = %.2f (%.2f..%.2f, %d pairs)", r.sides[0].name, r.sides[i].name,
		middle(ratios), ratios[0], ratios[len(ratios)-1], len(ratios))
	if r.pieces > 0 {
		line += fmt.Sprintf(", %+.1f ms a %s", middle(more), r.piece)
	}
	return line + "\n"
}

// usage is what one run took.
type usage struct {
	wall time.Duration
	cpu  time.Duration
	peak int64 // resident bytes at most
}

func median(runs []usage, value func(usage) float64) float64 {
	values := make([]float64, len(runs))
	for i, u := range runs {
		values[i] = value(u)
	}
	slices.Sort(values)
	return middle(values)
}

// middle returns the median of sorted values.
func middle(sorted []float64) float64 {
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// grouped writes a number with commas between the thousands.
func grouped(v float64) string {
	text := fmt.Sprintf("%.0f", v)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
