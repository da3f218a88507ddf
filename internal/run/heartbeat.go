package run

import (
	"context"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// startBeating lets the marks of a run last until stopBeating, where somebody
// listens.
func (a *Active) startBeating(ctx context.Context) {
	a.stop, a.beating = make(chan struct{}), make(chan struct{})
	if a.journal.beat == 0 {
		close(a.beating)
		return
	}
	go func() {
		defer close(a.beating)
		a.beat(context.WithoutCancel(ctx), a.journal.beat, a.stop)
	}()
}

func (a *Active) stopBeating() {
	close(a.stop)
	<-a.beating
}

// beat renews the marks of a run until stop is closed. When one is lost, what
// the run does ends.
func (a *Active) beat(ctx context.Context, every time.Duration, stop <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		for _, m := range a.marks() {
			ctx, cancel := context.WithTimeout(ctx, every)
			held, err := m.renew(ctx)
			cancel()
			switch {
			case err != nil:
				// What counts is what the database says when it is asked again.
				a.logger.Warn("the run could not renew its lease", "run", a.run.ID, "error", err)
			case !held && a.holds(m):
				a.lose()
				return
			}
		}
	}
}

func (a *Active) marks() []mark {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.exclusive == nil {
		return []mark{a.mark}
	}
	return []mark{a.mark, a.exclusive}
}

// holds reports whether a mark is the run's at this moment: one that was just
// given back is not lost.
func (a *Active) holds(m mark) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return m == a.mark || m == a.exclusive
}

// lose ends what the run does.
func (a *Active) lose() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lost = true
	for _, cancel := range a.ends {
		cancel(ErrLeaseLost)
	}
}

// whileHeld returns a context that ends when the run loses its lease.
func (a *Active) whileHeld(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ends = append(a.ends, cancel)
	if a.lost {
		cancel(ErrLeaseLost)
	}
	return ctx, func() { cancel(nil) }
}

// Fence fails unless the run still has the lake to itself. Asked in the
// transaction of the catalog that publishes, it keeps out a run that slept so
// long that another has taken its place.
func (a *Active) Fence(ctx context.Context, tx metadb.Tx) error {
	a.mu.Lock()
	m := a.exclusive
	a.mu.Unlock()
	if m == nil {
		return nil
	}
	return m.check(ctx, tx)
}
