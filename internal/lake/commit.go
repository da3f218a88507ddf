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

// Commit makes candidates visible; see [Lake.Publish].
func (l *Lake) Commit(ctx context.Context, candidates []*Candidate, fn func(metadb.Tx) error) error {
	return l.Publish(ctx, Publication{Candidates: candidates}, fn)
}

// Publication is what becomes visible at once.
type Publication struct {
	Candidates []*Candidate
	// Drops are names that go, with what they stood for.
	Drops []Drop
	// Namespaces are made; Gone are those that go, of which no table is left.
	Namespaces, Gone []string
	// Tags are those that names have from then on, by their keys; those of names
	// that are not here stay. In somebody else's catalog none are kept.
	Tags map[string][]string
}

// IsEmpty reports whether nothing would change.
func (p Publication) IsEmpty() bool {
	return len(p.Candidates)+len(p.Drops)+len(p.Namespaces)+len(p.Gone) == 0
}

// Drop takes a name out of the catalog. Its states stay in the lake's history.
type Drop struct {
	Name ident.Table
	// Base is the location of the state that is dropped; "" is none, where
	// only a candidate is.
	Base string
	// Over is the stage of a candidate for the name that is given up with it;
	// "" is none.
	Over string
}

// Publish makes changes visible, all in one transaction: every pointer must be
// where its candidate or drop expects it and is moved or removed, the stages
// become committed, what was held for these tables is dropped, and fn (which
// may be nil) adds what belongs to the same commit. Nothing happens when any of
// that fails. An append whose table moved is rebased, as is an overwrite in
// [SnapshotIsolation] that nothing else has touched the files of, and its Candidate
// updated; every other change whose table moved makes it an [ErrConflict].
func (l *Lake) Publish(ctx context.Context, p Publication, fn func(metadb.Tx) error) error {
	for rebases := 0; ; rebases++ {
		failpoint.Hit("lake.commit.before-swap")
		err := l.swap(ctx, p, fn)
		if errors.Is(err, metadb.ErrFateUnknown) && rebases < maxRebases {
			committed, lookErr := l.settle(ctx, p)
			if lookErr != nil {
				return fmt.Errorf("commit: %w", errors.Join(err, lookErr))
			}
			if !committed {
				continue
			}
			err = nil
		}
		var conflict *ConflictError
		if err == nil {
			failpoint.Hit("lake.commit.after-commit")
			return nil
		}
		if !errors.As(err, &conflict) || !conflict.candidate.movesAlong() || rebases == maxRebases {
			return fmt.Errorf("commit: %w", err)
		}
		if l.outside == nil {
			// Somebody was quicker who does not wait with others of this process.
			l.rivals.seen(conflict.Table.Key())
			continue
		}
		rebased, err := l.Rebase(ctx, conflict.candidate)
		if err != nil {
			return fmt.Errorf("commit: %w", err)
		}
		*conflict.candidate = *rebased
	}
}

func (c *Candidate) movesAlong() bool {
	// One over another candidate would leave the other's files behind.
	return c != nil && c.Base != "" && c.Over == "" && (c.Op == Append || c.Op == Overwrite && c.isolation == SnapshotIsolation)
}

// check refuses changes that contradict each other.
func (p Publication) check() error {
	keys := map[string]bool{}
	names := make([]ident.Table, 0, len(p.Candidates)+len(p.Drops))
	covered := p.covered()
	for _, c := range p.Candidates {
		if !covered[c.Stage] {
			names = append(names, c.Name)
		}
	}
	for _, d := range p.Drops {
		if d.Base != "" {
			names = append(names, d.Name)
		}
	}
	for _, n := range names {
		if keys[n.Key()] {
			return fmt.Errorf("two candidates for %s", n)
		}
		keys[n.Key()] = true
	}
	return nil
}

// covered are the stages whose candidates are part of a later one.
func (p Publication) covered() map[string]bool {
	covered := map[string]bool{}
	for _, c := range p.Candidates {
		if c.Over != "" {
			covered[c.Over] = true
		}
	}
	for id := range p.givenUp() {
		covered[id] = true
	}
	return covered
}

// givenUp are the stages whose candidates were dropped again.
func (p Publication) givenUp() map[string]bool {
	out := map[string]bool{}
	for _, d := range p.Drops {
		if d.Over != "" {
			out[d.Over] = true
		}
	}
	return out
}

