package run

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Spec is what is known of a run before it begins.
type Spec struct {
	Command   string
	Args      []string
	Select    []string
	Exclude   []string
	Principal string
	Project   string
	Publish   string
	Vars      json.RawMessage
	RetryOf   string
	// Events hears what happens, one event at a time; may be nil.
	Events func(Event)
	// Logger is told what the events do not carry, such as the stack of a
	// panic; nil discards it.
	Logger *slog.Logger
}

// Active is a run of this process. It is safe for concurrent use.
type Active struct {
	journal *Journal
	logger  *slog.Logger
	lock    *lock

	watching sync.Mutex // makes events come one at a time
	events   func(Event)

	mu        sync.Mutex // guards what follows
	run       Run
	exclusive *lock
}

// Begin journals a new run as running. The caller must call Finish.
func (j *Journal) Begin(ctx context.Context, s Spec) (*Active, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("begin a run: %w", err)
	}
	started := time.Now().UTC().Truncate(time.Microsecond)
	id, l, err := j.newRun(started)
	if err != nil {
		return nil, fmt.Errorf("begin a run: %w", err)
	}
	r := Run{
		ID: id, Command: s.Command, Args: s.Args, Select: s.Select, Exclude: s.Exclude, Principal: s.Principal,
		Project: s.Project, Publish: s.Publish, Vars: s.Vars, RetryOf: s.RetryOf,
		State: Running, PID: os.Getpid(), Host: host, Started: started,
	}
	// The lock is held already: nobody can see the run and take it for dead.
	err = j.db.Update(ctx, func(tx metadb.Tx) error { return insertRun(ctx, tx, r) })
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin a run: %w", err), remove(j.lockPath(id)), l.release())
	}
	a := &Active{journal: j, logger: s.Logger, lock: l, events: s.Events, run: r}
	if a.logger == nil {
		a.logger = slog.New(slog.DiscardHandler)
	}
	a.emit(RunStarted{Run: r})
	return a, nil
}

// newRun finds an id that is free and takes its lock. Ids sort by time and are
// short enough to type.
func (j *Journal) newRun(started time.Time) (string, *lock, error) {
	for {
		var random [2]byte
		if _, err := rand.Read(random[:]); err != nil {
			return "", nil, err
		}
		id := started.Format("r20060102-150405-") + hex.EncodeToString(random[:])
		l, err := acquire(j.lockPath(id), os.O_EXCL)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		return id, l, err
	}
}

func (j *Journal) lockPath(runID string) string { return filepath.Join(j.locks, runID+".lock") }

// ID returns the run's id.
func (a *Active) ID() string { return a.run.ID }

// Run returns the run as it is now.
func (a *Active) Run() Run {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.run
}

// Finish journals how the run ended and gives up its locks. It works after ctx
// has ended, too. A second call does nothing.
func (a *Active) Finish(ctx context.Context, state State, message string) error {
	ctx = context.WithoutCancel(ctx)
	a.mu.Lock()
	if a.run.State.Ended() {
		a.mu.Unlock()
		return nil
	}
	a.run.State, a.run.Message, a.run.Finished = state, message, time.Now().UTC().Truncate(time.Microsecond)
	r := a.run
	a.mu.Unlock()

	err := a.journal.db.Update(ctx, func(tx metadb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE run SET state = ?, message = ?, finished = ? WHERE id = ?`,
			string(r.State), r.Message, formatTime(r.Finished), r.ID)
		return err
	})
	if err != nil {
		err = fmt.Errorf("journal the end of the run %s: %w", r.ID, err)
	}
	a.emit(RunFinished{Run: r})
	return errors.Join(err, a.releaseExclusive(), remove(a.journal.lockPath(r.ID)), a.lock.release())
}

// remove deletes a file; that it is gone already is fine.
func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
