package lake

import (
	"context"
	"errors"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// keptState is a metadata file that something needs.
type keptState struct {
	name     ident.Table
	location string
	snapshot int64 // that is read through it; -1 is not known
	current  bool
}

// keptStates are all of them, what readers see now first.
func (l *Lake) keptStates(ctx context.Context) (out []keptState, err error) {
	err = l.db.View(ctx, func(tx metadb.Tx) (err error) {
		out = nil
		rows, err := tx.Query(ctx, `SELECT table_namespace, table_name, metadata_location, -1, 1 FROM iceberg_tables WHERE catalog_name = ? AND metadata_location <> ''
			UNION ALL SELECT table_namespace, table_name, previous_metadata_location, 0, 0 FROM iceberg_tables WHERE catalog_name = ? AND previous_metadata_location <> ''
			UNION ALL SELECT namespace, name, location, snapshot_id, 0 FROM tarn_pointer WHERE location <> ''
			UNION ALL SELECT namespace, name, location, -1, 0 FROM tarn_stage WHERE location <> '' AND state IN (?, ?)
			UNION ALL SELECT namespace, name, base, -1, 0 FROM tarn_stage WHERE base <> '' AND state IN (?, ?)`,
			CatalogName, CatalogName, stateCandidate, stateHeld, stateCandidate, stateHeld)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var k keptState
			if err := rows.Scan(&k.name.Namespace, &k.name.Name, &k.location, &k.snapshot, &k.current); err != nil {
				return err
			}
			out = append(out, k)
		}
		return rows.Err()
	})
	slices.SortStableFunc(out, func(a, b keptState) int {
		if a.current != b.current && a.current {
			return -1
		} else if a.current != b.current {
			return 1
		}
		return 0
	})
	return out, err
}

// keysOf returns the keys of a map.
func keysOf[V any](m map[string]V) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	return names
}
