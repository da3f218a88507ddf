// Package run is for what HAPPENED: a journal of runs and their steps in the
// state database, and the executor that takes the steps of a plan in order and
// in parallel.
//
// It promises:
//
//  1. a run and a step are in the journal before they are done, and what ended
//     stays there as it ended;
//  2. a run whose process died, however it died, is known as crashed to the
//     next command, and a run that lives is never taken for crashed: each
//     holds an OS lock that goes when its process goes;
//  3. no step starts before all that it needs has succeeded and all that it
//     comes after has ended, none starts after the run was cancelled, and each step of a plan ends in exactly one state.
//
// It leaves to others what a step does, and what commits together with a table.
//
// The states of a step; those of a run are the same without pending and skipped:
//
//	pending ─┬─▶ running ─┬─▶ success
//	         │            ├─▶ failed
//	         │            ├─▶ held       a test refused the new state
//	         │            ├─▶ cancelled
//	         │            └─▶ crashed    its process died
//	         ├─▶ skipped    something that it needs did not succeed
//	         └─▶ cancelled
package run

import (
	"encoding/json"
	"errors"
	"time"
)

// State tells how far a run or a step is.
type State string

// The states; see the diagram above.
const (
	Pending   State = "pending"
	Running   State = "running"
	Success   State = "success"
	Failed    State = "failed"
	Held      State = "held"
	Skipped   State = "skipped"
	Cancelled State = "cancelled"
	Crashed   State = "crashed"
)

// Ended reports whether nothing more will happen.
func (s State) Ended() bool { return s != Pending && s != Running }

// Outcome tells what a step meant for the readers of its resource.
type Outcome string

// The outcomes.
const (
	// None: the step has nothing that readers see, as a test has not.
	None Outcome = ""
	// Published: readers see the new state.
	Published Outcome = "published"
	// Unchanged: there was nothing new to publish.
	Unchanged Outcome = "unchanged"
	// Unpublished: the new state is good but was not to be published.
	Unpublished Outcome = "unpublished"
	// KeptBack: readers still see the old state, because this step or one that
	// it needs is held.
	KeptBack Outcome = "held"
)

// ErrNotFound says that the journal has no such run.
var ErrNotFound = errors.New("no such run")

// Run is one execution of a command that changes the lake.
type Run struct {
	ID        string
	Command   string
	Args      []string
	Select    []string
	Exclude   []string
	Principal string
	Project   string
	Publish   string
	Vars      json.RawMessage
	RetryOf   string // the run that this one continues, if any
	State     State
	Message   string
	PID       int
	Host      string
	Started   time.Time
	Finished  time.Time // zero while it runs
}

// Step is one attempt at one resource in one run.
type Step struct {
	RunID    string
	Resource string
	Kind     string
	Number   int // its place in the plan, from 1
	Attempt  int // from 1
	State    State
	Outcome  Outcome
	Because  string // the ancestor for whose sake it was skipped
	Message  string
	Started  time.Time // zero before it starts
	Finished time.Time
	Rows     int64
	Bytes    int64
	Details  json.RawMessage // the shape is the step's owner's; may be nil
}

// Duration returns how long the step took, zero if it has not ended.
func (s Step) Duration() time.Duration { return between(s.Started, s.Finished) }

// Duration returns how long the run took, zero if it has not ended.
func (r Run) Duration() time.Duration { return between(r.Started, r.Finished) }

func between(from, to time.Time) time.Duration {
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return to.Sub(from)
}
