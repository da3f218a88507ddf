// Package backoff is for making guesses slow: whoever fails often has to wait,
// each time twice as long.
//
// It promises that an attempt counts before it is known how it ends, so that
// guesses made at once count as those made in turn, and who is no worse than
// others that are under way waits for these ([Backoff.Begin]); that it needs a bounded
// amount of memory whatever comes; that nobody is locked out for longer than
// the longest wait; and that somebody who logged in from an address lately is
// not kept out by what others do elsewhere, nor by what they do to other names
// from the same address. It leaves to others what an attempt is.
package backoff

import (
	"sync"
	"time"
)

// limit is for one kind of thing that attempts are counted by.
type limit struct {
	// free attempts cost nothing; after them one waits a second, then two, …
	free int
	most time.Duration
}

// The limits: of a name from one address; of an address, which many people may
// share; of a name from everywhere. The last is short, as it is the one that
// strangers can bring somebody else to.
var (
	ofPair    = limit{5, 5 * time.Minute}
	ofAddress = limit{30, time.Minute}
	ofName    = limit{100, 30 * time.Second}
)

// firstWait is doubled with each attempt.
const firstWait = time.Second

// forgetAfter is how long a count is kept after its last attempt, and
// rememberFor how long an address is known from which somebody logged in.
const (
	forgetAfter = 15 * time.Minute
	rememberFor = 30 * 24 * time.Hour
)

// most is how many counts, and how many logins, are kept.
const most = 20_000

// Backoff counts attempts. It is safe for concurrent use.
type Backoff struct {
	now    func() time.Time
	mu     sync.Mutex
	counts *recent[key, count]
	// known has where names logged in, which strangers cannot push out.
	known *recent[key, time.Time]
	line  line
}

type key struct{ name, address string }

type count struct {
	failures int
	// last is the latest attempt, until when no other one is taken.
	last, until time.Time
}

// New returns a backoff that has counted nothing. now tells the time.
func New(now func() time.Time) *Backoff {
	return &Backoff{now: now, counts: newRecent[key, count](most), known: newRecent[key, time.Time](most), line: newLine()}
}

// Attempt is one that may be made.
type Attempt struct {
	b    *Backoff
	keys []key
	pair key
	// inLine: others wait for its end.
	inLine bool
}

// Try begins an attempt at a name from an address ("" is no name: of an address
// alone), or tells how long to wait. An attempt that is neither good nor undone
// has failed.
func (b *Backoff) Try(name, address string) (*Attempt, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.try(name, address)
}

func (b *Backoff) try(name, address string) (*Attempt, time.Duration) {
	now := b.now()
	keys, pair := b.keys(name, address, now), key{name, address}
	var wait time.Duration
	for _, k := range keys {
		wait = max(wait, b.count(k, now).until.Sub(now))
	}
	if wait > 0 {
		return nil, wait
	}
	for _, k := range keys {
		c := b.count(k, now)
		c.failures++
		c.last = now
		if over := c.failures - k.limit().free; over > 0 {
			c.until = now.Add(doubled(over-1, k.limit().most))
		}
		b.counts.put(k, c)
	}
	return &Attempt{b: b, keys: keys, pair: pair}, 0
}

// keys are what an attempt is counted by.
func (b *Backoff) keys(name, address string, now time.Time) []key {
	pair := key{name, address}
	if name == "" {
		return []key{{"", address}}
	}
	if at, found := b.known.get(pair); found && now.Sub(at) < rememberFor {
		return []key{pair}
	}
	return []key{pair, {"", address}, {name, ""}}
}

func (k key) limit() limit {
	switch {
	case k.name == "":
		return ofAddress
	case k.address == "":
		return ofName
	default:
		return ofPair
	}
}

// doubled is the first wait, doubled n times, and the longest at most.
func doubled(n int, longest time.Duration) time.Duration {
	const enough = 20
	return min(firstWait<<min(n, enough), longest)
}

// count is what is known of a key; nothing where it is long ago.
func (b *Backoff) count(k key, now time.Time) count {
	if c, found := b.counts.get(k); found && now.Sub(c.last) < forgetAfter {
		return c
	}
	return count{}
}

// Good says that the attempt was who it said it was: the name starts anew from
// its address, and is known there.
func (a *Attempt) Good() {
	a.Undo()
	a.b.mu.Lock()
	defer a.b.mu.Unlock()
	a.b.counts.drop(a.pair)
	a.b.known.put(a.pair, a.b.now())
}

// Bad says that the attempt has failed.
func (a *Attempt) Bad() {
	a.b.mu.Lock()
	defer a.b.mu.Unlock()
	a.leave()
}

// Undo says that the attempt came to no end: it does not count.
func (a *Attempt) Undo() {
	a.b.mu.Lock()
	defer a.b.mu.Unlock()
	defer a.leave()
	for _, k := range a.keys {
		c := a.b.count(k, a.b.now())
		if c.failures == 0 {
			continue
		}
		c.failures--
		c.until = time.Time{}
		if over := c.failures - k.limit().free; over > 0 {
			c.until = c.last.Add(doubled(over-1, k.limit().most))
		}
		a.b.counts.put(k, c)
	}
}
