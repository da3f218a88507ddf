package pgwire

import (
	"context"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/workspace"
)

// savepoint is a point in a transaction to go back to: with what was changed
// until then, nil for nothing, and the portals that were open.
type savepoint struct {
	name    string
	work    *workspace.Savepoint
	portals map[*portal]bool
}

func (c *conn) savepoint(w *words) (*command, error) {
	name := w.next()
	return doing("SAVEPOINT", func() error {
		if c.transaction == 0 {
			return fail("25P01", "SAVEPOINT can only be used in transaction blocks")
		}
		if len(c.savepoints) >= maxOpen {
			return fail("54000", "there are %d savepoints", len(c.savepoints))
		}
		s := savepoint{name: ident.Fold(name), portals: map[*portal]bool{}}
		if c.work != nil {
			s.work = c.work.Save()
		}
		for _, p := range c.portals {
			s.portals[p] = true
		}
		c.savepoints = append(c.savepoints, s)
		c.settings.save()
		return nil
	}), nil
}

// rollbackTo takes back what was done since a savepoint, which stays.
func (c *conn) rollbackTo(name string) *command {
	return &command{ends: true, run: func(ctx context.Context, p *portal) (string, error) {
		at, err := c.find(name)
		if err != nil {
			return "", err
		}
		s := c.savepoints[at]
		for called, other := range c.portals {
			if other != p && !s.portals[other] {
				other.close()
				delete(c.portals, called)
			}
		}
		c.savepoints, c.transaction = c.savepoints[:at+1], 'T'
		c.settings.undo(at + 1)
		if c.work != nil {
			err = c.work.Back(ctx, s.work)
		}
		return "ROLLBACK", err
	}}
}

func (c *conn) release(w *words) (*command, error) {
	w.accept("SAVEPOINT")
	name := w.next()
	return doing("RELEASE", func() error {
		at, err := c.find(name)
		if err != nil {
			return err
		}
		// One from before the first change needs nothing, but those after it may.
		for _, s := range c.savepoints[at:] {
			if s.work != nil {
				c.work.Release(s.work)
				break
			}
		}
		c.savepoints = c.savepoints[:at]
		c.settings.release(at + 1)
		return nil
	}), nil
}

// find returns where the last savepoint of a name is.
func (c *conn) find(name string) (int, error) {
	if c.transaction == 0 {
		return 0, fail("25P01", "savepoints can only be used in transaction blocks")
	}
	for i, s := range slices.Backward(c.savepoints) {
		if s.name == ident.Fold(name) {
			return i, nil
		}
	}
	return 0, fail("3B001", "savepoint %q does not exist", name)
}
