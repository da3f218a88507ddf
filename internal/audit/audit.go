// Package audit is the record of statements: who asked what, from where, what
// it read, and how it ended.
//
//	submitted ─┬─► queued ─► running ─┬─► finished
//	           └─► running            ├─► failed
//	                                  ├─► cancelled
//	                                  └─► crashed (its process died)
//
// It promises:
//
//  1. [Log.Submit] returns when the statement is on record: from then on it is
//     there whatever becomes of the process. So what runs after it is known. What
//     is about a session alone is written when it has ended ([Log.Brief]).
//  2. A statement whose process died is told as crashed, and never as one that
//     ended.
//  3. Texts that look like secrets are not on record ([secret.HideIn]).
//  4. What is told to others ([Sink]) is told at least once, in the order of the
//     record, and kept until then, however long that takes; no statement waits
//     for it.
//
// It leaves to others which statements are worth a record, what to do with one
// that cannot be recorded, and who may read the record.
package audit

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

//go:embed migrations
var migrations embed.FS

// State is how far a statement is.
type State string

// The states.
const (
	Queued    State = "queued"
	Running   State = "running"
	Finished  State = "finished"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	Crashed   State = "crashed"
)

// States are all of them.
var States = []State{Queued, Running, Finished, Failed, Cancelled, Crashed}

// Statement is what is known of a statement before it runs.
type Statement struct {
	Principal string
	Roles     []string
	// Protocol is command, postgres, http or iceberg; Client is the address of who sent it,
	// Application what it calls itself and Session which of its connections.
	Protocol, Client, Application, Session string
	SQL                                    string
	// Parameters are the values of its placeholders, as constants in SQL.
	Parameters []string
	// Queued: it waits until it may run; see [Entry.Start].
	Queued bool
}

// Outcome is how a statement ended.
type Outcome struct {
	State State
	// Code is the problem's, SQLState what the client was told, Message what is
	// wrong.
	Code, SQLState, Message string
}

// Record is a statement on record.
type Record struct {
	ID string
	Statement
	// Length is how long the statement is; SQL may be the first part of it.
	Length int
	Outcome
	// Tables are what it read, Changed what it changed, and Policies what decided.
	Tables, Changed, Policies []string
	Rows, Bytes               int64
	Planning                  time.Duration
	// AboutSession says that it reads and changes nothing but its session; a COMMIT
	// of changes is one, too.
	AboutSession bool
	// Started is zero while it waits, Finished while it runs and where its
	// process died.
	Submitted, Started, Finished time.Time
	// Process is the id that is live as long as the process.
	Process, Host string
	PID           int
}

// Options say where the record is kept.
type Options struct {
	// State is the database.
	State *metadb.DB
	// Process is the id of this process, and Live reports whether the process of
	// an id lives.
	Process string
	Live    func(process string) bool
	// Sinks are told what happens; see [Log.Attend].
	Sinks []Sink
	// Keep is how long statements are kept; 0 is for ever.
	Keep time.Duration
	// Logger is told what goes wrong behind the back of statements; nil discards
	// it.
	Logger *slog.Logger
}

// Log writes the record. It is safe for concurrent use.
type Log struct {
	Options
	host   string
	pid    int
	prefix string // of this process' ids
	// telling: there are sinks, of this process or of others.
	telling bool

	mu      sync.Mutex // guards what follows
	last    int
	queue   []*change
	closed  bool
	pending int // submitted and not finished

	wake  chan struct{}
	ended chan struct{}
}

// Migrate brings the tables of the record up to date.
func Migrate(ctx context.Context, db *metadb.DB) error {
	return db.MigrateFrom(ctx, "audit", migrations, "migrations")
}

// Open opens the record. The caller must call Close.
func Open(ctx context.Context, o Options) (*Log, error) {
	if o.State == nil || o.Process == "" || o.Live == nil {
		return nil, errors.New("the record needs a database, the id of its process and who lives")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if err := Migrate(ctx, o.State); err != nil {
		return nil, fmt.Errorf("open the record of statements: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("open the record of statements: %w", err)
	}
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	l := &Log{Options: o, host: host, pid: os.Getpid(), prefix: hex.EncodeToString(random[:]), wake: make(chan struct{}, 1), ended: make(chan struct{})}
	if err := l.register(ctx); err != nil {
		return nil, fmt.Errorf("open the record of statements: %w", err)
	}
	go l.write()
	return l, nil
}

// Submit puts a statement on record. The caller must call Finish of what it
// returns, whatever happens.
func (l *Log) Submit(ctx context.Context, st Statement) (*Entry, error) {
	e := &Entry{log: l, record: l.recordOf(st)}
	done := make(chan error, 1)
	if err := l.enqueue(&change{entry: e, kind: submitted, record: &e.record, done: done}); err != nil {
		return nil, err
	}
	select {
	case err := <-done:
		if err != nil {
			return nil, fmt.Errorf("put the statement on record: %w", err)
		}
		return e, nil
	case <-ctx.Done():
		go func() { // nobody can take it back any more
			if <-done == nil {
				e.Finish(OutcomeOf(ctx, ctx.Err()))
			}
		}()
		return nil, ctx.Err()
	}
}

// Brief takes a statement that reads and changes nothing but its session. It is on
// record once it has ended, and nobody waits for that; one whose process dies
// before may not be. The caller must call Finish of what it returns, soon and
// whatever happens. An error is that the record cannot be written, by now or for
// some time.
func (l *Log) Brief(st Statement) (*Entry, error) {
	e := &Entry{log: l, record: l.recordOf(st)}
	e.record.AboutSession = true
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return nil, errClosed
	case len(l.queue) >= mostBehind:
		return nil, errBehind
	}
	l.begin(&e.record)
	return e, nil
}

// recordOf is a statement as it comes.
func (l *Log) recordOf(st Statement) Record {
	now := time.Now().UTC().Truncate(time.Microsecond)
	r := Record{Statement: st, Length: len(st.SQL), Submitted: now, Process: l.Process, Host: l.host, PID: l.pid}
	if r.State = Queued; !st.Queued {
		r.State, r.Started = Running, now
	}
	r.shorten()
	return r
}

// Close writes what is left and ends the log. Nothing may be submitted after it;
// what has not finished is on record as crashed.
func (l *Log) Close() error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.signal()
	<-l.ended
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.queue); n > 0 {
		return fmt.Errorf("the ends of %d statements could not be put on record", n)
	}
	return nil
}

// Running is how many statements of this process have not finished.
func (l *Log) Running() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pending
}
