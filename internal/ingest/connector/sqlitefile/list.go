package sqlitefile

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/metadb"
)

var _ connector.Lister = Source{}

// List returns the tables and views of the file. Types say too little about
// times for a cursor to be proposed.
func (s Source) List(ctx context.Context, req connector.SourceRequest) ([]connector.Listed, error) {
	settings, err := connector.CheckOptions(s.Options(), req.Options)
	if err != nil {
		return nil, err
	}
	path, ok := settings.Text("path")
	if !ok {
		return nil, diag.New("missing-key", diag.Place{}, "nothing says which database file to read").WithHint("write --option path=data/shop.db")
	}
	db, err := metadb.OpenForeign(ctx, within(req.Dir, path), 1)
	if err != nil {
		return nil, explain(path, err)
	}
	var all []connector.Listed
	err = db.View(ctx, func(tx metadb.Tx) error {
		rows, err := tx.Query(ctx, `SELECT s.name, coalesce(p.name, '') FROM sqlite_schema s
			LEFT JOIN pragma_table_info(s.name) p ON p.pk > 0
			WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY s.name, p.pk`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var table, key string
			if err := rows.Scan(&table, &key); err != nil {
				return err
			}
			if len(all) == 0 || all[len(all)-1].Name != table {
				all = append(all, connector.Listed{Name: table, Records: -1})
			}
			if key != "" {
				all[len(all)-1].PrimaryKey = append(all[len(all)-1].PrimaryKey, key)
			}
		}
		return rows.Err()
	})
	if err != nil {
		err = explain(path, err)
	}
	return all, errors.Join(err, db.Close())
}
