package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Why records of a load were not written.
const (
	// SkippedDuplicate counts the records of files whose content the table has
	// already under another path.
	SkippedDuplicate = "duplicate_content"
)

// Record is the account of one load: Read = Written + Quarantined + Skipped.
type Record struct {
	ID          string
	Table       ident.Table
	Run         string
	Started     time.Time
	Finished    time.Time
	Files       int64
	Bytes       int64
	Read        int64
	Written     int64
	Quarantined int64
	Skipped     int64
	// SkippedBy counts the skipped records by reason.
	SkippedBy map[string]int64
	// Checksum is the SHA-256 over names and contents of the load's files.
	Checksum string
}

// save writes the record; the database refuses one that does not add up.
func (r Record) save(ctx context.Context, tx metadb.Tx) error {
	by, err := json.Marshal(r.SkippedBy)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO tarn_load
		(load_id, namespace, table_name, run, started_at, finished_at, files, bytes, read, written, quarantined, skipped, skipped_by, checksum)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Table.Namespace, r.Table.Name, r.Run, r.Started.UnixMicro(), r.Finished.UnixMicro(),
		r.Files, r.Bytes, r.Read, r.Written, r.Quarantined, r.Skipped, string(by), r.Checksum)
	if err != nil {
		return fmt.Errorf("record the load of %s: %w", r.Table, err)
	}
	return nil
}

// Records returns the accounts of all loads, oldest first.
func Records(ctx context.Context, db *metadb.DB) ([]Record, error) {
	var list []Record
	err := db.View(ctx, func(tx metadb.Tx) error {
		list = nil
		rows, err := tx.Query(ctx, `SELECT load_id, namespace, table_name, run, started_at, finished_at, files, bytes, read, written, quarantined, skipped, skipped_by, checksum
			FROM tarn_load ORDER BY started_at, load_id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r Record
			var started, finished int64
			var by string
			if err := rows.Scan(&r.ID, &r.Table.Namespace, &r.Table.Name, &r.Run, &started, &finished, &r.Files, &r.Bytes, &r.Read, &r.Written, &r.Quarantined, &r.Skipped, &by, &r.Checksum); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(by), &r.SkippedBy); err != nil {
				return fmt.Errorf("load %s: %w", r.ID, err)
			}
			r.Started, r.Finished = time.UnixMicro(started).UTC(), time.UnixMicro(finished).UTC()
			list = append(list, r)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the record of loads: %w", err)
	}
	return list, nil
}
