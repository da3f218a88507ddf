package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// Expire takes statements out of the record that are older than they are kept,
// and returns how many. What somebody is still to be told of stays, and so does
// what has not ended.
func (l *Log) Expire(ctx context.Context) (gone int64, err error) {
	if l.Keep == 0 {
		return 0, nil
	}
	before := formatTime(time.Now().Add(-l.Keep))
	for {
		var n int64
		// A few at a time: others write, too.
		err := l.State.Note(ctx, func(tx metadb.Tx) (err error) {
			n, err = tx.Exec(ctx, `DELETE FROM statement WHERE id IN (SELECT id FROM statement
				WHERE submitted < ? AND state NOT IN ('queued', 'running')
				AND NOT EXISTS (SELECT 1 FROM statement_event e WHERE e.statement_id = statement.id) LIMIT 1000)`, before)
			return err
		})
		if err != nil {
			return gone, fmt.Errorf("take old statements out of the record: %w", err)
		}
		if gone += n; n < 1000 {
			return gone, nil
		}
	}
}
