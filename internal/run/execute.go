package run

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
)

// PanicError is a panic inside a step.
type PanicError struct {
	Value any
	Stack []byte
}

// Error returns what was panicked with; the stack is for the log.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// maxWaiting is how many steps may wait for the disk beside those that work.
const maxWaiting = 32

// Execute takes the steps of a plan: up to threads of them at once, each when
// all that it needs has succeeded and all that it comes after has ended, those
// first that the longest chain waits for. A step that calls rest only waits
// from then on, for the disk, and another may begin, unless threads is 1. What
// needs a step that did not succeed is skipped and the rest goes on.
// When ctx ends, running steps are left to stop by themselves and no other is
// started. A panic in do is a failure of that step.
//
// notDone, if it is not nil, hears of every step that ended without do; it is
// called from this goroutine. The results have all steps of the plan. The
// error is about the plan alone: then nothing was done.
func Execute(ctx context.Context, p Plan, threads int, do func(ctx context.Context, id string, rest func()) Result, notDone func(id string, r Result)) (Results, error) {
	d, err := newDAG(p)
	if err != nil {
		return nil, err
	}
	x := &execution{dag: d, results: Results{}, ready: d.roots(), notDone: notDone}
	x.work(ctx, max(1, threads), do)
	x.cancelRest()
	return x.results, nil
}

// work takes steps until none is ready and none runs.
func (x *execution) work(ctx context.Context, threads int, do func(context.Context, string, func()) Result) {
	type event struct {
		id     string
		rests  bool // the step goes on, but works no more
		result Result
	}
	events := make(chan event)
	working, resting := 0, map[string]bool{}
	for {
		for working < threads && working+len(resting) < threads+maxWaiting && len(x.ready) > 0 && ctx.Err() == nil {
			id := x.ready[0]
			x.ready = x.ready[1:]
			working++
			rest := sync.OnceFunc(func() { events <- event{id: id, rests: true} })
			if threads == 1 {
				rest = func() {}
			}
			go func() {
				events <- event{id: id, result: attempt(ctx, id, func(ctx context.Context, id string) Result { return do(ctx, id, rest) })}
			}()
		}
		if working+len(resting) == 0 {
			return
		}
		e := <-events
		if e.rests {
			working, resting[e.id] = working-1, true
			continue
		}
		if !resting[e.id] {
			working--
		}
		delete(resting, e.id)
		x.settle(e.id, e.result)
	}
}

// attempt does one step.
func attempt(ctx context.Context, id string, do func(context.Context, string) Result) (r Result) {
	defer func() {
		if v := recover(); v != nil {
			r = Failure(&PanicError{Value: v, Stack: debug.Stack()})
		}
	}()
	r = do(ctx, id)
	switch r.State {
	case Success, Held, Cancelled, Skipped:
	case Failed:
		// What fails after the end of ctx fails because of it, whatever the
		// engine or the operating system calls that.
		if ctx.Err() != nil {
			r.State = Cancelled
		}
	case Pending, Running, Crashed:
		r = Failure(fmt.Errorf("the step ended as %s, which is no end", r.State))
	default:
		r = Failure(fmt.Errorf("the step ended in the unknown state %q", r.State))
	}
	return r
}

// execution is the state of one Execute; only its goroutine touches it.
type execution struct {
	*dag
	results Results
	ready   []string // by urgency
	notDone func(string, Result)
}

func (x *execution) settle(id string, r Result) {
	x.results[id] = r
	switch r.State {
	case Success:
		x.unlock(id, true)
	case Cancelled: // what waits for it is cancelled at the end, as all the rest
	default:
		because := id
		if r.Because != "" {
			because = r.Because
		}
		x.skipAfter(id, because, r.Outcome == KeptBack || r.State == Held)
		x.unlock(id, false)
	}
}

// unlock makes ready what waited for this step only; where it did not succeed,
// what waited for no more than its end.
func (x *execution) unlock(id string, succeeded bool) {
	for _, c := range x.children[id] {
		if !succeeded && x.needs(c, id) {
			continue
		}
		if x.missing[c]--; x.missing[c] > 0 {
			continue
		}
		if _, settled := x.results[c]; !settled {
			i, _ := slices.BinarySearchFunc(x.ready, c, x.byUrgency)
			x.ready = slices.Insert(x.ready, i, c)
		}
	}
}

// skipAfter skips everything that needs id, naming the ancestor that is the
// reason. Behind a held step readers keep the old state on purpose.
func (x *execution) skipAfter(id, because string, held bool) {
	for _, c := range x.children[id] {
		if _, settled := x.results[c]; settled || !x.needs(c, id) {
			continue
		}
		r := Result{State: Skipped, Because: because, Message: because + " did not succeed"}
		if held {
			r.Outcome, r.Message = KeptBack, because+" is held"
		}
		x.leave(c, r)
		x.skipAfter(c, because, held)
		x.unlock(c, false)
	}
}

func (x *execution) cancelRest() {
	for _, id := range slices.SortedFunc(maps.Keys(x.nodes), x.byUrgency) {
		if _, settled := x.results[id]; !settled {
			x.leave(id, Result{State: Cancelled, Message: "the run was cancelled before this step began"})
		}
	}
}

func (x *execution) leave(id string, r Result) {
	x.results[id] = r
	if x.notDone != nil {
		x.notDone(id, r)
	}
}
