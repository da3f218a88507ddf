package lake

import (
	"context"
	"errors"
	"fmt"
	"sync"

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

	next chan turn
}

// turn is what a waiting publication is told.
type turn struct {
	do  doing
	err error // of what was done
}

type doing int

const (
	done  doing = iota // by another, with err
	lead               // take all that wait, yourself among them
	alone              // the shared transaction came to nothing
)

// turns are the publications that wait; one at a time leads.
type turns struct {
	mu      sync.Mutex
	leading bool
	waiting []*sharing
}

// join waits until s is done, or is to do something itself.
func (t *turns) join(s *sharing) turn {
	s.next = make(chan turn, 1)
	t.mu.Lock()
	t.waiting = append(t.waiting, s)
	if !t.leading {
		t.leading = true
		t.mu.Unlock()
		return turn{do: lead}
	}
	t.mu.Unlock()
	return <-s.next
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

// share publishes s with others, or alone.
func (l *Lake) share(s *sharing) error {
	switch t := l.turns.join(s); t.do {
	case done:
		return t.err
	case alone:
		return l.publishOne(s)
	}
	return l.lead(s)
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
	if err := l.sync(s.ctx, s.stages()); err != nil {
		return err
	}
	return l.db.Update(s.ctx, func(tx metadb.Tx) error {
		if err := s.apply(s.ctx, tx); err != nil {
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
	if err := l.sync(ctx, ids); err != nil {
		return nil, err
	}
	errs = make([]error, len(all))
	err = l.db.Update(ctx, func(tx metadb.Tx) error {
		for i, s := range all {
			if errs[i] = s.ctx.Err(); errs[i] != nil {
				continue
			}
			var whole error
			if errs[i], whole = within(ctx, tx, func() error { return s.apply(ctx, tx) }); whole != nil {
				return whole
			}
		}
		failpoint.Hit("lake.commit.in-transaction")
		return nil
	})
	return errs, err
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

// apply is what a publication does within a transaction.
func (s *sharing) apply(ctx context.Context, tx metadb.Tx) error {
	when, err := commitTime(ctx, tx)
	if err != nil {
		return err
	}
	for _, base := range s.bases {
		if err := recordPointer(ctx, tx, base.entry, base.snapshot, base.since); err != nil {
			return err
		}
	}
	if err := s.publication.apply(ctx, tx, when); err != nil {
		return err
	}
	if s.fn != nil {
		return s.fn(tx)
	}
	return nil
}
