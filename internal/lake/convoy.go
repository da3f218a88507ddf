package lake

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/failpoint"
)

// convoys are publications of changes that move along, gathered by the tables
// that they are for. Those of one process go together, each built on the one
// before, so that none is overtaken by another; where other processes want the
// same tables, whoever has their claim goes.
type convoys struct {
	mu      sync.Mutex
	waiting map[string][]*sharing // by tables; there is one who gathers as long as there is an entry
}

// join says whether s is to gather those who come.
func (c *convoys) join(s *sharing) (first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting == nil {
		c.waiting = map[string][]*sharing{}
	}
	others, found := c.waiting[s.tables()]
	c.waiting[s.tables()] = append(others, s)
	return !found
}

// take returns all that wait for the same tables as s.
func (c *convoys) take(s *sharing) []*sharing {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.waiting[s.tables()]
	c.waiting[s.tables()] = nil
	return all
}

// leave is for one who gives up before it took anybody.
func (c *convoys) leave(s *sharing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[s.tables()] = slices.DeleteFunc(c.waiting[s.tables()], func(o *sharing) bool { return o == s })
}

// pass lets the next one gather.
func (c *convoys) pass(s *sharing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if next := c.waiting[s.tables()]; len(next) > 0 {
		next[0].next <- turn{do: gather}
		return
	}
	delete(c.waiting, s.tables())
}

// moving are the tables of the changes that move along, in order.
func (p Publication) moving() (keys []string) {
	covered := p.covered()
	for _, c := range p.Candidates {
		if c.movesAlong() && !covered[c.Stage] {
			keys = append(keys, c.Name.Key())
		}
	}
	slices.Sort(keys)
	return keys
}

func (s *sharing) tables() string { return strings.Join(s.keys, "\x00") }

// gather takes all that want the same tables as s, and s itself, on to the next
// transaction, and waits until they are through.
func (l *Lake) gather(s *sharing) error {
	defer l.convoys.pass(s)
	let, err := l.enter(s.ctx, s.keys)
	if err != nil {
		l.convoys.leave(s)
		return err
	}
	defer let()
	var others sync.WaitGroup
	defer others.Wait()
	ready := l.chain(context.WithoutCancel(s.ctx), l.convoys.take(s))
	for _, other := range ready {
		if other != s {
			others.Add(1)
			other.through = others.Done
		}
	}
	failpoint.Hit("lake.commit.before-swap")
	l.turns.line(ready...)
	return l.follow(s)
}

// enter waits until no other change of this process is about the tables, nor
// one of other processes where there are some.
func (l *Lake) enter(ctx context.Context, keys []string) (leave func(), err error) {
	out, err := l.queue.enter(ctx, keys...)
	if err != nil {
		return nil, err
	}
	rivals := l.rivals.of(keys)
	if len(rivals) == 0 {
		return out, nil
	}
	claim, err := l.db.Claim(ctx, rivals...)
	if err != nil {
		out()
		return nil, err
	}
	if claim.Waited() {
		l.rivals.seen(rivals...)
	}
	return func() { claim.Release(); out() }, nil
}

// rivalry is how long tables are claimed that another process has changed while
// this one was about to.
const rivalry = 10 * time.Second

// rivals are tables that other processes change, too.
type rivals struct {
	mu    sync.Mutex
	until map[string]time.Time
}

func (r *rivals) seen(keys ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until == nil {
		r.until = map[string]time.Time{}
	}
	for _, key := range keys {
		r.until[key] = time.Now().Add(rivalry)
	}
}

func (r *rivals) of(keys []string) (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range keys {
		until, found := r.until[key]
		switch {
		case !found:
		case time.Now().After(until):
			delete(r.until, key)
		default:
			out = append(out, key)
		}
	}
	return out
}
