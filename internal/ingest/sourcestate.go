package ingest

import (
	"context"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// sourceState is what a source said at the end of a load.
type sourceState struct {
	origin string
	state  []byte
	loadID string
	at     time.Time
}

// sourceStates reads the states of a table's sources, by origin.
func sourceStates(ctx context.Context, db *metadb.DB, t ident.Table) (map[string][]byte, error) {
	states := map[string][]byte{}
	err := db.View(ctx, func(tx metadb.Tx) error {
		rows, err := tx.Query(ctx, `SELECT origin, state FROM tarn_source WHERE namespace = ? AND table_name = ?`, t.Namespace, t.Name)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var origin string
			var state []byte
			if err := rows.Scan(&origin, &state); err != nil {
				return err
			}
			states[origin] = state
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read what the sources of %s said: %w", t, err)
	}
	return states, nil
}

// saveSources writes states; with clear, those that the table had are forgotten
// first.
func saveSources(ctx context.Context, tx metadb.Tx, t ident.Table, states []sourceState, clear bool) error {
	if clear {
		if _, err := tx.Exec(ctx, `DELETE FROM tarn_source WHERE namespace = ? AND table_name = ?`, t.Namespace, t.Name); err != nil {
			return fmt.Errorf("forget what the sources of %s said: %w", t, err)
		}
	}
	for _, s := range states {
		_, err := tx.Exec(ctx, `INSERT INTO tarn_source (namespace, table_name, origin, state, load_id, loaded_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (namespace, table_name, origin) DO UPDATE SET state = excluded.state, load_id = excluded.load_id, loaded_at = excluded.loaded_at`,
			t.Namespace, t.Name, s.origin, s.state, s.loadID, s.at.UnixMicro())
		if err != nil {
			return fmt.Errorf("write what a source of %s said: %w", t, err)
		}
	}
	return nil
}
