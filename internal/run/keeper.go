package run

import (
	"context"
	"errors"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Holder says which run has the lake to itself.
type Holder struct {
	Run     string    `json:"run"`
	Command string    `json:"command"`
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
}

func (r Run) holder() Holder {
	return Holder{Run: r.ID, Command: r.Command, PID: r.PID, Host: r.Host, Since: time.Now().UTC().Truncate(time.Second)}
}

// keeper keeps runs of several processes apart: by OS locks on one machine, by
// leases in a database of many.
type keeper interface {
	// claim makes the id the run's own; errTaken says that it is another's.
	claim(ctx context.Context, r Run) (mark, error)
	// live reports whether the process of a run lives.
	live(ctx context.Context, runID string) (bool, error)
	// bury says, in the transaction that marks a run as crashed, whether it is
	// still dead, and that it stays so.
	bury(ctx context.Context, tx metadb.Tx, runID string) (bool, error)
	// forget removes what a run has left that was buried.
	forget(runID string) error
	// take makes the lake the run's own; errTaken comes with who has it, if
	// that is known.
	take(ctx context.Context, r Run) (mark, Holder, error)
}

// mark is what a run holds until it gives it back or its process dies.
type mark interface {
	// check fails where tx must not be committed, because the mark was lost.
	check(ctx context.Context, tx metadb.Tx) error
	// renew lets the mark last; false says that it was lost.
	renew(ctx context.Context) (bool, error)
	release(ctx context.Context) error
}

// errTaken says that somebody else holds it.
var errTaken = errors.New("taken")
