package metadb

import (
	"context"
	"slices"
	"time"
)

// claimWait is how long a claim of others is respected: whoever has it may
// sleep.
const claimWait = 15 * time.Second

// Claim is the right of way among processes that are about to change the same
// things. It is a courtesy, which spares them to find out at the end that another
// was quicker: what counts is what an Update finds. It ends with its process.
type Claim struct {
	waited  bool
	release func()
}

// Waited reports whether somebody else had it.
func (c *Claim) Waited() bool { return c.waited }

// Release lets the next one go.
func (c *Claim) Release() {
	if c.release != nil {
		c.release()
	}
}

// Claim waits until nobody else claims any of these names, but no longer than a
// while: who does not let go of it is passed. The error is that of ctx, or that
// claims cannot be made at all.
func (db *DB) Claim(ctx context.Context, names ...string) (*Claim, error) {
	names = slices.Clone(names)
	slices.Sort(names)
	waiting, stop := context.WithTimeout(ctx, claimWait)
	defer stop()
	c, err := db.claim(waiting, slices.Compact(names))
	switch {
	case ctx.Err() != nil:
		if err == nil {
			c.Release()
		}
		return nil, ctx.Err()
	case waiting.Err() != nil && err != nil:
		return &Claim{waited: true}, nil
	}
	return c, err
}
