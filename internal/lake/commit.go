package lake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// maxRebases bounds how often a commit moves an append along; each time it is
// because another commit has succeeded.
const maxRebases = 1000

// ConflictError tells which table moved, and who moved it. It is an
// [ErrConflict].
type ConflictError struct {
	Table ident.Table
	// Base is the state that the candidate was built on, Found the one that is
	// there; "" is none.
	Base, Found string
	// Run and Step made the state that was found; "" where another program did.
	Run, Step string

	candidate *Candidate
}

// Error says what happened to the table.
func (e *ConflictError) Error() string {
	by := "another program"
	if e.Run != "" {
		by = fmt.Sprintf("run %s, step %s", e.Run, e.Step)
	}
	switch {
	case e.Base == "":
		return fmt.Sprintf("%s was created by %s in the meantime", e.Table, by)
	case e.Found == "":
		return fmt.Sprintf("%s was dropped in the meantime", e.Table)
	default:
		return fmt.Sprintf("%s was changed by %s in the meantime", e.Table, by)
	}
}

// Is makes it an [ErrConflict].
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// Commit makes candidates visible, all in one transaction: every pointer must
// be where its candidate expects it and is moved, the stages become committed,
// what was held for these tables is dropped, and fn (which may be nil) adds
// what belongs to the same commit. Nothing happens when any of that fails. An
// append whose table moved is rebased, and its Candidate updated; every other
// candidate whose table moved makes the commit an [ErrConflict].
func (l *Lake) Commit(ctx context.Context, candidates []*Candidate, fn func(metadb.Tx) error) error {
	for rebases := 0; ; rebases++ {
		failpoint.Hit("lake.commit.before-swap")
		err := l.swap(ctx, candidates, fn)
		var conflict *ConflictError
		if err == nil {
			failpoint.Hit("lake.commit.after-commit")
			return nil
		}
		if !errors.As(err, &conflict) || !conflict.candidate.movesAlong() || rebases == maxRebases {
			return fmt.Errorf("commit: %w", err)
		}
		rebased, err := l.Rebase(ctx, conflict.candidate)
		if err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		*conflict.candidate = *rebased
	}
}

func (c *Candidate) movesAlong() bool { return c.Op == Append && c.Base != "" }

func (l *Lake) swap(ctx context.Context, candidates []*Candidate, fn func(metadb.Tx) error) error {
	keys := map[string]bool{}
	for _, c := range candidates {
		if keys[c.Name.Key()] {
			return fmt.Errorf("two candidates for %s", c.Name)
		}
		keys[c.Name.Key()] = true
	}
	bases, err := l.foreignBases(ctx, candidates)
	if err != nil {
		return err
	}
	return l.db.Update(ctx, func(tx metadb.Tx) error {
		when, err := commitTime(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range candidates {
			if base, found := bases[c.Base]; found {
				if err := recordPointer(ctx, tx, base.entry, base.since); err != nil {
					return err
				}
			}
			if err := swapOne(ctx, tx, c, when); err != nil {
				return err
			}
		}
		if fn != nil {
			if err := fn(tx); err != nil {
				return err
			}
		}
		failpoint.Hit("lake.commit.in-transaction")
		return nil
	})
}

func swapOne(ctx context.Context, tx metadb.Tx, c *Candidate, when time.Time) error {
	current, found, err := pointer(ctx, tx, c.Name)
	if err != nil {
		return err
	}
	if current.Location != c.Base {
		return conflictOf(ctx, tx, c, current)
	}
	n, err := tx.Exec(ctx, `UPDATE tarn_stage SET state = ?, updated_at = ? WHERE id = ? AND location = ? AND state IN (?, ?)`,
		stateCommitted, when.UnixMicro(), c.Stage, c.Location, stateCandidate, stateHeld)
	if err != nil {
		return err
	}
	if n == 0 {
		return stageGone(ctx, tx, c.Stage)
	}
	next := Entry{Name: c.Name, Kind: c.Kind, Location: c.Location}
	if found {
		next.Name = current.Name
	}
	if err := setPointer(ctx, tx, next, c.Base); err != nil {
		return err
	}
	if err := recordPointer(ctx, tx, next, when); err != nil {
		return err
	}
	return dropHeld(ctx, tx, c.Name, c.Stage)
}

func conflictOf(ctx context.Context, tx metadb.Tx, c *Candidate, found Entry) error {
	e := &ConflictError{Table: c.Name, Base: c.Base, Found: found.Location, candidate: c}
	by, err := stages(ctx, tx, `location = ? AND state = ?`, found.Location, stateCommitted)
	if err != nil {
		return err
	}
	if len(by) > 0 {
		e.Run, e.Step = by[0].Run, by[0].Step
	}
	return e
}
