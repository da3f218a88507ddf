package mysql

import (
	"context"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// relation is what is read.
type relation struct {
	// name is its name for people.
	name string
	// from is what stands behind FROM.
	from string
	// lock is what LOCK TABLES takes, "" where it is not a table.
	lock string
	// schema and table are where the catalog knows it; "" for a query.
	schema, table string
	// key is the column of an integer primary key, "" if there is none.
	key string
	// rows is about how many there are, -1 if unknown.
	rows int64
}

// findRelation looks for what the settings name.
func (v *server) findRelation(ctx context.Context, s *settings) (*relation, error) {
	if s.Query != "" {
		text := strings.TrimRight(strings.TrimSpace(s.Query), "; \n\t")
		return &relation{name: "the query", from: "(" + text + "\n) AS q", rows: -1}, nil
	}
	schema, name := v.config.DBName, s.Table
	if before, after, found := strings.Cut(s.Table, "."); found {
		schema, name = before, after
	}
	schema, name = strings.Trim(schema, "`\""), strings.Trim(name, "`\"")
	if schema == "" {
		return nil, diag.New("bad-option", diag.Place{}, "the connection names no database").
			WithHint("write it behind the address, as in mysql://…/database, or before the table: database.table")
	}
	rows, err := query(ctx, v.main, `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, COALESCE(TABLE_ROWS, -1) FROM information_schema.TABLES
WHERE LOWER(TABLE_SCHEMA) = LOWER(`+literal(schema)+`) AND LOWER(TABLE_NAME) = LOWER(`+literal(name)+`)
ORDER BY (BINARY TABLE_NAME = `+literal(name)+`) DESC, TABLE_NAME`)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, v.unknownTable(ctx, schema, name)
	}
	found := rows[0]
	if len(rows) > 1 && found[1] != name {
		return nil, diag.New("ambiguous-table", diag.Place{}, "%s and %s differ from %s by case only", found[1], rows[1][1], name).
			WithHint("write the name as it is in the database")
	}
	r := &relation{name: found[0] + "." + found[1], from: quote(found[0]) + "." + quote(found[1]), schema: found[0], table: found[1]}
	if found[2] == "BASE TABLE" {
		r.lock = r.from
	}
	if r.rows, err = strconv.ParseInt(found[3], 10, 64); err != nil {
		r.rows = -1
	}
	return r, nil
}

// unknownTable says which tables have names that are near.
func (v *server) unknownTable(ctx context.Context, schema, name string) error {
	p := diag.New("unknown-table", diag.Place{}, "the database %s has no table %s that the user %s can see", schema, name, v.config.User)
	rows, err := query(ctx, v.main, "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema') ORDER BY 1, 2 LIMIT 10000")
	if err != nil {
		return err
	}
	var known []string
	for _, row := range rows {
		if row[0] == schema {
			known = append(known, row[1])
		} else if ident.Fold(row[1]) == ident.Fold(name) {
			return p.WithHint("there is %s.%s: name it with its database", row[0], row[1])
		}
	}
	if near := ident.Near(name, known); len(near) > 0 {
		return p.WithHint("did you mean %s?", near[0])
	}
	return p.WithHint("look at the database's name and at the user's rights; it sees %d tables there", len(known))
}
