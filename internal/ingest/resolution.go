package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// The ways in which records leave quarantine on purpose. Where their file is
// loaded anew they are replaced, which is no resolution.
const (
	Replayed  = "replayed"
	Discarded = "discarded"
)

// Resolution tells that records left quarantine: what the loads quarantined,
// less what was resolved, is there.
type Resolution struct {
	ID    string
	Table ident.Table
	// Action is Replayed or Discarded.
	Action string
	// LoadID is the load that wrote the replayed records, "" for others.
	LoadID    string
	Run       string
	Principal string
	Reason    string
	Records   int64
	At        time.Time
}

func (r Resolution) save(ctx context.Context, tx metadb.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO tarn_resolution
		(resolution_id, namespace, table_name, action, load_id, run, principal, reason, records, resolved_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Table.Namespace, r.Table.Name, r.Action, r.LoadID, r.Run, r.Principal, r.Reason, r.Records, r.At.UnixMicro())
	if err != nil {
		return fmt.Errorf("record what left the quarantine of %s: %w", r.Table, err)
	}
	return nil
}

// Resolutions returns why records left quarantine, oldest first.
func Resolutions(ctx context.Context, db *metadb.DB) ([]Resolution, error) {
	var list []Resolution
	err := db.View(ctx, func(tx metadb.Tx) error {
		list = nil
		rows, err := tx.Query(ctx, `SELECT resolution_id, namespace, table_name, action, load_id, run, principal, reason, records, resolved_at
			FROM tarn_resolution ORDER BY resolved_at, resolution_id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r Resolution
			var at int64
			if err := rows.Scan(&r.ID, &r.Table.Namespace, &r.Table.Name, &r.Action, &r.LoadID, &r.Run, &r.Principal, &r.Reason, &r.Records, &at); err != nil {
				return err
			}
			r.At = time.UnixMicro(at).UTC()
			list = append(list, r)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read what left quarantine: %w", err)
	}
	return list, nil
}
