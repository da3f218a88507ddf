package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tarn-lake/tarn/internal/build"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/template"
)

// BuildRequest says what to build and how.
type BuildRequest struct {
	// Command is the verb: ingest, seed, run, test or build.
	Command string
	Selection
	// IDs are the resources themselves, in place of Select (a retry).
	IDs         []string
	Publish     string
	FullRefresh bool
	RetryOf     string
	// FailFast starts nothing more once something failed, Empty reads no rows,
	// and Events is the range of microbatch models.
	FailFast, Empty bool
	// StoreFailures stores the failing rows of tests that say nothing about it.
	StoreFailures bool
	Range         EventRange
	// Sample is when what models read happened: so many hours, days, months or
	// years until now, or a start and an end; "" is all of time.
	Sample string
	// Asked is when the run that a retry goes on with was asked for.
	Asked time.Time
	// Deferral lets names mean what is elsewhere.
	Deferral Deferral
	// Operation runs a macro, and does nothing else; Clone makes views of what
	// another invocation built.
	Operation *Operation
	Clone     bool
	// Replay is a raw table, or a file of records that were exported: its
	// quarantined records are read again, and nothing else is done.
	Replay string
	// Discard throws quarantined records away, and does nothing else.
	Discard *DiscardRequest
	// Events hears what happens; Waiting hears of the run that this one waits for.
	Events  func(run.Event)
	Waiting func(run.Holder)

	batches map[string]build.LeftBatches // that a retry is to make
}

// Summary is how a run ended.
type Summary struct {
	Run   run.Run
	Steps []run.Step
}

// kinds are what each verb builds.
var kinds = map[string][]project.Kind{
	"ingest":   {project.KindSource},
	"seed":     {project.KindSeed},
	"run":      {project.KindModel},
	"snapshot": {project.KindSnapshot},
	"test":     {project.KindTest, project.KindUnitTest},
	"build":    {project.KindSource, project.KindSeed, project.KindModel, project.KindSnapshot, project.KindTest, project.KindUnitTest},
}

// Build does a run of the project.
func (a *App) Build(ctx context.Context, r BuildRequest) (Summary, error) {
	publish, err := parsePublish(r.Publish)
	if err != nil {
		return Summary{}, err
	}
	options := build.Options{Publish: publish, FullRefresh: r.FullRefresh, Operations: r.Command != "ingest", Asked: r.Asked, Batches: r.batches}
	if options.Events, err = r.Range.batch(); err != nil {
		return Summary{}, err
	}
	if options.Sample, err = sampled(r.Sample, cmp.Or(r.Asked, time.Now())); err != nil {
		return Summary{}, err
	}
	if r.Operation != nil || r.Clone {
		options.Operation, err = a.operation(ctx, r)
	} else if r.Replay != "" || r.Discard != nil {
		_, _, err = a.Project()
		if err == nil {
			err = a.treat(r, &options)
		}
	} else {
		options.IDs, err = a.chosen(ctx, r)
	}
	if err != nil {
		return Summary{}, err
	}
	parts, err := a.parts(ctx)
	if err != nil {
		return Summary{}, err
	}
	a.selected, parts.transformer.Empty, parts.transformer.Sample = options.IDs, r.Empty, options.Sample
	if parts.transformer.Deferred, err = a.deferred(ctx, r, options.IDs); err != nil {
		return Summary{}, err
	}
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.Events = failFast(r, stop)
	active, err := a.begin(ctx, r)
	if err != nil {
		return Summary{}, err
	}
	results, err := a.execute(running, active, parts, r, options)
	state, message := results.State(), ""
	switch {
	case ctx.Err() == nil && context.Cause(running) == errFailFast: //nolint:errorlint // the value itself
		state, message, err = run.Failed, errFailFast.Error(), nil
	case ctx.Err() != nil:
		state, message, err = run.Cancelled, "interrupted", nil
	case err != nil:
		state, message = run.Failed, err.Error()
	}
	err = errors.Join(err, active.Finish(ctx, state, message))
	ctx = context.WithoutCancel(ctx)
	s := Summary{Run: active.Run()}
	steps, stepsErr := a.stores.journal.Steps(ctx, s.Run.ID)
	s.Steps = steps
	maps.Copy(a.compiled, parts.transformer.Compiled())
	return s, errors.Join(err, stepsErr, a.writeResults(r, options.IDs, s))
}

