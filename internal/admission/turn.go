package admission

import (
	"context"
	"slices"
	"time"
)

// state is where a turn is.
type state uint8

const (
	away state = iota // outside: it did not begin, left for a while, or has ended
	waits
	runs
)

// patience is how long a statement keeps its place while it waits for its client.
const patience = 20 * time.Millisecond

// Turn is the place of a statement, in the queue or among those that run. Its
// owner calls Leave at the end, whatever happens. It is for one goroutine.
type Turn struct {
	queue *Queue
	who   Who
	limit Limit
	// number is by when it came, and since when that was.
	number uint64
	since  time.Time

	// What follows is guarded by the queue's mutex.
	state state
	began bool // it has run before
	// err is why it will never run.
	err    error
	shares []*share
	// ready is closed when it may run, or has been refused.
	ready chan struct{}
	// resting: it runs, and leaves when the timer ends.
	resting bool
	timer   *time.Timer
}

func (t *Turn) user() *share { return t.shares[len(t.shares)-1] }

// Ask asks for a place for a statement, and does not wait for it: [Turn.Wait]
// does, and says why there is none.
func (q *Queue) Ask(who Who) *Turn {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.last++
	t := &Turn{queue: q, who: who, limit: q.limits.of(who), number: q.last, since: time.Now()}
	if q.stopped {
		q.refuse(t, stopping())
		return t
	}
	q.enter(t)
	if t.state == waits {
		for _, s := range t.shares {
			if s.limit.Queue > 0 && s.fresh > s.limit.Queue {
				q.refuse(t, full(s))
				break
			}
		}
	}
	return t
}

// Waits reports whether the statement has to wait.
func (t *Turn) Waits() bool {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	return t.state == waits
}

// Refused is why the statement will not run; nil is that it may.
func (t *Turn) Refused() error {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	return t.err
}

// Time is how long the statement may run.
func (t *Turn) Time() time.Duration { return t.limit.Time }

// Wait returns when the statement has its place, which it may have already, or
// have left. An error is a [Refusal], or the cause that ctx ended for; then the
// statement is out of the queue.
func (t *Turn) Wait(ctx context.Context) error {
	q := t.queue
	q.mu.Lock()
	t.resting = false
	if t.state == away && t.err == nil {
		q.enter(t)
	}
	now, err, ready, began := t.state, t.err, t.ready, t.began
	q.mu.Unlock()
	if now != waits {
		return err
	}
	var late <-chan time.Time
	if !began {
		timer := time.NewTimer(time.Until(t.since.Add(t.limit.QueueTime)))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-ready:
		return t.Refused()
	case <-ctx.Done():
		t.giveUp(context.Cause(ctx))
		return context.Cause(ctx)
	case <-late:
		return t.tooLate()
	}
}

// giveUp takes a turn out that has waited, also where it has its place by now.
func (t *Turn) giveUp(cause error) {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	if !t.began && t.err == nil {
		t.err = cause
	}
	t.queue.leave(t)
}

// tooLate takes a turn out that has waited too long, unless it has its place by
// now.
func (t *Turn) tooLate() error {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	if t.state == waits {
		lacking := t.user() // before it are others of its user
		if at := slices.IndexFunc(t.shares, (*share).busy); at >= 0 {
			lacking = t.shares[at]
		}
		t.queue.refuse(t, tooLong(t.limit.QueueTime, lacking))
	}
	return t.err
}

// Rest says that the statement waits for something else than the engine, such as
// its client: if Wait is not called soon it leaves its place to others.
func (t *Turn) Rest() {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	if t.state != runs {
		return
	}
	t.resting = true
	if t.timer == nil {
		t.timer = time.AfterFunc(patience, t.rested)
		return
	}
	t.timer.Reset(patience)
}

// rested leaves the place that was not asked for again.
func (t *Turn) rested() {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	if t.resting {
		t.queue.leave(t)
	}
}

// Leave leaves the queue, or the place. A statement that had one may ask for it
// again by Wait.
func (t *Turn) Leave() {
	q := t.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
	}
	q.leave(t)
}
