package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// fileState is what the ledger knows of a file of a table.
type fileState struct {
	path       string
	size       int64
	modifiedNS int64
	// version is what tells that the file is what it was where size and time do
	// not; see locate.File.
	version  string
	sha256   string
	lines    int64
	records  int64
	written  int64
	rejected int64
	// skipped counts what the contract left out, by reason; the ledger does not
	// keep it.
	skipped map[string]int64
	// context is what reading records of the file again takes; hasContext is
	// false where it was loaded before that was kept.
	context    []byte
	hasContext bool
	// canGrow: the file ended cleanly and is stored as it is read, so that what
	// is appended to it can be read alone.
	canGrow bool
	// sameAs is the path whose content this file has; its rows are that file's.
	sameAs   string
	loadID   string
	loadedAt time.Time
}

// ledger reads the states of all files of a table.
func ledger(ctx context.Context, db *metadb.DB, t ident.Table) (map[string]fileState, error) {
	states := map[string]fileState{}
	err := db.View(ctx, func(tx metadb.Tx) error {
		rows, err := tx.Query(ctx, `SELECT path, size, modified_ns, sha256, lines, records, written, quarantined, can_grow, same_as, load_id, loaded_at, context, context IS NOT NULL, version
			FROM tarn_file WHERE namespace = ? AND table_name = ?`, t.Namespace, t.Name)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s fileState
			var at int64
			if err := rows.Scan(&s.path, &s.size, &s.modifiedNS, &s.sha256, &s.lines, &s.records, &s.written, &s.rejected, &s.canGrow, &s.sameAs, &s.loadID, &at, &s.context, &s.hasContext, &s.version); err != nil {
				return err
			}
			s.loadedAt = time.UnixMicro(at).UTC()
			states[s.path] = s
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the file ledger of %s: %w", t, err)
	}
	return states, nil
}

// saveFiles writes states into the ledger of t; with clear, those that it had
// are forgotten first.
func saveFiles(ctx context.Context, tx metadb.Tx, t ident.Table, states []fileState, clear bool) error {
	if clear {
		if _, err := tx.Exec(ctx, `DELETE FROM tarn_file WHERE namespace = ? AND table_name = ?`, t.Namespace, t.Name); err != nil {
			return fmt.Errorf("clear the file ledger of %s: %w", t, err)
		}
	}
	for _, s := range states {
		_, err := tx.Exec(ctx, `INSERT INTO tarn_file
			(namespace, table_name, path, size, modified_ns, sha256, lines, records, written, quarantined, can_grow, same_as, load_id, loaded_at, context, version)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (namespace, table_name, path) DO UPDATE SET size = excluded.size, modified_ns = excluded.modified_ns,
				sha256 = excluded.sha256, lines = excluded.lines, records = excluded.records, written = excluded.written,
				quarantined = excluded.quarantined, can_grow = excluded.can_grow, same_as = excluded.same_as,
				load_id = excluded.load_id, loaded_at = excluded.loaded_at, context = excluded.context, version = excluded.version`,
			t.Namespace, t.Name, s.path, s.size, s.modifiedNS, s.sha256, s.lines, s.records, s.written, s.rejected, s.canGrow, s.sameAs, s.loadID, s.loadedAt.UnixMicro(), s.kept(), s.version)
		if err != nil {
			return fmt.Errorf("write the file ledger of %s: %w", t, err)
		}
	}
	return nil
}

// kept is the context as the ledger has it: NULL where there is none.
func (s fileState) kept() any {
	if !s.hasContext {
		return nil
	}
	return append([]byte{}, s.context...)
}
