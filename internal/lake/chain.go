package lake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// chain is publications for the same tables, each built on the one before.
type chain struct {
	lake *Lake
	// tips are what the tables are after those that have joined, by key.
	tips map[string]tip
	// reads has the files of the chain, too, which are not written yet.
	reads *unwritten
}

// tip is a state of a table, in the catalog or on its way there; table may have
// to be loaded.
type tip struct {
	entry Entry
	table *Table
}

// move is a candidate that was built again for where its table will be. Nothing
// counts of it but with the publication that it is part of.
type move struct {
	candidate, next *Candidate
	row             stageRow
	files           *manifestSet
	superseded      []string
}

// chain builds publications on each other, where they are behind, and returns
// those that can be published, in this order. The others hear why not.
func (l *Lake) chain(ctx context.Context, all []*sharing) (ready []*sharing) {
	c := &chain{lake: l, tips: map[string]tip{}, reads: &unwritten{Store: l.store, contents: map[string][]byte{}}}
	for _, s := range all {
		s.moves = nil
		err := s.ctx.Err()
		if err == nil {
			err = guarded(func() error { return c.join(ctx, s) })
		}
		if err != nil {
			s.next <- turn{err: settled(err)}
			continue
		}
		ready = append(ready, s)
	}
	if err := c.write(ctx, ready); err != nil {
		for _, s := range ready {
			s.next <- turn{err: err}
		}
		return nil
	}
	return ready
}

// settled makes a conflict one that trying again does not help.
func settled(err error) error {
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		conflict.candidate = nil
	}
	return err
}

// join builds what is behind of a publication, all of it or nothing.
func (c *chain) join(ctx context.Context, s *sharing) error {
	tips := maps.Clone(c.tips)
	covered := s.publication.covered()
	var moves []*move
	chained := map[*Candidate]bool{}
	for _, candidate := range s.publication.Candidates {
		if covered[candidate.Stage] || !candidate.movesAlong() {
			continue
		}
		key := candidate.Name.Key()
		at, found := tips[key]
		if !found {
			entry, _, err := c.lake.currentEntry(ctx, candidate.Name)
			if err != nil {
				return err
			}
			at.entry = entry
		}
		if at.entry.Location == candidate.Base {
			at.entry.Location, at.table = candidate.Location, nil
			tips[key], chained[candidate] = at, found
			continue
		}
		m, after, err := c.move(ctx, candidate, at)
		if err != nil {
			return fmt.Errorf("rebase %s: %w", candidate.Name, err)
		}
		tips[key], moves = after, append(moves, m)
		chained[m.next] = found
	}
	c.tips, s.moves = tips, moves
	// What a base is that is on its way is known.
	p := s.now()
	p.Candidates = slices.DeleteFunc(slices.Clone(p.Candidates), func(c *Candidate) bool { return chained[c] })
	var err error
	s.bases, err = c.lake.foreignBases(ctx, p)
	return err
}

// move builds one candidate on the state before it.
func (c *chain) move(ctx context.Context, candidate *Candidate, at tip) (*move, tip, error) {
	r := &rebase{lake: c.lake, candidate: candidate, reads: c.reads}
	err := c.lake.db.View(ctx, func(tx metadb.Tx) (err error) {
		r.row, err = movingStage(ctx, tx, candidate)
		return err
	})
	if err != nil {
		return nil, tip{}, err
	}
	if err := r.load(ctx, at.entry, at.table); err != nil {
		return nil, tip{}, err
	}
	b, out, err := r.build(ctx)
	if err != nil {
		return nil, tip{}, err
	}
	for i, name := range out.names {
		if out.contents[i] != nil { // all but the metadata
			c.reads.contents[name] = out.contents[i]
		}
	}
	t, err := b.remember()
	if err != nil {
		return nil, tip{}, err
	}
	m := &move{candidate: candidate, next: r.next(b), row: r.row, files: out, superseded: r.superseded()}
	return m, tip{t.Entry(), t}, nil
}

// write writes the files of all that moved, side by side, after it was journaled
// that their stages do not need them yet.
func (c *chain) write(ctx context.Context, all []*sharing) error {
	moves := movesOf(all)
	if len(moves) == 0 {
		return nil
	}
	err := c.lake.db.Note(ctx, func(tx metadb.Tx) error {
		for _, m := range moves {
			if err := setSpare(ctx, tx, m.row.ID, append(m.row.Spare[:len(m.row.Spare):len(m.row.Spare)], m.files.names...)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("rebase: %w", err)
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, m := range moves {
		group.Go(func() error { return m.files.write(ctx) })
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("rebase: %w", err)
	}
	return nil
}

func movesOf(all []*sharing) (moves []*move) {
	for _, s := range all {
		moves = append(moves, s.moves...)
	}
	return moves
}

// apply makes the stage that of the candidate as it is now.
func (m *move) apply(ctx context.Context, tx metadb.Tx) error {
	spare, err := spareText(append(m.row.Spare[:len(m.row.Spare):len(m.row.Spare)], m.superseded...))
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE tarn_stage SET location = ?, base = ?, spare = ?, updated_at = ? WHERE id = ? AND location = ? AND state IN (?, ?)`,
		m.next.Location, m.next.Base, spare, time.Now().UnixMicro(), m.row.ID, m.candidate.Location, stateCandidate, stateHeld)
	if err == nil && n == 0 {
		err = stageGone(ctx, tx, m.row.ID)
	}
	return err
}
