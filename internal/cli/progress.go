package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
)

// progress shows a run while it goes on: a line for each step that ended, and
// on a terminal a bar for each that runs.
type progress struct {
	c       *command
	style   style
	project *project.Project
	out     io.Writer
	bars    *mpb.Progress
	width   int

	mu      sync.Mutex
	running map[string]*mpb.Bar
	rows    map[string]*atomic.Int64
}

// newProgress shows a run of command; the tests of other runs than `tarn test`
// are told of below what they gate.
func (c *command) newProgress(p *project.Project, command string) *progress {
	v := &progress{c: c, style: c.style(), project: p, out: c.program.Err, running: map[string]*mpb.Bar{}, rows: map[string]*atomic.Int64{}, width: 20}
	for _, r := range p.Resources {
		if r.Kind != project.KindAnalysis && (r.Kind == project.KindTest) == (command == "test") {
			v.width = max(v.width, len(v.name(r.ID)))
		}
	}
	if terminal(c.program.Err) && !c.flags.quiet && c.flags.logFormat == "text" {
		v.bars = mpb.New(mpb.WithOutput(c.program.Err), mpb.WithWidth(32), mpb.WithRefreshRate(100*time.Millisecond))
		v.out = v.bars
	}
	return v
}

// name is what people call a step.
func (v *progress) name(id string) string {
	r := v.project.ByID(id)
	switch {
	case r == nil:
		return id
	case r.Kind == project.KindSource:
		return r.Relation.String()
	default:
		return r.Name
	}
}

// event shows one event of the run.
func (v *progress) event(e run.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.c.flags.quiet && !bad(e) {
		return
	}
	if v.c.flags.logFormat == "json" {
		v.json(e)
		return
	}
	switch e := e.(type) {
	case run.RunStarted:
		fmt.Fprintf(v.out, "%s %s\n", v.style.bold("run "+e.Run.ID), v.style.dim("tarn "+e.Run.Command+", "+e.Run.Principal))
	case run.StepStarted:
		v.start(e.Step)
	case run.StepProgress:
		v.update(e)
	case run.StepFinished:
		v.finish(e.Step)
	}
}

// bad reports whether e tells of a step that failed or is held: that is shown
// with --quiet, too.
func bad(e run.Event) bool {
	f, ok := e.(run.StepFinished)
	return ok && f.Step.State != run.Success
}

// start begins a bar.
func (v *progress) start(s run.Step) {
	if v.bars == nil {
		return
	}
	name := v.name(s.Resource)
	began := time.Now()
	// The bars draw themselves from goroutines of their own, while an event may
	// be waiting to write: they share nothing with it but this counter.
	rows := &atomic.Int64{}
	v.rows[s.Resource] = rows
	v.running[s.Resource] = v.bars.AddBar(0,
		mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(decor.Name(fmt.Sprintf("  %-*s ", v.width, name))),
		mpb.AppendDecorators(decor.Any(func(st decor.Statistics) string {
			return barText(rows.Load(), st, time.Since(began))
		})),
	)
}

// barText is what stands behind a bar: rows, bytes, and the time that is left.
func barText(rows int64, st decor.Statistics, took time.Duration) string {
	parts := []string{}
	if rows > 0 {
		parts = append(parts, number(rows)+" rows")
	}
	if st.Total > 0 {
		parts = append(parts, bytesText(st.Current)+" of "+bytesText(st.Total))
		if st.Current > 0 && st.Current < st.Total {
			left := time.Duration(float64(took) * float64(st.Total-st.Current) / float64(st.Current))
			parts = append(parts, left.Round(time.Second).String()+" left")
		}
	}
	parts = append(parts, seconds(took))
	return " " + strings.Join(parts, "  ")
}

func (v *progress) update(e run.StepProgress) {
	if rows := v.rows[e.Step.Resource]; rows != nil {
		rows.Store(e.Rows)
	}
	if bar := v.running[e.Step.Resource]; bar != nil && e.Total > 0 {
		bar.SetTotal(e.Total, false)
		bar.SetCurrent(min(e.Bytes, e.Total-1))
	}
}

// finish ends the bar and writes the step's line.
func (v *progress) finish(s run.Step) {
	if bar := v.running[s.Resource]; bar != nil {
		bar.Abort(true)
		delete(v.running, s.Resource)
	}
	v.line(s)
}

// close ends the bars.
func (v *progress) close() {
	v.mu.Lock()
	for _, bar := range v.running {
		bar.Abort(true)
	}
	v.mu.Unlock()
	if v.bars != nil {
		v.bars.Wait()
	}
}

// conclude sums the run up.
func (c *command) conclude(v *progress, s app.Summary) {
	v.out = c.program.Err
	if c.flags.quiet && s.Run.State == run.Success {
		return
	}
	if c.flags.logFormat == "json" {
		return
	}
	v.conclusion(s)
}
