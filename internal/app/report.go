package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/explain"
	"github.com/tarn-lake/tarn/internal/graph"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
)

// builds are the commands that a report is about.
var builds = []string{"ingest", "seed", "run", "snapshot", "test", "build"}

// earlierRuns is how many runs before the newest a report lists.
const earlierRuns = 20

// Report gathers what the report shows: the newest run, or the given one.
func (a *App) Report(ctx context.Context, runID string) (explain.Report, error) {
	r := explain.Report{GeneratedAt: time.Now().UTC(), TarnVersion: a.options.Version}
	s, err := a.open(ctx)
	if err != nil {
		return r, err
	}
	ran, err := a.reported(ctx, s.journal, runID)
	if err != nil {
		return r, err
	}
	// The project as that run saw it: variables decide what it has.
	if err := a.adoptVars(ran); err != nil {
		return r, err
	}
	p, g, err := a.Project()
	if err != nil {
		return r, err
	}
	r.Project = p.Name
	steps, err := s.journal.Steps(ctx, ran.ID)
	if err != nil {
		return r, err
	}
	r.Run = explain.Run{ID: ran.ID, Command: ran.Command, Started: ran.Started, Finished: ran.Finished, State: explain.State(ran.State), Publish: ran.Publish, Principal: ran.Principal}
	if r.Run.Publish == "" {
		r.Run.Publish = string(build.PublishResource)
	}
	view, err := s.lake.Pin(ctx)
	if err != nil {
		return r, err
	}
	if r.Nodes, err = a.nodes(ctx, view, p, g, steps); err != nil {
		return r, err
	}
	if err := a.testsAndTimes(&r, ran, steps); err != nil {
		return r, err
	}
	records, err := ingest.Records(ctx, s.catalog)
	if err != nil {
		return r, err
	}
	for _, record := range slices.Backward(records) {
		r.Loads = append(r.Loads, loadOf(record))
	}
	if r.History, err = a.history(ctx, s.journal, ran); err != nil {
		return r, err
	}
	for _, c := range a.config.Report.Charts {
		chart, err := a.chart(ctx, c, ran.ID)
		if err != nil {
			return r, err
		}
		r.Charts = append(r.Charts, chart)
	}
	return r, nil
}

func (a *App) reported(ctx context.Context, j *run.Journal, id string) (run.Run, error) {
	if id != "" {
		if err := known(ctx, j, id); err != nil {
			return run.Run{}, err
		}
		return j.Get(ctx, id)
	}
	ran, err := j.Latest(ctx, run.Filter{Commands: builds})
	if errors.Is(err, run.ErrNotFound) {
		return ran, diag.New("nothing-to-report", diag.Place{}, "there is no run yet").WithHint("start one with tarn build")
	}
	return ran, err
}

// nodes are the resources of the graph with what the run did to them.
func (a *App) nodes(ctx context.Context, view *lake.View, p *project.Project, g *graph.Graph, steps []run.Step) ([]explain.Node, error) {
	byID := map[string]run.Step{}
	for _, s := range steps {
		byID[s.Resource] = s
	}
	states := a.states(steps)
	var list []explain.Node
	for _, id := range g.Order() {
		r := p.ByID(id)
		if r == nil || r.Kind == project.KindTest || r.Kind == project.KindAnalysis {
			continue
		}
		n := explain.Node{ID: id, Name: a.name(id), Kind: string(r.Kind), Materialized: r.Config.Materialized, Parents: g.Parents(id), Description: r.Description, Rows: -1}
		for _, c := range r.Columns {
			n.Columns = append(n.Columns, explain.Column{Name: c.Name, Type: c.DataType, Description: c.Description})
		}
		pointer, err := a.pointer(ctx, view, r.Relation)
		if err != nil {
			return nil, err
		}
		n.Published = pointer
		switch s, ran := byID[id]; {
		case ran:
			n.State, n.Reason, n.Bytes, n.Duration = states[id], s.Message, s.Bytes, s.Duration()
			if n.Materialized != project.MaterializedView && !s.Started.IsZero() {
				n.Rows = s.Rows
			}
			if err := readersOf(&n, s); err != nil {
				return nil, err
			}
			if s.Because != "" {
				n.Reason = a.name(s.Because) + " did not succeed"
				if n.State == explain.Held {
					n.Reason = a.name(s.Because) + " is held"
				}
			}
		case pointer != nil || r.Config.Materialized == project.MaterializedEphemeral:
			n.State = explain.Unchanged
		default:
			n.State = explain.NotBuilt
		}
		list = append(list, n)
	}
	return list, nil
}

