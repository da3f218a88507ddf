package lake

import (
	"context"
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Settle ends what was being published in somebody else's catalog by runs whose
// process died: what the catalog has is recorded, and what it has not is
// published now. It returns the names.
func (l *Lake) Settle(ctx context.Context, live func(run string) bool) (names []ident.Table, err error) {
	if l.outside == nil {
		return nil, nil
	}
	var all []*intent
	err = l.db.View(ctx, func(tx metadb.Tx) error {
		all, err = intents(ctx, tx)
		return err
	})
	for _, in := range all {
		if err != nil || live(in.Run) {
			continue
		}
		for _, s := range in.Steps {
			names = append(names, s.Name)
		}
		err = l.settleIntent(ctx, in)
		var conflict *ConflictError
		if errors.As(err, &conflict) {
			l.log.Warn("a run that died did not publish "+conflict.Table.String()+", which has changed since", "run", in.Run)
			err = nil
		}
	}
	if err != nil {
		return names, fmt.Errorf("end what a run that died was publishing: %w", err)
	}
	return names, nil
}

func (l *Lake) settleIntent(ctx context.Context, in *intent) error {
	for _, s := range in.Steps {
		if s.Drop {
			current, _, err := l.currentEntry(ctx, s.Name)
			if err != nil {
				return err
			}
			s.taken = current.Location != s.Base
			continue
		}
		var rows []stageRow
		err := l.db.View(ctx, func(tx metadb.Tx) (err error) {
			if rows, err = stages(ctx, tx, `id = ?`, s.Stage); err == nil && len(rows) == 0 {
				err = stageGone(ctx, tx, s.Stage)
			}
			return err
		})
		if err != nil {
			return err
		}
		// A rebase may have moved it along since it was written down.
		s.candidate = rows[0].candidate()
		if s.Base != "" {
			s.Base = s.candidate.Base
		}
		change, err := l.changeOf(ctx, s)
		if err != nil {
			return err
		}
		if _, err := l.look(ctx, s, change); err != nil {
			return err
		}
	}
	return l.carryOut(ctx, in)
}
