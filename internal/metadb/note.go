package metadb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// notes are the notes of one process. Those that come while one is under way go
// together in the next transaction: most are a statement or two, less than what
// it takes to begin and to commit.
type notes struct {
	mu      sync.Mutex
	leading bool
	waiting []*note
}

// note is one that waits for a transaction.
type note struct {
	ctx   context.Context
	fn    func(Tx) error
	state atomic.Int32
	next  chan noteTurn
}

// The states of a note.
const (
	noteWaits int32 = iota
	noteTaken       // fn may be running
	noteGone        // whoever brought it has given up
)

// noteTurn is what a waiting note is told.
type noteTurn struct {
	do  noteDoing
	err error // of what was done
}

type noteDoing int

const (
	noteDone  noteDoing = iota // by another, with err
	noteLead                   // take all that wait
	noteAlone                  // the shared transaction came to nothing
)

// do notes with others or alone; write is how one is.
func (n *notes) do(ctx context.Context, fn func(Tx) error, write func(context.Context, func(Tx) error) error) error {
	one := &note{ctx: ctx, fn: fn, next: make(chan noteTurn, 1)}
	if n.join(one) {
		return n.lead(one, write)
	}
	var t noteTurn
	select {
	case t = <-one.next:
	case <-ctx.Done():
		if one.state.CompareAndSwap(noteWaits, noteGone) {
			return ctx.Err()
		}
		t = <-one.next
	}
	switch t.do {
	case noteLead:
		return n.lead(one, write)
	case noteAlone:
		return write(ctx, fn)
	}
	return t.err
}

// join says whether one is to lead.
func (n *notes) join(one *note) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.leading {
		n.waiting = append(n.waiting, one)
		return false
	}
	n.leading = true
	one.state.Store(noteTaken)
	return true
}

// take returns all that wait and have not given up.
func (n *notes) take() (all []*note) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, one := range n.waiting {
		if one.state.CompareAndSwap(noteWaits, noteTaken) {
			all = append(all, one)
		}
	}
	n.waiting = nil
	return all
}

// pass lets the next one lead.
func (n *notes) pass() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, one := range n.waiting {
		if one.state.CompareAndSwap(noteWaits, noteTaken) {
			n.waiting = n.waiting[i+1:]
			one.next <- noteTurn{do: noteLead}
			return
		}
	}
	n.waiting, n.leading = nil, false
}

// lead writes all that wait. Where that fails as a whole, each tries again by
// itself, so that nobody gets another's error. Where nobody can tell whether it
// failed, each hears that.
func (n *notes) lead(mine *note, write func(context.Context, func(Tx) error) error) error {
	defer n.pass()
	others := n.take()
	if len(others) == 0 {
		return write(mine.ctx, mine.fn)
	}
	err := together(append(others, mine), write)
	t := noteTurn{do: noteAlone}
	if err == nil || errors.Is(err, ErrFateUnknown) {
		t = noteTurn{err: err}
	}
	for _, one := range others {
		one.next <- t
	}
	if t.do == noteAlone {
		return write(mine.ctx, mine.fn)
	}
	return err
}

// together writes notes in one transaction, which goes on until all who brought
// them have given up. A panic is an error of it, to strike whoever brought it
// when it is alone.
func together(all []*note, write func(context.Context, func(Tx) error) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	ctx, cancel := context.WithCancel(context.WithoutCancel(all[0].ctx))
	defer cancel()
	var left atomic.Int32
	left.Store(int32(len(all)))
	for _, one := range all {
		defer context.AfterFunc(one.ctx, func() {
			if left.Add(-1) == 0 {
				cancel()
			}
		})()
	}
	return write(ctx, func(tx Tx) error {
		for _, one := range all {
			if err := one.fn(tx); err != nil {
				return err
			}
		}
		return nil
	})
}
