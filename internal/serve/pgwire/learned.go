package pgwire

import (
	"context"
	"slices"

	"github.com/tarn-lake/tarn/internal/gate"
)

// mostLearned is how many statements' parameters are remembered for a client, and
// longestLearned how many bytes such a statement has.
const (
	mostLearned    = 256
	longestLearned = 8 << 10
)

// learned are the types of a statement's parameters, as the gate found them in a
// state of the catalog.
type learned struct {
	types []string
	state gate.State
	path  []string
}

// recalled returns the types of a statement's parameters for values that are
// there: it runs next, so that what it may do is decided then. Drivers that do not
// prepare send the same text with each of their values; where nothing has changed
// since, the types are those of the last time.
func (c *conn) recalled(ctx context.Context, st *statement) ([]string, error) {
	before := c.scope
	if _, err := c.now(ctx); err != nil {
		return nil, err
	}
	now := learned{state: c.server.Gate.State(c.scope, c.who), path: c.settings.path()}
	if c.transaction == 0 && c.writes(st) {
		c.scope = before // it goes on from what there is when it runs
	}
	last, known := c.learned[st.sql]
	if known && last.state.Same(now.state) && slices.Equal(last.path, now.path) {
		return last.types, nil
	}
	types, err := c.placeholders(ctx, st)
	if err != nil || len(st.sql) > longestLearned {
		return types, err
	}
	if len(c.learned) >= mostLearned || c.learned == nil {
		c.learned = map[string]learned{}
	}
	now.types = types
	c.learned[st.sql] = now
	return types, nil
}
