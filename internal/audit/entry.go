package audit

import (
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Entry is a statement on record that has not ended. It is safe for concurrent
// use; nil is a statement that is not recorded.
type Entry struct {
	log *Log

	mu     sync.Mutex // guards what follows
	record Record
	ended  bool
}

// ID is the statement's; "" is none.
func (e *Entry) ID() string {
	if e == nil {
		return ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.record.ID
}

// Start says that a statement which waited may run.
func (e *Entry) Start() {
	e.note(func(r *Record) {
		if r.State == Queued {
			r.State, r.Started = Running, time.Now().UTC().Truncate(time.Microsecond)
			c := *r
			// The log may be closed already: then its end cannot be told either.
			_ = e.log.enqueue(&change{entry: e, kind: started, record: &c})
		}
	})
}

// Planned says what a statement reads, and that it was planned: what comes now
// are rows.
func (e *Entry) Planned(tables []ident.Table) {
	e.note(func(r *Record) {
		r.Tables = namesOf(tables)
		r.Planning = time.Since(r.Started)
	})
}

// Changes says what a statement changes.
func (e *Entry) Changes(tables []ident.Table) {
	e.note(func(r *Record) { r.Changed = namesOf(tables) })
}

// Decided says which policies decided.
func (e *Entry) Decided(policies []string) {
	e.note(func(r *Record) { r.Policies = policies })
}

// Sent adds rows and bytes that the client was given, or that were changed.
func (e *Entry) Sent(rows, bytes int64) {
	e.note(func(r *Record) { r.Rows, r.Bytes = r.Rows+rows, r.Bytes+bytes })
}

// Finish says how the statement ended. Only the first call counts. It does not
// wait: an end that was not written yet when the process dies is told as a
// crash.
func (e *Entry) Finish(o Outcome) {
	e.note(func(r *Record) {
		e.ended = true
		o.Message = cut(o.Message, maxMessage)
		r.Outcome, r.Finished = o, time.Now().UTC().Truncate(time.Microsecond)
		c, k := *r, finished
		if r.AboutSession { // it is written once it has ended
			k = brief
		}
		_ = e.log.enqueue(&change{entry: e, kind: k, record: &c})
	})
}

// note changes what is known of a statement that has not ended.
func (e *Entry) note(change func(*Record)) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.ended {
		change(&e.record)
	}
}

func namesOf(tables []ident.Table) []string {
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.String()
	}
	return names
}
