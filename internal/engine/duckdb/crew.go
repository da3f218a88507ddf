//go:build duckdb_arrow

package duckdb

/*
#include <stdint.h>

// As in duckdb.h, which the binding keeps to itself.
void *duckdb_create_task_state(void *database);
uint64_t duckdb_execute_n_tasks_state(void *state, uint64_t max_tasks);
void duckdb_destroy_task_state(void *state);
*/
import "C"

import (
	"sync"
	"time"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

const (
	// patience is how long a statement is left to the thread that asked for it.
	patience = 10 * time.Millisecond
	// breath is how long helpers wait where there is nothing to do. They do not
	// wait inside the engine: what wakes them there may be lost.
	breath = time.Millisecond
)

// helpers are the threads that work beside those that ask for statements. The
// engine has none of its own: it wakes them for each task however small, and
// whoever asked then only waits for them, busily. Here they come when a
// statement takes longer than patience, and go when there is no such statement.
type helpers struct {
	db    bindings.Database
	count int

	mu      sync.Mutex
	calls   int   // statements that are being helped with
	crew    *crew // nil: nobody helps
	closed  bool
	running sync.WaitGroup
}

// crew is one coming of helpers.
type crew struct {
	state unsafe.Pointer
	quit  chan struct{}
	busy  sync.WaitGroup // who uses state
}

// help lets others help with a statement that takes long, until done is called.
func (h *helpers) help() (done func()) {
	if h.count == 0 {
		return func() {}
	}
	t := time.AfterFunc(patience, h.join)
	return sync.OnceFunc(func() {
		if !t.Stop() {
			h.leave()
		}
	})
}

// join and leave may come in any order: a statement may end while help for it is
// on its way.
func (h *helpers) join() { h.change(+1) }

func (h *helpers) leave() { h.change(-1) }

func (h *helpers) change(by int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls += by
	switch {
	case h.calls > 0 && h.crew == nil && !h.closed:
		h.crew = h.start()
	case h.calls <= 0 && h.crew != nil:
		h.end()
	}
}

// end lets the helpers go when they have done what they are at.
func (h *helpers) end() {
	close(h.crew.quit)
	h.crew = nil
}

func (h *helpers) start() *crew {
	c := &crew{state: C.duckdb_create_task_state(h.db.Ptr), quit: make(chan struct{})}
	c.busy.Add(h.count)
	for range h.count {
		h.running.Go(c.work)
	}
	h.running.Go(func() {
		c.busy.Wait()
		C.duckdb_destroy_task_state(c.state)
	})
	return c
}

// work takes one task after the other.
func (c *crew) work() {
	defer c.busy.Done()
	tick := time.NewTicker(breath)
	defer tick.Stop()
	for {
		select {
		case <-c.quit:
			return
		default:
		}
		if C.duckdb_execute_n_tasks_state(c.state, 1) > 0 {
			continue
		}
		select {
		case <-c.quit:
			return
		case <-tick.C:
		}
	}
}

// close waits for the last helpers; no statement runs any more.
func (h *helpers) close() {
	h.mu.Lock()
	h.closed = true
	if h.crew != nil {
		h.end()
	}
	h.mu.Unlock()
	h.running.Wait()
}