// readersOf tells how far the data reaches that readers go on to see.
func readersOf(n *explain.Node, s run.Step) error {
	d, err := build.ParseDetails(s)
	if err != nil {
		return err
	}
	if n.State == explain.Held && n.Published != nil {
		n.Published.Through = d.ReadersSee
	}
	return nil
}

// testsAndTimes adds the verdicts of the run and when its steps ran.
func (a *App) testsAndTimes(r *explain.Report, ran run.Run, steps []run.Step) error {
	states := a.states(steps)
	for _, s := range steps {
		d, err := build.ParseDetails(s)
		if err != nil {
			return err
		}
		for _, v := range d.Tests {
			r.Tests = append(r.Tests, a.test(v))
		}
		if s.Started.IsZero() {
			continue
		}
		r.Steps = append(r.Steps, explain.StepTime{Name: a.name(s.Resource), Kind: s.Kind, Started: s.Started.Sub(ran.Started), Duration: s.Duration(), State: states[s.Resource]})
	}
	return nil
}

// history sums up the runs before ran.
func (a *App) history(ctx context.Context, j *run.Journal, ran run.Run) ([]explain.RunSummary, error) {
	runs, err := j.List(ctx, run.Filter{Commands: builds, Limit: earlierRuns + 1})
	if err != nil {
		return nil, err
	}
	var list []explain.RunSummary
	for _, r := range runs {
		if !r.Started.Before(ran.Started) {
			continue
		}
		steps, err := j.Steps(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		sum := explain.RunSummary{ID: r.ID, Command: r.Command, Started: r.Started, Duration: r.Duration(), State: explain.State(r.State)}
		for id, state := range a.states(steps) {
			if id == build.PublishStep {
				continue
			}
			switch state {
			case explain.Published:
				sum.Published++
			case explain.Held:
				sum.Held++
			case explain.Failed:
				sum.Failed++
			case explain.Skipped:
				sum.Skipped++
			}
		}
		list = append(list, sum)
	}
	return list, nil
}

// chart reads the points of a chart: those that readers see, and those that
// the run made but that are held.
func (a *App) chart(ctx context.Context, c config.Chart, runID string) (explain.Chart, error) {
	chart := explain.Chart{Title: c.Title, Table: c.Table, XLabel: c.X, YLabel: c.Y}
	t, err := ident.ParseTable(c.Table)
	if err != nil {
		return chart, diag.New("bad-chart", c.Place, "%v", err)
	}
	sql := fmt.Sprintf("select %s, cast(%s as double) from %s.%s where %[2]s is not null order by 1",
		ident.Quote(c.X), ident.Quote(c.Y), ident.Quote(t.Namespace), ident.Quote(t.Name))
	seen := map[string]bool{}
	published, err := a.points(ctx, sql, "")
	if err != nil && !errors.Is(err, lake.ErrNotFound) {
		return chart, err
	}
	for _, p := range published {
		seen[p.X] = true
		chart.Points = append(chart.Points, p)
	}
	made, err := a.points(ctx, sql, runID)
	if err != nil && !errors.Is(err, lake.ErrNotFound) {
		return chart, err
	}
	for _, p := range made {
		if !seen[p.X] {
			p.Held = true
			chart.Points = append(chart.Points, p)
		}
	}
	return chart, nil
}

func (a *App) points(ctx context.Context, sql, runID string) ([]explain.Point, error) {
	result, err := a.ask(ctx, QueryRequest{SQL: sql, Run: runID})
	if err != nil {
		return nil, err
	}
	rows, err := textRows(result)
	if err != nil {
		return nil, err
	}
	var points []explain.Point
	for _, row := range rows {
		y, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return nil, fmt.Errorf("the chart's value %q: %w", row[1], err)
		}
		points = append(points, explain.Point{X: row[0], Y: y})
	}
	return points, nil
}
