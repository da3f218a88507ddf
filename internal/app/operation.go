package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/run"
	"github.com/tarn-lake/tarn/internal/transform"
)

// Operation is a macro to run, with its arguments.
type Operation struct {
	Macro string         `json:"macro"`
	Args  map[string]any `json:"args,omitempty"`
}

// EventRange narrows the batches of microbatch models; "" is open.
type EventRange struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

// batch reads the range.
func (e EventRange) batch() (transform.Batch, error) {
	var b transform.Batch
	for _, one := range []struct {
		flag, text string
		to         *time.Time
	}{{"start", e.Start, &b.Start}, {"end", e.End, &b.End}} {
		if one.text == "" {
			continue
		}
		at, err := parseAsOf(one.text)
		if err != nil || at.Time.IsZero() {
			return b, diag.New("bad-flag", diag.Place{}, "--event-time-%s %q is no point in time", one.flag, one.text).
				WithHint("write 2026-01-31, or 2026-01-31T12:00:00; it is UTC")
		}
		*one.to = at.Time
	}
	if (e.Start == "") != (e.End == "") {
		return b, diag.New("bad-flag", diag.Place{}, "--event-time-start and --event-time-end go together")
	}
	if e.Start != "" && !b.Start.Before(b.End) {
		return b, diag.New("bad-flag", diag.Place{}, "--event-time-start %s is not before --event-time-end %s", e.Start, e.End)
	}
	return b, nil
}

// errFailFast ends a run at its first failure.
var errFailFast = errors.New("stopped at the first failure (--fail-fast)")

// failFast hears the events of a run, which it stops when a step of it did not
// succeed and that is what the request wants.
func failFast(r BuildRequest, stop context.CancelCauseFunc) func(run.Event) {
	return func(e run.Event) {
		if end, ok := e.(run.StepFinished); ok && r.FailFast && (end.Step.State == run.Failed || end.Step.State == run.Held) {
			stop(errFailFast)
		}
		if r.Events != nil {
			r.Events(e)
		}
	}
}

// operation is the step that a request for a macro, or for a clone, takes.
func (a *App) operation(ctx context.Context, r BuildRequest) (*project.Resource, error) {
	if r.Clone {
		return a.clone(ctx, r)
	}
	p, _, err := a.Project()
	if err != nil {
		return nil, err
	}
	pkg, name, qualified := strings.Cut(r.Operation.Macro, ".")
	library := p.Library()
	m, called := library.Find(p.Name, r.Operation.Macro), r.Operation.Macro
	if qualified {
		m = library.InPackage(pkg, name)
	}
	for _, other := range library.All() { // of a package, where the project has none
		if m == nil && other.Name == called {
			m, called = other, other.Package+"."+other.Name
		}
	}
	if m == nil {
		problem := diag.New("unknown-macro", diag.Place{}, "there is no macro %s", r.Operation.Macro)
		var names []string
		for _, known := range library.All() {
			names = append(names, known.Name)
		}
		if near := ident.Near(r.Operation.Macro, names); len(near) > 0 {
			problem.WithHint("did you mean %s?", near[0])
		}
		return nil, problem
	}
	args, err := python.Repr(python.From(r.Operation.Args))
	if err != nil {
		return nil, fmt.Errorf("the arguments of %s: %w", m.Name, err)
	}
	if len(r.Operation.Args) == 0 {
		args = "{}"
	}
	home := p.Name
	if p.Package(m.Package) != nil {
		home = m.Package // whose macros it calls by their names alone
	}
	return &project.Resource{
		ID: m.ID, Kind: project.KindOperation, Name: m.Name, Package: home, Path: "run-operation " + r.Operation.Macro,
		Place: diag.Place{File: "run-operation " + r.Operation.Macro, Line: 1, Column: 1},
		SQL:   "{% do " + called + "(**" + args + ") %}",
	}, nil
}
