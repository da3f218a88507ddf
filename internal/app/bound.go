package app

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/tarn-lake/tarn/internal/policy"
)

// policiesLook is how often it is looked whether the policies have changed, and
// policiesShare how much of the time that may take at most.
const (
	policiesLook  = time.Second
	policiesShare = 20
)

// bound has the policies of what is served, with the tags of the project. Files
// that have changed count without a restart, those of the policies and all that
// the project was read from, once two looks found them the same: they are seldom
// all written at once. Those before go on where the new ones cannot be used, and
// where none are left: to go without is not what a file that is missing says.
type bound struct {
	app    *App
	tables atomic.Pointer[policy.Tables]
	// files are what they were made of; last is how these were at the last look.
	files *noted
	last  uint64
	// some: there were policies.
	some bool
}

// boundBy compiles the project's policies for what is served.
func (a *App) boundBy(ctx context.Context) (*bound, error) {
	own, err := policy.Default()
	if err != nil {
		return nil, err
	}
	b := &bound{app: a, files: newNoted(a.options.Dir)}
	b.tables.Store(&own)
	_, err = b.read(ctx)
	return b, err
}

// now are the policies of this moment.
func (b *bound) now() policy.Tables { return *b.tables.Load() }

// attend looks for changes until ctx ends.
func (b *bound) attend(ctx context.Context) error {
	wait := time.NewTimer(policiesLook)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wait.C:
		}
		begun := time.Now()
		b.look(ctx)
		wait.Reset(max(policiesLook, policiesShare*time.Since(begun)))
	}
}

func (b *bound) look(ctx context.Context) {
	used, state := b.files.states()
	if state == used || state != b.last {
		b.last = state
		return
	}
	log := b.app.options.Logger
	switch rules, err := b.read(ctx); {
	case ctx.Err() != nil:
	case err != nil:
		log.Error("the policies or the project have changed and cannot be used: the policies before go on", "error", err.Error())
	case rules == 0 && b.some:
		log.Error("the policies are gone: those before go on until the server starts again")
	case rules > 0:
		log.Info("the policies or the project have changed", "policies", rules)
	}
}

// read compiles what is on the disk, and returns how many policies that are. A
// project that has none need not load for its tables to be served.
func (b *bound) read(ctx context.Context) (rules int, err error) {
	a := b.app.again()
	looked := newNoted(a.options.Dir)
	a.files = looked
	defer func() {
		if err != nil || rules == 0 { // what mends it may be elsewhere
			looked.also(b.files)
		}
		b.files = looked
	}()
	files, err := a.policyFiles()
	if err != nil || len(files) == 0 {
		return 0, err
	}
	p, err := a.policies(ctx, files)
	if err != nil {
		return 0, err
	}
	b.tables.Store(&p.Tables)
	b.some = true
	return len(p.Rules()), nil
}
