package lake

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// knownState is a metadata file that the database names.
type knownState struct {
	key, location string
	name          ident.Table
	// snapshot is what was read through it, 0 for none; -1 is not known.
	snapshot int64
	current  bool
}

// namedStates are those that the database names, once for each thing that names
// one. What was read through those of the past is SQL over tarn_pointer: the
// column snapshot_id, which copies of old databases do not have, or -1.
func namedStates(ctx context.Context, tx metadb.Tx, snapshot string) (out []knownState, err error) {
	rows, err := tx.Query(ctx, `SELECT table_namespace, table_name, metadata_location, -1, 1 FROM iceberg_tables WHERE catalog_name = ? AND metadata_location <> ''
		UNION ALL SELECT table_namespace, table_name, previous_metadata_location, 0, 0 FROM iceberg_tables WHERE catalog_name = ? AND previous_metadata_location <> ''
		UNION ALL SELECT namespace, name, location, `+snapshot+`, 0 FROM tarn_pointer WHERE location <> ''
		UNION ALL SELECT namespace, name, location, -1, 0 FROM tarn_stage WHERE location <> '' AND state IN (?, ?)
		UNION ALL SELECT namespace, name, base, -1, 0 FROM tarn_stage WHERE base <> '' AND state IN (?, ?)`,
		CatalogName, CatalogName, stateCandidate, stateHeld, stateCandidate, stateHeld)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s knownState
		if err := rows.Scan(&s.name.Namespace, &s.name.Name, &s.location, &s.snapshot, &s.current); err != nil {
			return nil, err
		}
		s.key = s.name.Key()
		out = append(out, s)
	}
	return out, rows.Err()
}

// knownStates are all of them, each once for each name, in order of the tables.
func knownStates(ctx context.Context, tx metadb.Tx) ([]knownState, error) {
	all, err := namedStates(ctx, tx, "-1")
	if err != nil {
		return nil, err
	}
	// Of one location, the first says whether readers see it.
	slices.SortStableFunc(all, func(a, b knownState) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.location, b.location))
	})
	return slices.CompactFunc(all, func(a, b knownState) bool { return a.key == b.key && a.location == b.location }), nil
}

// chunks are the states of each table.
func chunks(known []knownState) func(yield func([]knownState) bool) {
	return func(yield func([]knownState) bool) {
		for len(known) > 0 {
			n := 1
			for n < len(known) && known[n].key == known[0].key {
				n++
			}
			if !yield(known[:n]) {
				return
			}
			known = known[n:]
		}
	}
}

// currentFirst are the states of a table, the one that readers see first.
func currentFirst(states []knownState) []knownState {
	out := slices.Clone(states)
	slices.SortStableFunc(out, func(a, b knownState) int {
		switch {
		case a.current == b.current:
			return 0
		case a.current:
			return -1
		}
		return 1
	})
	return out
}
