package lake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// sharing is a publication on its way into the catalog. Publications of one
// process that come while another waits for the disk go together in the next
// transaction: each is all or nothing by itself, and none hears of success
// before the disk has them all.
type sharing struct {
	ctx         context.Context
	publication Publication
	bases       map[string]foreign
	fn          func(metadb.Tx) error
	// keys are the tables of what moves along, and moves what had to.
	keys  []string
	moves []*move

	next chan turn
	// through tells whoever gathered it that it is done with; nil is nobody.
	through func()
}

// turn is what a waiting publication is told.
type turn struct {
	do  doing
	err error // of what was done
}

type doing int

const (
	done   doing = iota // by another, with err
	lead                // take all that wait, yourself among them
	alone               // the shared transaction came to nothing
	gather              // take all that wait for the same tables, yourself among them
)

// turns are the publications that wait; one at a time leads.
type turns struct {
	mu      sync.Mutex
	leading bool
	waiting []*sharing
}

// line lets publications wait, in this order.
func (t *turns) line(all ...*sharing) {
	if len(all) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = append(t.waiting, all...)
	if !t.leading {
		t.leading = true
		all[0].next <- turn{do: lead}
	}
}

// take returns all that wait.
func (t *turns) take() []*sharing {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.waiting
	t.waiting = nil
	return all
}

// pass lets the next one lead.
func (t *turns) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		t.leading = false
		return
	}
	t.waiting[0].next <- turn{do: lead}
}

// share publishes s with others, or alone. Of what moves along, those for the
// same tables gather first.
func (l *Lake) share(s *sharing) error {
	s.next = make(chan turn, 1)
	switch {
	case len(s.keys) == 0:
		l.turns.line(s)
	case l.convoys.join(s):
		return l.gather(s)
	}
	return l.follow(s)
}

// follow does what s is told, until it is through.
func (l *Lake) follow(s *sharing) error {
	t := <-s.next
	if t.do == gather {
		return l.gather(s)
	}
	if s.through != nil {
		defer s.through()
	}
	switch t.do {
	case lead:
		return l.lead(s)
	case alone:
		return l.publishOne(s)
	}
	return t.err
}

// lead publishes all that wait. Where that fails as a whole, each tries again
// by itself, so that the fault of one is not another's error. Where nobody can
// tell whether it failed, each hears that, and looks.
func (l *Lake) lead(s *sharing) error {
	defer l.turns.pass()
	all := l.turns.take()
	if len(all) == 1 {
		return l.publishOne(s)
	}
	errs, err := l.publishAll(s.ctx, all)
	mine := turn{}
	for i, other := range all {
		t := turn{do: alone}
		switch {
		case err == nil:
			t = turn{err: errs[i]}
		case errors.Is(err, metadb.ErrFateUnknown):
			t = turn{err: err}
		}
		if other == s {
			mine = t
			continue
		}
		other.next <- t
	}
	if mine.do == alone {
		return l.publishOne(s)
	}
	return mine.err
}

// publishOne is one publication in a transaction of its own.
func (l *Lake) publishOne(s *sharing) error {
	if err := l.sync(s.ctx, s.stages(), s.moves); err != nil {
		return err
	}
	return l.db.Update(s.ctx, func(tx metadb.Tx) error {
		when, err := commitTime(s.ctx, tx)
		if err == nil {
			err = s.apply(s.ctx, tx, when)
		}
		if err != nil {
			return err
		}
		failpoint.Hit("lake.commit.in-transaction")
		return nil
	})
}

// publishAll is several publications in one transaction, and what became of
// each. The error is that of the whole; a panic is one too, as it is to strike
// whoever brought it.
func (l *Lake) publishAll(ctx context.Context, all []*sharing) (errs []error, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	// What one caller gives up is not to undo the others' statements.
	ctx = context.WithoutCancel(ctx)
	var ids []string
	for _, s := range all {
		ids = append(ids, s.stages()...)
	}
	if err := l.sync(ctx, ids, movesOf(all)); err != nil {
		return nil, err
	}
	// Most succeed: only where one does not, each gets a savepoint of its own.
	if errs, err = l.applyAll(ctx, all, straight); errors.Is(err, errOfOne) {
		errs, err = l.applyAll(ctx, all, within)
	}
	return errs, err
}

// errOfOne says that one publication of several has failed, and all with it.
var errOfOne = errors.New("a publication has failed")

// applyAll applies publications in one transaction; one is how each is.
func (l *Lake) applyAll(ctx context.Context, all []*sharing, one func(context.Context, metadb.Tx, func() error) (err, whole error)) (errs []error, err error) {
	errs = make([]error, len(all))
	err = l.db.Update(ctx, func(tx metadb.Tx) error {
		when, err := commitTime(ctx, tx)
		if err != nil {
			return err
		}
		for i, s := range all {
			if errs[i] = s.ctx.Err(); errs[i] != nil {
				continue
			}
			var whole error
			if errs[i], whole = one(ctx, tx, func() error { return s.apply(ctx, tx, when) }); whole != nil {
				return whole
			}
		}
		failpoint.Hit("lake.commit.in-transaction")
		return nil
	})
	return errs, err
}

// straight runs fn so that its error is the whole transaction's.
func straight(_ context.Context, _ metadb.Tx, fn func() error) (err, whole error) {
	if err = fn(); err != nil && !metadb.IsPassing(err) {
		return nil, fmt.Errorf("%w: %w", errOfOne, err)
	}
	return nil, err
}

// within runs fn so that nothing of it remains where it fails; whole is the
// transaction's own error.
func within(ctx context.Context, tx metadb.Tx, fn func() error) (err, whole error) {
	if _, whole = tx.Exec(ctx, `SAVEPOINT publication`); whole != nil {
		return nil, whole
	}
	if err = fn(); metadb.IsPassing(err) {
		return nil, err // all of it has to be done again
	}
	if err != nil {
		_, whole = tx.Exec(ctx, `ROLLBACK TO SAVEPOINT publication`)
	}
	if whole == nil {
		_, whole = tx.Exec(ctx, `RELEASE SAVEPOINT publication`)
	}
	if whole != nil {
		whole = errors.Join(fmt.Errorf("publish several tables together: %w", whole), err)
	}
	return err, whole
}

func (s *sharing) stages() []string { return stagesOf(s.publication.Candidates) }

// now is the publication with what moved as it is now.
func (s *sharing) now() Publication {
	p := s.publication
	if len(s.moves) == 0 {
		return p
	}
	p.Candidates = slices.Clone(p.Candidates)
	for _, m := range s.moves {
		p.Candidates[slices.Index(p.Candidates, m.candidate)] = m.next
	}
	return p
}

// apply is what a publication does within a transaction, which has a time.
func (s *sharing) apply(ctx context.Context, tx metadb.Tx, when time.Time) error {
	for _, base := range s.bases {
		if err := recordPointer(ctx, tx, base.entry, base.snapshot, base.since); err != nil {
			return err
		}
	}
	for _, m := range s.moves {
		if err := m.apply(ctx, tx); err != nil {
			return err
		}
	}
	if err := s.now().apply(ctx, tx, when); err != nil {
		return err
	}
	if s.fn != nil {
		return s.fn(tx)
	}
	return nil
}
