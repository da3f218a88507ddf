package lake

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/metadb"
)

// Dropped is a name that was taken out of the catalog, by a commit of ours.
type Dropped struct {
	Name ident.Table
	At   time.Time
}

// Dropped returns the names that readers no longer see, in order of name. What
// they stood for can still be read as of a time before.
func (l *Lake) Dropped(ctx context.Context) ([]Dropped, error) {
	var out []Dropped
	err := l.db.View(ctx, func(tx metadb.Tx) error {
		out = nil
		rows, err := tx.Query(ctx, `SELECT namespace, name, committed_at FROM tarn_pointer
			WHERE kind = ? AND NOT EXISTS (SELECT 1 FROM tarn_pointer AS later WHERE later.table_key = tarn_pointer.table_key AND later.seq > tarn_pointer.seq)
			AND NOT EXISTS (SELECT 1 FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = namespace AND table_name = name)
			ORDER BY namespace, name`, dropped, CatalogName)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d Dropped
			var at int64
			if err := rows.Scan(&d.Name.Namespace, &d.Name.Name, &at); err != nil {
				return err
			}
			d.At = time.UnixMicro(at).UTC()
			out = append(out, d)
		}
		return rows.Err()
	})
	if err == nil && l.outside != nil && len(out) > 0 {
		// Another program may have made it again.
		var v *View
		if v, err = l.pinOutside(ctx); err == nil {
			out = slices.DeleteFunc(out, func(d Dropped) bool { _, there := v.Entry(d.Name); return there })
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read which tables were dropped: %w", err)
	}
	return out, nil
}
