package lake

import (
	"context"
	"fmt"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Swept is what a sweep removed.
type Swept struct {
	Stages int
	Files  int
	Bytes  int64
}

// Sweep removes the files of stages that were dropped, of those that a run
// left open or as candidates which is not live any more, and what rebases left
// in committed ones; nothing else. It can be stopped at any moment and started
// again.
func (l *Lake) Sweep(ctx context.Context, live func(run string) bool) (Swept, error) {
	var swept Swept
	doomed, err := l.condemn(ctx, live)
	if err != nil {
		return swept, fmt.Errorf("sweep: %w", err)
	}
	for _, r := range doomed {
		files, bytes, err := l.measure(ctx, r)
		if err == nil {
			err = l.removeStage(ctx, r)
		}
		if err != nil {
			return swept, fmt.Errorf("sweep the stage of %s: %w", r.Name, err)
		}
		swept.Stages++
		swept.Files += files
		swept.Bytes += bytes
	}
	if err := l.sweepSpare(ctx, &swept); err != nil {
		return swept, fmt.Errorf("sweep: %w", err)
	}
	return swept, nil
}

// condemn drops the stages of dead runs and returns all that are dropped. Once
// a stage is dropped no commit can use it, so its files are nobody's.
func (l *Lake) condemn(ctx context.Context, live func(run string) bool) ([]stageRow, error) {
	var doomed []stageRow
	err := l.db.Update(ctx, func(tx metadb.Tx) error {
		doomed = nil
		rows, err := stages(ctx, tx, `state IN (?, ?, ?)`, stateOpen, stateCandidate, stateDropped)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.State != stateDropped {
				if live(r.Run) {
					continue
				}
				if _, err := setState(ctx, tx, r.ID, stateDropped, r.State); err != nil {
					return err
				}
			}
			doomed = append(doomed, r)
		}
		return nil
	})
	return doomed, err
}

func (l *Lake) measure(ctx context.Context, r stageRow) (files int, bytes int64, err error) {
	for _, prefix := range []string{r.DataPrefix, r.MetadataPrefix} {
		for info, err := range l.store.List(ctx, prefix) {
			if err != nil {
				return 0, 0, err
			}
			files++
			bytes += info.Size
		}
	}
	return files, bytes, nil
}

// removeStage removes the files of a dropped stage, and then its row.
func (l *Lake) removeStage(ctx context.Context, r stageRow) error {
	l.unsynced.forget(r.ID)
	for _, prefix := range []string{r.DataPrefix, r.MetadataPrefix} {
		if err := l.store.DeletePrefix(ctx, prefix); err != nil {
			return err
		}
	}
	return l.db.Update(ctx, func(tx metadb.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM tarn_stage WHERE id = ? AND state = ?`, r.ID, stateDropped)
		return err
	})
}

// sweepSpare removes files of committed stages that rebases left there.
func (l *Lake) sweepSpare(ctx context.Context, swept *Swept) error {
	var rows []stageRow
	err := l.db.View(ctx, func(tx metadb.Tx) (err error) {
		rows, err = stages(ctx, tx, `state = ? AND spare <> '[]'`, stateCommitted)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		for _, name := range r.Spare {
			if info, err := l.store.Stat(ctx, name); err == nil {
				swept.Files++
				swept.Bytes += info.Size
			}
		}
		if err := l.store.Delete(ctx, r.Spare...); err != nil {
			return err
		}
		if err := l.db.Update(ctx, func(tx metadb.Tx) error { return setSpare(ctx, tx, r.ID, nil) }); err != nil {
			return err
		}
	}
	return nil
}
