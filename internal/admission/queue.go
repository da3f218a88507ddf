package admission

import (
	"cmp"
	"slices"
)

// shares are those that a statement of somebody takes from: everybody's, the
// groups' and, last, the user's.
func (q *Queue) shares(who Who) []*share {
	list := make([]*share, 1, len(who.Groups)+2)
	list[0] = &q.all
	for _, g := range who.Groups {
		if limit, bounded := q.limits.Groups[g]; bounded {
			list = append(list, q.share("group:"+g, limit))
		}
	}
	return append(list, q.share(who.Principal, q.limits.of(who)))
}

// share finds the share of a name, or makes it. Its limit is the one of now: a
// user may have come into a group.
func (q *Queue) share(name string, limit Limit) *share {
	s := q.some[name]
	if s == nil {
		s = &share{name: name}
		q.some[name] = s
	}
	s.limit = limit
	return s
}

// forget lets go of shares that nobody has anything of.
func (q *Queue) forget(shares []*share) {
	for _, s := range shares {
		if s.running+s.queued+s.connections == 0 {
			delete(q.some, s.name)
		}
	}
}

// enter lets a turn wait, and run where it may.
func (q *Queue) enter(t *Turn) {
	t.shares = q.shares(t.who)
	t.state, t.ready = waits, make(chan struct{})
	u := t.user()
	at, _ := slices.BinarySearchFunc(u.waiting, t.number, func(w *Turn, n uint64) int { return cmp.Compare(w.number, n) })
	u.waiting = slices.Insert(u.waiting, at, t)
	q.lines[u] = true
	t.count(+1)
	q.grant()
}

// drop takes a turn out that waits.
func (q *Queue) drop(t *Turn) {
	u := t.user()
	at := slices.Index(u.waiting, t)
	if u.waiting = slices.Delete(u.waiting, at, at+1); len(u.waiting) == 0 {
		delete(q.lines, u)
	}
	t.count(-1)
}

// count adds to how many wait.
func (t *Turn) count(n int) {
	for _, s := range t.shares {
		if s.queued += n; !t.began {
			s.fresh += n
		}
	}
}

// grant gives places that are free to who is next.
func (q *Queue) grant() {
	for q.all.running < q.all.limit.Running {
		t := q.next()
		if t == nil {
			return
		}
		q.drop(t)
		t.state, t.began = runs, true
		for _, s := range t.shares {
			s.running++
		}
		close(t.ready)
	}
}

// next is the turn that a free place goes to; nil is none.
func (q *Queue) next() (best *Turn) {
	for u := range q.lines {
		t := u.waiting[0]
		if !t.may() {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(u.running, best.user().running), cmp.Compare(t.number, best.number)) < 0 {
			best = t
		}
	}
	return best
}

// may reports whether all that it takes from have a place left, and it may begin
// where it has not.
func (t *Turn) may() bool {
	return (t.began || !t.queue.stopped) && !slices.ContainsFunc(t.shares, (*share).busy)
}

// busy reports whether as many run as may.
func (s *share) busy() bool { return s.limit.Running > 0 && s.running >= s.limit.Running }

// leave takes a turn out, wherever it is, and gives its place on.
func (q *Queue) leave(t *Turn) {
	switch t.state {
	case waits:
		q.drop(t)
	case runs:
		for _, s := range t.shares {
			s.running--
		}
	case away:
		return
	}
	t.state = away
	q.grant()
	q.forget(t.shares)
}

// refuse takes a turn out for good.
func (q *Queue) refuse(t *Turn, why *Refusal) {
	t.err = why
	q.refused[why.Code]++
	q.leave(t)
	if t.ready != nil {
		close(t.ready)
	}
}
