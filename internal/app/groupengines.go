package app

import (
	"context"
	"errors"
	"sync"

	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/policy"
)

// groupEngines are the instances on which those groups read that have memory for
// themselves: an instance is what the engine bounds the memory of. Each is opened
// with the first statement of a member.
type groupEngines struct {
	memory map[string]int64 // bytes, by group
	open   func(ctx context.Context, memory int64, spill string) (engine.Engine, error)

	mu     sync.Mutex
	opened map[string]engine.Engine
}

func newGroupEngines(limits map[string]config.Limit, open func(context.Context, int64, string) (engine.Engine, error)) *groupEngines {
	g := &groupEngines{memory: map[string]int64{}, open: open, opened: map[string]engine.Engine{}}
	for name, l := range limits {
		if l.Memory > 0 {
			g.memory[ident.Fold(name)] = int64(l.Memory)
		}
	}
	return g
}

// of is the instance of somebody's group, of several the one with most memory;
// nil is everybody's.
func (g *groupEngines) of(ctx context.Context, who policy.Who) (engine.Engine, error) {
	group := ""
	for _, name := range who.Groups {
		if g.memory[name] > g.memory[group] {
			group = name
		}
	}
	if group == "" {
		return nil, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if e := g.opened[group]; e != nil {
		return e, nil
	}
	// Others of the group need it, whatever becomes of this statement.
	e, err := g.open(context.WithoutCancel(ctx), g.memory[group], "read-"+group)
	if err == nil {
		g.opened[group] = e
	}
	return e, err
}

// close closes what was opened.
func (g *groupEngines) close() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	var errs []error
	for _, e := range g.opened {
		errs = append(errs, e.Close())
	}
	return errors.Join(errs...)
}
