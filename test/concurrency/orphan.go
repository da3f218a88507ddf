package concurrency

import (
	"context"
	"errors"
	"strings"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// orphans sweeps after all writers are gone, and returns the files that are
// left below no stage that was committed.
func (j Job) orphans(ctx context.Context) (orphans []string, err error) {
	db, l, store, err := j.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := l.Sweep(ctx, func(string) bool { return false }); err != nil {
		return nil, err
	}
	var prefixes []string
	err = db.View(ctx, func(tx metadb.Tx) (err error) {
		prefixes = nil
		rows, err := tx.Query(ctx, `SELECT data_prefix, metadata_prefix FROM tarn_stage WHERE state = 'committed'`)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var data, metadata string
			if err := rows.Scan(&data, &metadata); err != nil {
				return err
			}
			prefixes = append(prefixes, data+"/", metadata+"/")
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	all := strings.Join(prefixes, "\n") + "\n"
	for info, err := range store.List(ctx, "") {
		if err != nil {
			return nil, err
		}
		if at := strings.LastIndex(info.Name, "/"); !strings.Contains(all, info.Name[:at+1]+"\n") {
			orphans = append(orphans, info.Name)
		}
	}
	return orphans, nil
}