// chosen returns the IDs that the request is about.
func (a *App) chosen(ctx context.Context, r BuildRequest) ([]string, error) {
	if r.IDs != nil {
		return r.IDs, nil
	}
	resources, err := a.Select(ctx, r.Selection)
	if err != nil {
		return nil, err
	}
	var ids []string
	a.idle = nil
	for _, res := range resources {
		switch {
		case slices.Contains(kinds[r.Command], res.Kind):
			ids = append(ids, res.ID)
		case r.Command == "build" && (res.Kind == project.KindExposure || res.Kind == project.KindSavedQuery):
			a.idle = append(a.idle, res.ID)
		}
	}
	if len(ids) == 0 {
		return nil, diag.New("nothing-selected", diag.Place{}, "there is nothing to %s", r.Command).
			WithHint("tarn ls shows what the project has, and what a selection finds")
	}
	return ids, nil
}

func parsePublish(s string) (build.Publish, error) {
	switch p := build.Publish(s); p {
	case "":
		return build.PublishResource, nil
	case build.PublishResource, build.PublishRun, build.PublishNever:
		return p, nil
	default:
		return "", diag.New("bad-flag", diag.Place{}, "--publish %s is not known", s).WithHint("write resource, run or never")
	}
}

// begin journals the run and waits until it has the lake to itself.
func (a *App) begin(ctx context.Context, r BuildRequest) (*run.Active, error) {
	vars, err := json.Marshal(a.options.Vars)
	if err != nil {
		return nil, fmt.Errorf("the variables: %w", err)
	}
	args, err := r.journaled()
	if err != nil {
		return nil, err
	}
	return a.stores.journal.Begin(ctx, run.Spec{
		Command: r.Command, Args: args, Select: r.Select, Exclude: r.Exclude, Principal: a.principal.String(),
		Project: a.project.Name, Publish: r.Publish, Vars: vars, RetryOf: r.RetryOf,
		Events: r.Events, Logger: a.options.Logger,
	})
}

func (a *App) execute(ctx context.Context, active *run.Active, parts *parts, r BuildRequest, o build.Options) (run.Results, error) {
	waiting := r.Waiting
	if waiting == nil {
		waiting = func(run.Holder) {}
	}
	if err := active.Exclusive(ctx, waiting); err != nil {
		return nil, err
	}
	if err := a.clearScratch(); err != nil {
		return nil, err
	}
	told := a.tellPublishing()
	parts.transformer.Context = a.textContext(active.Run(), r, o)
	o.Ended = a.ended(active, o.IDs)
	b := &build.Builder{
		Project: a.project, Graph: a.graph, Lake: a.stores.lake, DB: a.stores.catalog,
		Ingester: parts.ingester, Transformer: parts.transformer, Judge: parts.judge,
		System: &systemTables{app: a}, Who: a.owner(), Threads: a.threads(), Logger: a.options.Logger,
		Tags: tagsOf(a.project).of,
	}
	results, err := b.Run(ctx, active, o)
	if !told {
		a.tellPublishing()
	}
	return results, err
}

// textContext is what the texts of a run are told about it.
func (a *App) textContext(of run.Run, r BuildRequest, o build.Options) func(*template.Context) {
	whole := a.context(a.project)
	return func(c *template.Context) {
		whole(c)
		c.RunStartedAt, c.Command = of.Started, r.Command
		c.FullRefresh = c.FullRefresh || o.FullRefresh
		c.Selected = o.IDs
	}
}
