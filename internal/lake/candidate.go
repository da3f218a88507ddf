package lake

import (
	"context"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Op is what a change does to the rows of a table.
type Op string

// The operations.
const (
	// Append adds data files. It may add columns and widen them.
	Append Op = "append"
	// Replace makes the given files all there is; the history stays readable.
	Replace Op = "replace"
	// Overwrite removes some data files and adds others.
	Overwrite Op = "overwrite"
)

// Candidate is a state of a table or view that no reader sees yet.
type Candidate struct {
	Stage string
	Run   string
	Step  string
	Name  ident.Table
	Kind  EntryKind
	// Base is the location of the state it was built on, "" for none.
	Base string
	// Location is that of its own metadata file; see [Lake.LoadAt].
	Location string
	Op       Op
	// Records is how many rows its own data files hold.
	Records int64
	// Over is the stage of an earlier candidate for the name whose files it
	// needs, which is committed and held together with it; "" is none.
	Over string

	effect *effect
	// isolation is not journaled: what another process publishes is serialisable.
	isolation Isolation
}

// HeldCandidate is a candidate that was kept instead of published.
type HeldCandidate struct {
	Candidate
	Reason string
	Since  time.Time
}

func (r stageRow) candidate() *Candidate {
	return &Candidate{Stage: r.ID, Run: r.Run, Step: r.Step, Name: r.Name, Kind: r.Kind,
		Base: r.Base, Location: r.Location, Op: r.Op, Records: r.Records}
}

// Candidates returns what a run has built or held and not committed, oldest
// first.
func (l *Lake) Candidates(ctx context.Context, run string) ([]*Candidate, error) {
	var out []*Candidate
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		out = nil
		rows, err := stages(ctx, tx, `run = ? AND state IN (?, ?)`, run, stateCandidate, stateHeld)
		for _, r := range rows {
			out = append(out, r.candidate())
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the candidates of run %s: %w", run, err)
	}
	return out, nil
}

// CandidateAt returns the candidate of a run whose metadata is at location; nil
// is none.
func (l *Lake) CandidateAt(ctx context.Context, run, location string) (c *Candidate, err error) {
	err = l.db.View(ctx, func(tx metadb.Tx) error {
		c = nil
		rows, err := stages(ctx, tx, `location = ? AND run = ? AND state IN (?, ?)`, location, run, stateCandidate, stateHeld)
		if len(rows) > 0 {
			c = rows[0].candidate()
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the candidates of run %s: %w", run, err)
	}
	return c, nil
}

// Hold keeps candidates instead of publishing them, for people to look at.
// What was held for the same tables before is dropped.
func (l *Lake) Hold(ctx context.Context, candidates []*Candidate, reason string) error {
	together := stagesOf(candidates)
	if err := l.sync(ctx, together, nil); err != nil {
		return fmt.Errorf("hold: %w", err)
	}
	err := l.db.Update(ctx, func(tx metadb.Tx) error {
		for _, c := range candidates {
			n, err := tx.Exec(ctx, `UPDATE tarn_stage SET state = ?, reason = ?, updated_at = ? WHERE id = ? AND state IN (?, ?)`,
				stateHeld, reason, time.Now().UnixMicro(), c.Stage, stateCandidate, stateHeld)
			if err != nil {
				return err
			}
			if n == 0 {
				return stageGone(ctx, tx, c.Stage)
			}
			if err := dropHeld(ctx, tx, c.Name, together...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("hold: %w", err)
	}
	return nil
}

// Held returns what is held, the latest first: one candidate a table.
func (l *Lake) Held(ctx context.Context) ([]HeldCandidate, error) {
	var out []HeldCandidate
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		out = nil
		rows, err := stages(ctx, tx, `state = ?`, stateHeld)
		for i := len(rows) - 1; i >= 0; i-- {
			out = append(out, HeldCandidate{Candidate: *rows[i].candidate(), Reason: rows[i].Reason, Since: rows[i].Updated})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is held: %w", err)
	}
	return out, nil
}