// swap moves the pointers of a publication, together with those of others that
// come at the same time.
func (l *Lake) swap(ctx context.Context, p Publication, fn func(metadb.Tx) error) (err error) {
	if err := p.check(); err != nil {
		return err
	}
	if l.outside != nil {
		return l.swapOutside(ctx, p, fn)
	}
	if err := l.findEffects(ctx, p); err != nil {
		return err
	}
	s := &sharing{ctx: ctx, publication: p, fn: fn, keys: p.moving()}
	if len(s.keys) == 0 { // otherwise the bases may change
		if s.bases, err = l.foreignBases(ctx, p); err != nil {
			return err
		}
	}
	if err := l.share(s); err != nil {
		return err
	}
	for _, m := range s.moves {
		*m.candidate = *m.next
	}
	covered := p.covered()
	for _, c := range p.Candidates {
		if !covered[c.Stage] {
			l.ours.put(c.Location, true)
		}
	}
	l.unsynced.forget(s.stages()...)
	return nil
}

// apply moves all pointers. Names go before others come: one may become a
// namespace of another.
func (p Publication) apply(ctx context.Context, tx metadb.Tx, when time.Time) error {
	for _, d := range p.Drops {
		if err := dropOne(ctx, tx, d, when); err != nil {
			return err
		}
	}
	covered, givenUp := p.covered(), p.givenUp()
	for id := range covered {
		if givenUp[id] {
			continue
		}
		if err := commitStage(ctx, tx, id, when); err != nil {
			return err
		}
	}
	for _, c := range p.Candidates {
		if covered[c.Stage] {
			continue
		}
		if err := swapOne(ctx, tx, c, when); err != nil {
			return err
		}
	}
	if err := setNamespaces(ctx, tx, p.Namespaces, p.Gone); err != nil {
		return err
	}
	return setTags(ctx, tx, p.Tags)
}

func swapOne(ctx context.Context, tx metadb.Tx, c *Candidate, when time.Time) error {
	current, found, err := pointer(ctx, tx, c.Name)
	if err != nil {
		return err
	}
	if current.Location != c.Base {
		return conflictOf(ctx, tx, c, current)
	}
	next := Entry{Name: c.Name, Kind: c.Kind, Location: c.Location}
	if found {
		next.Name = current.Name
	}
	changed, err := metadb.Queued(ctx, tx, func(tx metadb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE tarn_stage SET state = ?, updated_at = ? WHERE id = ? AND location = ? AND state IN (?, ?)`,
			stateCommitted, when.UnixMicro(), c.Stage, c.Location, stateCandidate, stateHeld)
		if err != nil {
			return err
		}
		if err := setPointer(ctx, tx, next, c.Base); err != nil {
			return err
		}
		if err := c.effect.record(ctx, tx, next, when); err != nil {
			return err
		}
		return dropHeld(ctx, tx, c.Name, c.Stage)
	})
	if err == nil && changed[0] == 0 {
		err = stageGone(ctx, tx, c.Stage)
	}
	return err
}

// commitStage makes files of a stage part of the lake that another candidate
// needs.
func commitStage(ctx context.Context, tx metadb.Tx, id string, when time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE tarn_stage SET state = ?, updated_at = ? WHERE id = ? AND state IN (?, ?)`,
		stateCommitted, when.UnixMicro(), id, stateCandidate, stateHeld)
	if err == nil && n == 0 {
		err = stageGone(ctx, tx, id)
	}
	return err
}

// dropOne removes a pointer.
func dropOne(ctx context.Context, tx metadb.Tx, d Drop, when time.Time) error {
	if d.Over != "" {
		if _, err := setState(ctx, tx, d.Over, stateDropped, stateCandidate, stateHeld); err != nil {
			return err
		}
		if d.Base == "" {
			return nil
		}
	}
	current, found, err := pointer(ctx, tx, d.Name)
	if err != nil {
		return err
	}
	if !found || current.Location != d.Base {
		return conflictOf(ctx, tx, &Candidate{Name: d.Name, Base: d.Base}, current)
	}
	if err := removePointer(ctx, tx, current); err != nil {
		return err
	}
	if err := recordPointer(ctx, tx, Entry{Name: current.Name, Kind: dropped}, 0, when); err != nil {
		return err
	}
	return dropHeld(ctx, tx, d.Name)
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
