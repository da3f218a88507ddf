package run

import (
	"context"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Live reports whether the process of a run still lives. Where that cannot be
// told the answer is yes: nobody may clean up behind a run that might go on.
func (j *Journal) Live(runID string) bool {
	ctx, stop := context.WithTimeout(context.Background(), leaseTime)
	defer stop()
	live, err := j.ofRuns.live(ctx, runID)
	return live || err != nil
}

// CrashSweep marks the runs that say they are running but whose process is
// gone as crashed, with the steps they were in, and returns them. Every
// command calls it before it looks at runs.
func (j *Journal) CrashSweep(ctx context.Context) ([]Run, error) {
	running, err := j.List(ctx, Filter{States: []State{Running}})
	if err != nil {
		return nil, fmt.Errorf("look for crashed runs: %w", err)
	}
	var crashed []Run
	for _, r := range running {
		if j.Live(r.ID) {
			continue
		}
		marked, err := j.markCrashed(ctx, &r)
		if err != nil {
			return crashed, fmt.Errorf("mark the run %s as crashed: %w", r.ID, err)
		}
		if marked {
			crashed = append(crashed, r)
		}
	}
	return crashed, nil
}

// markCrashed reports false if the run ended after all, between the look at
// the journal and the look at its lock.
func (j *Journal) markCrashed(ctx context.Context, r *Run) (marked bool, err error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	message := fmt.Sprintf("the process %d ended without finishing the run", r.PID)
	if j.db.Dialect() != metadb.SQLite {
		message = fmt.Sprintf("the process %d on %s has not been heard of", r.PID, r.Host)
	}
	err = j.db.Update(ctx, func(tx metadb.Tx) error {
		dead, err := j.ofRuns.bury(ctx, tx, r.ID)
		if err != nil || !dead {
			marked = false
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE run SET state = ?, message = ?, finished = ? WHERE id = ? AND state = ?`,
			string(Crashed), message, formatTime(now), r.ID, string(Running))
		if marked = n == 1; err != nil || !marked {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE step SET state = ?, message = ?, finished = ? WHERE run_id = ? AND state = ?`,
			string(Crashed), message, formatTime(now), r.ID, string(Running))
		return err
	})
	if err != nil || !marked {
		return false, err
	}
	r.State, r.Message, r.Finished = Crashed, message, now
	return true, j.ofRuns.forget(r.ID)
}
