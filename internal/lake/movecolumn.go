package lake

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// movedRow is a row whose location changes.
type movedRow struct {
	key []any
	now string
}

// MoveColumn moves the locations in a column of a table with the primary key key.
func MoveColumn(ctx context.Context, tx metadb.Tx, table, column string, key []string, location func(string) string) error {
	rows, err := movedRows(ctx, tx, table, column, key, location)
	if err != nil {
		return fmt.Errorf("move %s.%s: %w", table, column, err)
	}
	update := `UPDATE ` + table + ` SET ` + column + ` = ? WHERE ` + strings.Join(key, " = ? AND ") + ` = ?`
	for _, r := range rows {
		if _, err := tx.Exec(ctx, update, append([]any{r.now}, r.key...)...); err != nil {
			return fmt.Errorf("move %s.%s: %w", table, column, err)
		}
	}
	return nil
}

func movedRows(ctx context.Context, tx metadb.Tx, table, column string, key []string, location func(string) string) (out []movedRow, err error) {
	rows, err := tx.Query(ctx, `SELECT `+column+`, `+strings.Join(key, ", ")+` FROM `+table+` WHERE `+column+` <> ''`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var old string
		r := movedRow{key: make([]any, len(key))}
		into := []any{&old}
		for i := range r.key {
			into = append(into, &r.key[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		if r.now = location(old); r.now != old {
			out = append(out, r)
		}
	}
	return out, rows.Err()
}
