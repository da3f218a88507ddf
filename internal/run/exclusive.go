package run

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Exclusive waits until this run is the only one that writes to the lake; it
// stays so until Finish. While another run is, notify hears which (again when
// that changes), and ctx can end the wait.
func (a *Active) Exclusive(ctx context.Context, notify func(Holder)) error {
	var told Holder
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		m, h, err := a.journal.ofLake.take(ctx, a.Run())
		if err == nil {
			a.mu.Lock()
			a.exclusive = m
			a.mu.Unlock()
			return nil
		}
		if !errors.Is(err, errTaken) {
			return fmt.Errorf("wait for the lake's writer lock: %w", err)
		}
		if h.Run != "" && h != told {
			told = h
			notify(h)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("wait for the lake's writer lock, held by the run %s: %w", told.Run, ctx.Err())
		case <-timer.C:
		}
	}
}

func (a *Active) releaseExclusive(ctx context.Context) error {
	a.mu.Lock()
	m := a.exclusive
	a.exclusive = nil
	a.mu.Unlock()
	if m == nil {
		return nil
	}
	return m.release(ctx)
}
