//go:build duckdb_arrow

package duckdb

/*
#include <stdint.h>

// As in duckdb.h, which the binding keeps to itself.
void *duckdb_create_task_state(void *database);
void duckdb_execute_tasks_state(void *state);
void duckdb_finish_execution(void *state);
void duckdb_destroy_task_state(void *state);
*/
import "C"

import (
	"sync"
	"time"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// patience is how long a statement is left to the thread that asked for it.
const patience = 10 * time.Millisecond

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
	running sync.WaitGroup
}

// crew is one coming of helpers.
type crew struct {
	state unsafe.Pointer
	// busy are those that still use state, whoever ends it among them.
	busy sync.WaitGroup
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
	case h.calls > 0 && h.crew == nil:
		h.crew = h.start()
	case h.calls <= 0 && h.crew != nil:
		h.crew.end()
		h.crew = nil
	}
}

func (h *helpers) start() *crew {
	c := &crew{state: C.duckdb_create_task_state(h.db.Ptr)}
	c.busy.Add(h.count + 1)
	for range h.count {
		h.running.Go(func() {
			defer c.busy.Done()
			C.duckdb_execute_tasks_state(c.state)
		})
	}
	h.running.Go(func() {
		c.busy.Wait()
		C.duckdb_destroy_task_state(c.state)
	})
	return c
}

// end lets the helpers go when they have done what they are at.
func (c *crew) end() {
	defer c.busy.Done()
	C.duckdb_finish_execution(c.state)
}

// close waits for the last helpers; no statement runs any more.
func (h *helpers) close() { h.running.Wait() }
