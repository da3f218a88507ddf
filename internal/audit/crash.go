package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Sweep marks the statements whose process is gone as crashed, and returns how
// many there were. Whoever looks at the record calls it before.
func (l *Log) Sweep(ctx context.Context) (found int64, err error) {
	var open []string
	err = l.State.View(ctx, func(tx metadb.Tx) error {
		open, err = texts(ctx, tx, `SELECT DISTINCT process FROM statement WHERE state IN ('queued', 'running')`)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look for crashed statements: %w", err)
	}
	for _, process := range open {
		if process == l.Process || l.Live(process) {
			continue
		}
		n, err := l.bury(ctx, process)
		if err != nil {
			return found, fmt.Errorf("mark the statements of %s as crashed: %w", process, err)
		}
		found += n
	}
	return found, nil
}

// bury marks what a dead process has left.
func (l *Log) bury(ctx context.Context, process string) (n int64, err error) {
	now := time.Now().UTC()
	err = l.State.Update(ctx, func(tx metadb.Tx) error {
		ids, err := texts(ctx, tx, `SELECT id FROM statement WHERE process = ? AND state IN ('queued', 'running') ORDER BY submitted, id`, process)
		if err != nil {
			return err
		}
		n, err = tx.Exec(ctx, `UPDATE statement SET state = ?, code = 'crashed', message = 'the process ' || pid || ' on ' || host || ' ended without finishing the statement'
			WHERE process = ? AND state IN ('queued', 'running')`, string(Crashed), process)
		if err != nil || !l.telling {
			return err
		}
		for _, id := range ids {
			if err := putEvent(ctx, tx, id, crashed, now); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// texts reads a column.
func texts(ctx context.Context, tx metadb.Tx, query string, args ...any) (found []string, err error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}
