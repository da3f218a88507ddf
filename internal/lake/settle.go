package lake

import (
	"context"
	"fmt"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// settle finds out whether a publication was committed of which nobody can say:
// the connection was lost in the middle. It asks when its turn as a writer has
// come, so that the server has done with that transaction.
func (l *Lake) settle(ctx context.Context, p Publication) (committed bool, err error) {
	err = l.db.Update(context.WithoutCancel(ctx), func(tx metadb.Tx) error {
		committed, err = p.isThere(ctx, tx)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("find out whether it was published: %w", err)
	}
	return committed, nil
}

// isThere reports whether the changes are what readers see. Of a publication
// that only makes or removes namespaces the answer is no: doing it again does
// no harm.
func (p Publication) isThere(ctx context.Context, tx metadb.Tx) (there bool, err error) {
	covered := p.covered()
	for _, c := range p.Candidates {
		if covered[c.Stage] {
			continue
		}
		rows, err := stages(ctx, tx, `id = ? AND state = ?`, c.Stage, stateCommitted)
		if err != nil || len(rows) == 0 {
			return false, err
		}
		c.Base, c.Location = rows[0].Base, rows[0].Location // it may have moved along
		there = true
	}
	if there {
		return true, nil
	}
	for _, d := range p.Drops {
		if d.Base == "" {
			continue
		}
		current, found, err := pointer(ctx, tx, d.Name)
		return err == nil && (!found || current.Location != d.Base), err
	}
	return false, nil
}
