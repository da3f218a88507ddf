package backoff

import (
	"context"
	"time"
)

// longestInLine is how long an attempt waits for others that are under way.
const longestInLine = 20 * time.Second

// line is attempts that are under way, by what they are counted by, and who waits
// for their ends.
type line struct {
	underWay map[key]int
	ended    chan struct{} // closed with the next end
}

func newLine() line { return line{map[key]int{}, make(chan struct{})} }

// Begin is [Backoff.Try] for attempts that take a while. Where nothing but
// attempts that are under way keeps it back, it waits for them: a pool of
// connections logs in many times at once, and all of them may be good. It must be
// told how the attempt ends.
func (b *Backoff) Begin(ctx context.Context, name, address string) (*Attempt, time.Duration) {
	ctx, stop := context.WithTimeout(ctx, longestInLine)
	defer stop()
	for {
		a, wait, ended := b.begin(name, address)
		if ended == nil {
			return a, wait
		}
		select {
		case <-ended:
		case <-ctx.Done():
			return nil, wait
		}
	}
}

// begin begins an attempt or says what to wait for; where there is nothing to
// wait for but time, it says how long.
func (b *Backoff) begin(name, address string) (a *Attempt, wait time.Duration, ended <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a, wait = b.try(name, address); a != nil {
		a.inLine = true
		for _, k := range a.keys {
			b.line.underWay[k]++
		}
		return a, 0, nil
	}
	now := b.now()
	for _, k := range b.keys(name, address, now) {
		if b.count(k, now).until.After(now) && b.line.underWay[k] == 0 {
			return nil, wait, nil
		}
	}
	return nil, wait, b.line.ended
}

// leave tells those who wait that the attempt is over.
func (a *Attempt) leave() {
	if !a.inLine {
		return
	}
	a.inLine = false
	for _, k := range a.keys {
		if a.b.line.underWay[k]--; a.b.line.underWay[k] == 0 {
			delete(a.b.line.underWay, k)
		}
	}
	close(a.b.line.ended)
	a.b.line.ended = make(chan struct{})
}
