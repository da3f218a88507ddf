package run

import (
	"context"
	"embed"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

//go:embed migrations
var migrations embed.FS

// format is the version of what the rows mean; rows of a higher one are not
// read by guessing.
const format = 1

// Journal is the record of runs in the state database. It is safe for
// concurrent use, by several processes too.
type Journal struct {
	db *metadb.DB
	// ofRuns keeps runs apart, ofLake those that write to the lake.
	ofRuns, ofLake keeper
	// beat is how often a run says that it lives; 0 where nobody listens.
	beat time.Duration
}

// Options say what runs are recorded in and kept apart by.
type Options struct {
	// State has the journal.
	State *metadb.DB
	// Catalog is the database that runs publish to.
	Catalog *metadb.DB
	// Locks is the folder for OS locks, where a database is a file; it is
	// created, and must be on a local disk.
	Locks string
	// Lease is how long a run may be silent where a database is a server's;
	// default is 30 seconds.
	Lease time.Duration
}

// Migrate brings the journal's tables up to date.
func Migrate(ctx context.Context, db *metadb.DB) error {
	return db.MigrateFrom(ctx, "run", migrations, "migrations")
}

// Used reports whether a database knows of a run.
func Used(ctx context.Context, db *metadb.DB) (yes bool, err error) {
	err = db.View(ctx, func(tx metadb.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM run)`).Scan(&yes)
	})
	return yes, err
}

// Open brings the journal's tables up to date, and opens it.
func Open(ctx context.Context, o Options) (*Journal, error) {
	if err := Migrate(ctx, o.State); err != nil {
		return nil, fmt.Errorf("open the run journal: %w", err)
	}
	j := &Journal{db: o.State}
	var err error
	if j.ofRuns, err = j.keeper(ctx, o.State, o); err == nil {
		j.ofLake, err = j.keeper(ctx, o.Catalog, o)
	}
	if err != nil {
		return nil, fmt.Errorf("open the run journal: %w", err)
	}
	return j, nil
}

// keeper is what keeps those apart who share a database; nil is a file.
func (j *Journal) keeper(ctx context.Context, db *metadb.DB, o Options) (keeper, error) {
	if db == nil || db.Dialect() == metadb.SQLite {
		return locks(o.Locks), os.MkdirAll(o.Locks, 0o755)
	}
	if o.Lease == 0 {
		o.Lease = leaseTime
	}
	j.beat = o.Lease / 3
	return newLeases(ctx, db, o.Lease)
}

// Filter chooses runs; its zero value chooses all.
type Filter struct {
	Commands []string // none: any command
	States   []State  // none: any state
	Limit    int      // 0: no limit
}

// List returns the chosen runs, newest first.
func (j *Journal) List(ctx context.Context, f Filter) ([]Run, error) {
	where, args := f.condition()
	runs, err := j.runs(ctx, where, args)
	if err != nil {
		return nil, fmt.Errorf("list the runs: %w", err)
	}
	return runs, nil
}

// Latest returns the newest chosen run, or [ErrNotFound].
func (j *Journal) Latest(ctx context.Context, f Filter) (Run, error) {
	f.Limit = 1
	runs, err := j.List(ctx, f)
	if err != nil {
		return Run{}, err
	}
	if len(runs) == 0 {
		return Run{}, ErrNotFound
	}
	return runs[0], nil
}

// Get returns one run, or an error that Is [ErrNotFound].
func (j *Journal) Get(ctx context.Context, id string) (Run, error) {
	runs, err := j.runs(ctx, `WHERE id = ?`, []any{id})
	if err != nil {
		return Run{}, fmt.Errorf("read the run %s: %w", id, err)
	}
	if len(runs) == 0 {
		return Run{}, fmt.Errorf("%w: %s", ErrNotFound, id)
	}
	return runs[0], nil
}

// Steps returns the steps of a run in order of the plan, each attempt of its own.
func (j *Journal) Steps(ctx context.Context, runID string) ([]Step, error) {
	steps, err := j.steps(ctx, `WHERE run_id = ? ORDER BY number, attempt`, runID)
	if err != nil {
		return nil, fmt.Errorf("read the steps of the run %s: %w", runID, err)
	}
	return steps, nil
}

// StepsOf returns the attempts at one resource over all runs, newest first,
// limit at most (0: all).
func (j *Journal) StepsOf(ctx context.Context, resource string, limit int) ([]Step, error) {
	if limit <= 0 {
		limit = math.MaxInt64
	}
	steps, err := j.steps(ctx,
		`WHERE resource = ? ORDER BY (SELECT run.started FROM run WHERE run.id = step.run_id) DESC, attempt DESC LIMIT ?`, resource, limit)
	if err != nil {
		return nil, fmt.Errorf("read the steps of %s: %w", resource, err)
	}
	return steps, nil
}

// Unfinished returns the resources, in order of the plan, whose last attempt
// among the steps of one run did not succeed: what a retry has to do.
func Unfinished(steps []Step) []string {
	last := map[string]State{}
	var order []string
	for _, s := range steps {
		if _, seen := last[s.Resource]; !seen {
			order = append(order, s.Resource)
		}
		last[s.Resource] = s.State
	}
	return slices.DeleteFunc(order, func(r string) bool { return last[r] == Success })
}

func (f Filter) condition() (string, []any) {
	var conditions []string
	var args []any
	add := func(column string, n int) {
		conditions = append(conditions, column+` IN (?`+strings.Repeat(`, ?`, n-1)+`)`)
	}
	if len(f.Commands) > 0 {
		add("command", len(f.Commands))
		for _, c := range f.Commands {
			args = append(args, c)
		}
	}
	if len(f.States) > 0 {
		add("state", len(f.States))
		for _, s := range f.States {
			args = append(args, string(s))
		}
	}
	var where string
	if len(conditions) > 0 {
		where = `WHERE ` + strings.Join(conditions, ` AND `) + ` `
	}
	where += `ORDER BY started DESC, id DESC`
	if f.Limit > 0 {
		where += fmt.Sprintf(` LIMIT %d`, f.Limit)
	}
	return where, args
}

// stamp is how times are stored: they sort as text.
const stamp = "2006-01-02T15:04:05.000000Z"

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stamp)
}

func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(stamp, s)
}
