package run

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
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
	mark    mark
	stop    chan struct{} // ends what renews the marks
	beating chan struct{} // is closed when that has ended

	watching sync.Mutex // makes events come one at a time
	events   func(Event)

	mu        sync.Mutex // guards what follows
	run       Run
	exclusive mark
	lost      bool
	ends      []context.CancelCauseFunc
}

// Begin journals a new run as running. The caller must call Finish.
func (j *Journal) Begin(ctx context.Context, s Spec) (*Active, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("begin a run: %w", err)
	}
	started := time.Now().UTC().Truncate(time.Microsecond)
	r := Run{
		Command: s.Command, Args: s.Args, Select: s.Select, Exclude: s.Exclude, Principal: s.Principal,
		Project: s.Project, Publish: s.Publish, Vars: s.Vars, RetryOf: s.RetryOf,
		State: Running, PID: os.Getpid(), Host: host, Started: started,
	}
	m, err := j.newRun(ctx, &r)
	if err != nil {
		return nil, fmt.Errorf("begin a run: %w", err)
	}
	// The mark is held already: nobody can see the run and take it for dead.
	err = j.db.Update(ctx, func(tx metadb.Tx) error { return insertRun(ctx, tx, r) })
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin a run: %w", err), m.release(context.WithoutCancel(ctx)))
	}
	a := &Active{journal: j, logger: s.Logger, mark: m, events: s.Events, run: r}
	if a.logger == nil {
		a.logger = slog.New(slog.DiscardHandler)
	}
	a.startBeating(ctx)
	a.emit(RunStarted{Run: r})
	return a, nil
}

// newRun finds an id that is free and claims it. Ids sort by time and are short
// enough to type.
func (j *Journal) newRun(ctx context.Context, r *Run) (mark, error) {
	for {
		var random [2]byte
		if _, err := rand.Read(random[:]); err != nil {
			return nil, err
		}
		r.ID = r.Started.Format("r20060102-150405-") + hex.EncodeToString(random[:])
		m, err := j.ofRuns.claim(ctx, *r)
		if errors.Is(err, errTaken) {
			continue
		}
		return m, err
	}
}

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

	a.stopBeating()
	err := certainly(ctx, a.journal.db.Update, func(tx metadb.Tx) error {
		if err := a.mark.check(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE run SET state = ?, message = ?, finished = ? WHERE id = ?`,
			string(r.State), r.Message, formatTime(r.Finished), r.ID)
		return err
	})
	if err != nil {
		err = fmt.Errorf("journal the end of the run %s: %w", r.ID, err)
	}
	a.emit(RunFinished{Run: r})
	return errors.Join(err, a.releaseExclusive(ctx), a.mark.release(ctx))
}
