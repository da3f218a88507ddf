package mysql

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/database"
)

var _ connector.Lister = Source{}

const (
	tablesQuery = `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES
		WHERE TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema') ORDER BY 1, 2`
	keysQuery = `SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM information_schema.STATISTICS
		WHERE INDEX_NAME = 'PRIMARY' ORDER BY 1, 2, SEQ_IN_INDEX`
	timesQuery = `SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, EXTRA FROM information_schema.COLUMNS
		WHERE DATA_TYPE IN ('timestamp', 'datetime') ORDER BY 1, 2, ORDINAL_POSITION`
)

// List returns the tables and views that the user may read.
func (Source) List(ctx context.Context, req connector.SourceRequest) ([]connector.Listed, error) {
	s, err := newSettings(req)
	if err != nil {
		return nil, err
	}
	server, err := connect(ctx, &s)
	if err != nil {
		return nil, err
	}
	server.idle = make(chan conn)
	all, err := list(ctx, server.main)
	if err != nil {
		return nil, errors.Join(server.explain(err), server.close())
	}
	return all, server.close()
}

func list(ctx context.Context, c conn) ([]connector.Listed, error) {
	tables, err := query(ctx, c, tablesQuery)
	if err != nil {
		return nil, err
	}
	keys, err := query(ctx, c, keysQuery)
	if err != nil {
		return nil, err
	}
	times, err := query(ctx, c, timesQuery)
	if err != nil {
		return nil, err
	}
	key, moments, onUpdate := map[string][]string{}, map[string][]string{}, map[string]string{}
	for _, row := range keys {
		key[row[0]+"."+row[1]] = append(key[row[0]+"."+row[1]], row[2])
	}
	for _, row := range times {
		name := row[0] + "." + row[1]
		moments[name] = append(moments[name], row[2])
		if strings.Contains(strings.ToLower(row[3]), "on update") {
			onUpdate[name] = row[2]
		}
	}
	var all []connector.Listed
	for _, row := range tables {
		name := row[0] + "." + row[1]
		one := connector.Listed{Name: name, PrimaryKey: key[name], Records: -1}
		if n, err := strconv.ParseInt(row[2], 10, 64); err == nil {
			one.Records = n
		}
		switch {
		case onUpdate[name] != "":
			one.Cursor, one.CursorIs = onUpdate[name], "the database sets it on update"
		default:
			if one.Cursor = database.ChangedColumn(moments[name]); one.Cursor != "" {
				one.CursorIs = "by its name and type it says when a row changed"
			}
		}
		all = append(all, one)
	}
	return all, nil
}
