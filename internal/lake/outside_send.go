package lake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// sendings is how often a step is sent whose outcome nobody can tell, and
	// that turned out not to be there.
	sendings = 3
	// lookingFor bounds how long it takes to find out.
	lookingFor = time.Minute
)

// sendTogether takes all changes of tables in one transaction, where the other
// side can. One that cannot make tables in it says so, and then it is one step
// after the other.
func (l *Lake) sendTogether(ctx context.Context, in *intent) error {
	if len(in.Steps) < 2 || !l.outside.atomic() || slices.ContainsFunc(in.Steps, func(s *step) bool { return s.Drop || s.Kind != TableEntry || s.taken }) {
		return nil
	}
	for sent, moved := 1, 0; ; {
		changes, creates, err := l.changesOf(ctx, in.Steps)
		if err != nil {
			return err
		}
		now, err := l.outside.change(ctx, changes)
		if err == nil {
			for i, s := range in.Steps {
				s.taken, s.now = true, now[i]
			}
			return nil
		}
		unknown, conflict := errors.Is(err, errOutcomeUnknown), errors.Is(err, ErrConflict)
		if !unknown && !conflict {
			return l.oneByOne(creates, err)
		}
		all, rebased, lookErr := l.lookAtAll(ctx, in.Steps, changes, conflict && moved < maxRebases)
		switch {
		case lookErr != nil && unknown:
			return fmt.Errorf("%w: %w", errOutcomeUnknown, errors.Join(err, lookErr))
		case lookErr != nil || all:
			return lookErr
		case conflict && !rebased:
			return l.oneByOne(creates, err)
		case conflict:
			moved++
		case sent == sendings || ctx.Err() != nil:
			return err
		default:
			sent++
		}
	}
}

// oneByOne takes a refusal of several changes at once for one of making tables
// in a transaction, if some are to be made.
func (l *Lake) oneByOne(creates bool, refusal error) error {
	if !creates {
		return refusal
	}
	l.refusedTogether.Store(true)
	return nil
}

// lookAtAll finds out whether the steps were taken, all together. Where they
// were not and move says so, those whose table has changed are moved along, or
// it is a conflict.
func (l *Lake) lookAtAll(ctx context.Context, steps []*step, changes []outsideChange, move bool) (all, rebased bool, err error) {
	all = true
	found := make([]Entry, len(steps))
	for i, s := range steps {
		if found[i], err = l.look(ctx, s, changes[i]); err != nil {
			return false, false, err
		}
		all = all && s.taken
	}
	if all || !move {
		return all, false, nil
	}
	for i, s := range steps {
		if found[i].Location == s.Base {
			continue
		}
		if err := l.moveAlong(ctx, s, found[i]); err != nil {
			return false, false, err
		}
		rebased = true
	}
	return false, rebased, nil
}

// moveAlong builds an append anew on what the name stands for now; every other
// step is a conflict.
func (l *Lake) moveAlong(ctx context.Context, s *step, current Entry) error {
	if !s.candidate.movesAlong() {
		return l.conflict(ctx, s.candidate, current)
	}
	rebased, err := l.Rebase(ctx, s.candidate)
	if err != nil {
		return err
	}
	*s.candidate = *rebased
	s.Base = rebased.Base
	s.Since, err = l.since(ctx, Entry{Name: s.Name, Kind: s.Kind, Location: s.Base})
	return err
}

func (l *Lake) changesOf(ctx context.Context, steps []*step) (changes []outsideChange, creates bool, err error) {
	changes = make([]outsideChange, len(steps))
	for i, s := range steps {
		if changes[i], err = l.changeOf(ctx, s); err != nil {
			return nil, false, err
		}
		creates = creates || changes[i].base == nil
	}
	return changes, creates, nil
}

// changeOf is a step as the other side gets it.
func (l *Lake) changeOf(ctx context.Context, s *step) (c outsideChange, err error) {
	c = outsideChange{name: s.Name, stage: s.Stage}
	if c.next, err = l.LoadAt(ctx, s.Name, s.Kind, s.candidate.Location); err == nil && s.Base != "" {
		c.base, err = l.LoadAt(ctx, s.Name, s.Kind, s.Base)
	}
	return c, err
}

// send takes one step. Whatever the other side says of it, what is there
// decides.
func (l *Lake) send(ctx context.Context, s *step) error {
	if s.Drop {
		return l.sendDrop(ctx, s)
	}
	for sent, moved := 1, 0; ; {
		change, err := l.changeOf(ctx, s)
		if err != nil {
			return err
		}
		now, err := l.outside.change(ctx, []outsideChange{change})
		if err == nil {
			s.taken, s.now = true, now[0]
			return nil
		}
		unknown := errors.Is(err, errOutcomeUnknown)
		if !unknown && !errors.Is(err, ErrConflict) {
			return err
		}
		current, lookErr := l.look(ctx, s, change)
		switch {
		case lookErr != nil:
			return fmt.Errorf("%w: %w", errOutcomeUnknown, errors.Join(err, lookErr))
		case s.taken:
			return nil
		case unknown && (sent == sendings || ctx.Err() != nil):
			return err
		case unknown:
			sent++
		case moved == maxRebases:
			return l.conflict(ctx, s.candidate, current)
		default:
			if err := l.moveAlong(ctx, s, current); err != nil {
				return err
			}
			moved++
		}
	}
}

func (l *Lake) sendDrop(ctx context.Context, s *step) error {
	err := l.outside.drop(ctx, Entry{Name: s.Name, Kind: s.Kind})
	if errors.Is(err, errOutcomeUnknown) {
		current, _, lookErr := l.currentEntry(context.WithoutCancel(ctx), s.Name)
		if lookErr == nil && current.Location != s.Base {
			err = nil
		}
	}
	s.taken = err == nil
	return err
}

// look finds out whether a step was taken, and what the name stands for.
func (l *Lake) look(ctx context.Context, s *step, change outsideChange) (Entry, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookingFor)
	defer cancel()
	t, err := l.findOutside(ctx, s.Name)
	if err != nil || t == nil {
		return Entry{}, err
	}
	if change.isIn(t) {
		s.taken, s.now = true, t
	}
	return t.Entry(), nil
}

// isIn reports whether a state has the change, or came after one that had it.
func (c outsideChange) isIn(t *Table) bool {
	if t.kind != c.next.kind {
		return false
	}
	if t.kind == ViewEntry {
		for _, v := range t.view.Versions() {
			if v.Summary[viewStage] == c.stage {
				return true
			}
		}
		return false
	}
	if t.meta.TableUUID() != c.next.meta.TableUUID() {
		return false
	}
	for _, s := range c.next.meta.Snapshots() {
		if c.base == nil || c.base.meta.SnapshotByID(s.SnapshotID) == nil {
			return t.meta.SnapshotByID(s.SnapshotID) != nil
		}
	}
	return t.Properties()[stageMark] == c.stage
}
