package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

var _ connector.Lister = Source{}

// separator parts names in a list that the server makes.
const separator = "\x1f"

// listQuery has tables without their partitions: name, rows, columns of the
// primary key, columns that hold times.
const listQuery = `SELECT n.nspname || '.' || c.relname, c.reltuples::bigint,
	(SELECT string_agg(a.attname, E'\x1f' ORDER BY array_position(i.indkey::int2[], a.attnum))
		FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
		WHERE i.indrelid = c.oid AND i.indisprimary),
	(SELECT string_agg(a.attname, E'\x1f' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
		WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'm', 'v') AND NOT c.relispartition AND has_table_privilege(c.oid, 'SELECT')
	AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
ORDER BY 1`

// List returns the tables and views that the user may read.
func (Source) List(ctx context.Context, req connector.SourceRequest) ([]connector.Listed, error) {
	s, err := newSettings(req)
	if err != nil {
		return nil, err
	}
	s.Readers = 1
	server, err := connect(ctx, &s)
	if err != nil {
		return nil, err
	}
	rows, err := server.query(ctx, listQuery)
	if err != nil {
		return nil, errors.Join(server.explain(err), server.close())
	}
	var all []connector.Listed
	for _, row := range rows {
		one := connector.Listed{Name: row[0], Records: -1}
		if n, err := strconv.ParseInt(row[1], 10, 64); err == nil {
			one.Records = n
		}
		if row[2] != "" {
			one.PrimaryKey = strings.Split(row[2], separator)
		}
		if one.Cursor = database.ChangedColumn(strings.Split(row[3], separator)); one.Cursor != "" {
			one.CursorIs = "by its name and type it says when a row changed"
		}
		all = append(all, one)
	}
	return all, server.close()
}
