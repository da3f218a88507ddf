package lake

import (
	"context"
	"slices"
	"sync"

	"github.com/tarn-lake/tarn/internal/failpoint"
)

// unsynced remembers what stages have written that may not survive a power
// failure yet. A candidate is only of use to the process that built it until it
// is committed or held: then its files are made durable, those of several
// candidates together.
type unsynced struct {
	mu    sync.Mutex
	names map[string][]string // by stage
}

// put says which files a stage's candidate needs.
func (u *unsynced) put(stage string, names []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.names == nil {
		u.names = map[string][]string{}
	}
	u.names[stage] = names
}

// add says that a stage's candidate needs further files.
func (u *unsynced) add(stage string, names []string) {
	u.put(stage, append(u.of([]string{stage}), names...))
}

// of returns the files of stages.
func (u *unsynced) of(stages []string) (names []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, id := range stages {
		names = append(names, u.names[id]...)
	}
	return names
}

// forget is for stages whose files are durable, or gone.
func (u *unsynced) forget(stages ...string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, id := range stages {
		delete(u.names, id)
	}
}

// synced is for files of a stage that are durable.
func (u *unsynced) synced(stage string, names []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(u.names[stage]), func(name string) bool { return slices.Contains(names, name) })
	if len(left) == 0 {
		delete(u.names, stage)
		return
	}
	u.names[stage] = left
}

// sync makes the files of stages durable, but for those that are not needed
// any more.
func (l *Lake) sync(ctx context.Context, stages []string, moves []*move) error {
	var names []string
	by := map[string][]string{}
	for _, id := range stages {
		by[id] = l.unsynced.of([]string{id})
	}
	for _, m := range moves {
		needed := slices.DeleteFunc(by[m.row.ID], func(name string) bool { return slices.Contains(m.superseded, name) })
		by[m.row.ID] = append(needed, m.files.names...)
	}
	for _, list := range by {
		names = append(names, list...)
	}
	if len(names) > 0 {
		if err := l.store.Sync(ctx, names...); err != nil {
			return err
		}
	}
	for id, list := range by {
		l.unsynced.synced(id, list)
	}
	failpoint.Hit("lake.synced")
	return nil
}

// stagesOf are the stages whose files candidates need.
func stagesOf(candidates []*Candidate) (ids []string) {
	for _, c := range candidates {
		ids = append(ids, c.Stage)
		if c.Over != "" {
			ids = append(ids, c.Over)
		}
	}
	return ids
}
