package audit

import (
	"context"
	"sync"
	"time"
)

// tidy is how often is looked for crashed and for old statements.
const tidy = time.Minute

// Attend looks after the record until ctx ends, for processes that last: it
// tells the sinks what happens, marks what crashed and takes out what is old. Its
// sinks are all that there are from then on.
func (l *Log) Attend(ctx context.Context) {
	if err := l.settle(ctx); err != nil && ctx.Err() == nil {
		l.Logger.Error("what is kept for those who are told no longer could not be removed", "error", err.Error())
	}
	var attending sync.WaitGroup
	for _, s := range l.Sinks {
		attending.Go(func() { l.tell(ctx, s) })
	}
	attending.Go(func() { l.tidy(ctx) })
	attending.Wait()
}

func (l *Log) tidy(ctx context.Context) {
	every := time.NewTicker(tidy)
	defer every.Stop()
	for {
		_, err := l.Sweep(ctx)
		if err == nil {
			_, err = l.Expire(ctx)
		}
		if err != nil && ctx.Err() == nil {
			l.Logger.Error("the record of statements cannot be looked after", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// tell tells a sink what happens, and waits longer and longer where it cannot
// be told.
func (l *Log) tell(ctx context.Context, s Sink) {
	pause, failing := time.Duration(0), false
	for {
		wait := poll
		switch err := l.drain(ctx, s); {
		case ctx.Err() != nil:
			return
		case err != nil:
			if !failing {
				l.Logger.Error("what happens to statements cannot be told; it is kept and tried again", "sink", s.Name(), "error", err.Error())
			}
			pause = min(max(2*pause, retryFirst), retryLast)
			failing, wait = true, pause
		case failing:
			l.Logger.Info("what happens to statements is told again", "sink", s.Name())
			pause, failing = 0, false
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}
