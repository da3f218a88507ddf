package app

import (
	"context"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/policy"
)

// policiesRead is how often the files of policies are looked at for changes.
const policiesRead = 2 * time.Second

// bound has the policies of what is served. Files that have changed count
// without a restart, once two looks found them the same: they are seldom all
// written at once. Those before go on where the new ones cannot be used, and
// where none are left: to go without is not what a file that is missing says.
type bound struct {
	app *App
	ctx context.Context //nolint:containedctx // that of the server, which outlives requests

	mu     sync.Mutex
	tables policy.Tables
	// used and last are the states of the files that count, and of the last look.
	used, last uint64
	looked     time.Time
}

// boundBy compiles the project's policies for what is served.
func (a *App) boundBy(ctx context.Context) (func() policy.Tables, error) {
	b := &bound{app: a, ctx: ctx, used: a.policiesState(), looked: time.Now()}
	var err error
	b.tables, err = a.servedPolicies(ctx)
	return b.now, err
}

// now are the policies of this moment.
func (b *bound) now() policy.Tables {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.looked) < policiesRead {
		return b.tables
	}
	b.looked = time.Now()
	state := b.app.policiesState()
	if state != b.used && state == b.last {
		b.used = state
		b.read()
	}
	b.last = state
	return b.tables
}

// read compiles files that have changed.
func (b *bound) read() {
	log := b.app.options.Logger
	files, err := b.app.policyFiles()
	if err == nil && len(files) == 0 {
		log.Error("the policies are gone: those before go on until the server starts again")
		return
	}
	var p *Policies
	if err == nil {
		p, err = b.app.policies(b.ctx, files)
	}
	if err != nil {
		log.Error("the policies have changed and cannot be used: those before go on", "error", err.Error())
		return
	}
	b.tables = p.Tables
	log.Info("the policies have changed", "policies", len(p.Rules()))
}

// policiesState is a number that changes when files of policies do.
func (a *App) policiesState() uint64 {
	h := fnv.New64a()
	_ = fs.WalkDir(os.DirFS(a.options.Dir), policiesFolder, func(at string, d fs.DirEntry, err error) error {
		_, _ = fmt.Fprintln(h, at, err)
		if err != nil {
			return nil //nolint:nilerr // what cannot be read is found when it is compiled
		}
		if info, err := d.Info(); err == nil {
			_, _ = fmt.Fprintln(h, info.Size(), info.ModTime().UnixNano(), info.Mode())
		}
		return nil
	})
	return h.Sum64()
}
