package app

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/admission"
	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/identity"
	"github.com/tarn-lake/tarn/internal/serve"
)

// admission is what lets statements of clients run. Limits of who is not known
// are warned of: who they are for may be added later.
func (a *App) admission(ctx context.Context, known *identity.Directory) (*admission.Queue, error) {
	l := a.config.Serve.Limits
	for _, p := range []struct {
		limits map[string]config.Limit
		what   string
		kinds  []identity.Kind
	}{
		{l.Users, "user", []identity.Kind{identity.User, identity.Service}},
		{l.Groups, "group", []identity.Kind{identity.Group}},
	} {
		if err := a.warnOfUnknown(ctx, known, p.limits, p.what, p.kinds); err != nil {
			return nil, err
		}
	}
	return admission.New(admission.Limits{
		Running: l.Running, Queue: l.Queue, Connections: l.Connections,
		User: limitOf(l.User), Users: limitsOf(l.Users), Groups: limitsOf(l.Groups),
	}), nil
}

func limitOf(l config.Limit) admission.Limit {
	return admission.Limit{Running: l.Running, Queue: l.Queue, Connections: l.Connections, QueueTime: l.QueueTime, Time: l.Time}
}

func limitsOf(all map[string]config.Limit) map[string]admission.Limit {
	limits := map[string]admission.Limit{}
	for name, l := range all {
		limits[ident.Fold(name)] = limitOf(l)
	}
	return limits
}

// warnOfUnknown warns of limits for who is not there, and tells who may have been
// meant.
func (a *App) warnOfUnknown(ctx context.Context, known *identity.Directory, limits map[string]config.Limit, what string, kinds []identity.Kind) error {
	if len(limits) == 0 {
		return nil
	}
	entries, err := known.List(ctx, kinds...)
	if err != nil {
		return err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name
	}
	for _, name := range slices.Sorted(maps.Keys(limits)) {
		_, plain, qualified := strings.Cut(ident.Fold(name), ":")
		if !qualified {
			plain = ident.Fold(name)
		}
		if slices.Contains(names, plain) {
			continue
		}
		if plain == ident.Fold(a.principal.Name) {
			a.warnOfMemory(name, limits[name])
			continue
		}
		p := diag.New("unknown-principal", limits[name].Place, "`serve.limits.%ss` bounds `%s`, and there is no %s of this name", what, name, what)
		p.Severity = diag.Warning
		if near := ident.Near(name, names); len(near) > 0 {
			p.WithHint("did you mean %s?", strings.Join(near, " or "))
		}
		a.options.Warn(p)
	}
	return nil
}

// warnOfMemory warns of memory for the owner, who has that of the process.
func (a *App) warnOfMemory(name string, l config.Limit) {
	if l.Memory == 0 {
		return
	}
	p := diag.New("memory-of-owner", l.Place, "`serve.limits.users.%s.memory` bounds nothing: `%s` is the owner of this lake, who has what everybody shares", name, name).
		WithHint("engine.memory bounds that")
	p.Severity = diag.Warning
	a.options.Warn(p)
}

// watchAdmission shows how much there is to do.
func watchAdmission(m *serve.Metrics, q *admission.Queue) {
	m.Watch("tarn_statements", "Statements of clients by their state; one that waits for its client is neither.", "state", func(context.Context) (map[string]float64, error) {
		load := q.Load()
		return map[string]float64{"running": float64(load.Running), "queued": float64(load.Waiting)}, nil
	})
	m.WatchCount("tarn_statements_refused_total", "Statements and clients that were refused because of limits, by why.", "why", func(context.Context) (map[string]float64, error) {
		values := map[string]float64{}
		for why, n := range q.Load().Refused {
			values[why] = float64(n)
		}
		return values, nil
	})
}
