package gate

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// dialectTables are tables of information_schema that dialects alone read.
var dialectTables = map[string]informationTable{
	"sizes":             {columnsOf("table_schema table_name rows:BIGINT bytes:BIGINT"), []string{"table_schema", "table_name", "rows", "bytes"}, (*passage).sizesInformation},
	"privileges":        {columnsOf("table_schema table_name actions"), []string{"table_schema", "table_name", "actions"}, (*passage).privileges},
	"schema_privileges": {columnsOf("schema_name actions"), []string{"schema_name", "actions"}, (*passage).schemaPrivileges},
	// The columns of keys, in the order of each key; to_ is where a foreign key
	// leads, and to_constraint the key there, if it has those columns.
	"keys": {columnsOf("table_schema table_name constraint_name constraint_type ordinal_position:INTEGER column_name column_number:INTEGER to_schema to_table to_column to_number:INTEGER to_constraint to_position:INTEGER"),
		[]string{"table_schema", "table_name", "constraint_name", "constraint_type", "ordinal_position", "column_name", "column_number", "to_schema", "to_table", "to_column", "to_number", "to_constraint", "to_position"}, (*passage).keysInformation},
}

// sizesInformation are the tables whose size is known.
func (p *passage) sizesInformation(ctx context.Context, entries []lake.Entry, _ sqlast.Use) ([][]any, error) {
	entries = slices.DeleteFunc(entries, func(e lake.Entry) bool { return e.Kind == lake.ViewEntry })
	all, err := p.described(ctx, entries)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for i, e := range entries {
		if all[i].rows >= 0 && all[i].bytes >= 0 {
			rows = append(rows, []any{e.Name.Namespace, e.Name.Name, all[i].rows, all[i].bytes})
		}
	}
	return rows, nil
}

// keyed is a table with its keys.
type keyed struct {
	name ident.Table
	*described
	names []string // of the keys
}

func newKeyed(e lake.Entry, d *described) keyed {
	k := keyed{e.Name, d, make([]string, len(d.keys))}
	for i, key := range d.keys {
		name := key.Name
		if name == "" {
			name = usualName(e.Name.Name, key)
		}
		k.names[i] = name
		for n := 1; slices.Contains(k.names[:i], k.names[i]); n++ {
			k.names[i] = name + strconv.Itoa(n)
		}
	}
	return k
}

// usualName is what PostgreSQL calls a key that nobody has given a name.
func usualName(table string, k lake.Key) string {
	columns := "_" + strings.Join(k.Columns, "_")
	switch k.Kind {
	case lake.PrimaryKey:
		return table + "_pkey"
	case lake.ForeignKey:
		return table + columns + "_fkey"
	}
	return table + columns + "_key"
}

// number is the position of a column; 0 is none.
func (k keyed) number(column string) int {
	return 1 + slices.IndexFunc(k.columns, func(c describedColumn) bool { return ident.Fold(c.name) == ident.Fold(column) })
}

func (p *passage) keysInformation(ctx context.Context, entries []lake.Entry, _ sqlast.Use) ([][]any, error) {
	all, err := p.described(ctx, entries)
	if err != nil {
		return nil, err
	}
	targets, err := p.keyTargets(ctx, all)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for i, e := range entries {
		k := newKeyed(e, all[i])
		for at, key := range k.keys {
			rows = append(rows, k.rows(at, key, targets)...)
		}
	}
	return rows, nil
}

// keyTargets are the tables that foreign keys lead to and that the principal
// sees, by their names' keys.
func (p *passage) keyTargets(ctx context.Context, all []*described) (map[string]keyed, error) {
	wanted := map[string]bool{}
	for _, d := range all {
		for _, k := range d.keys {
			if k.Kind == lake.ForeignKey {
				wanted[k.To.Key()] = true
			}
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	entries := slices.DeleteFunc(p.visible(ctx, nil), func(e lake.Entry) bool { return !wanted[e.Name.Key()] })
	found, err := p.described(ctx, entries)
	if err != nil {
		return nil, err
	}
	targets := make(map[string]keyed, len(entries))
	for i, e := range entries {
		targets[e.Name.Key()] = newKeyed(e, found[i])
	}
	return targets, nil
}

// rows are those of the columns of a key; none where it leads to what the
// principal does not see, or is not there.
func (k keyed) rows(at int, key lake.Key, targets map[string]keyed) [][]any {
	to, seen := targets[key.To.Key()]
	if key.Kind == lake.ForeignKey && !seen {
		return nil
	}
	rows := make([][]any, len(key.Columns))
	for i, column := range key.Columns {
		rows[i] = append([]any{k.name.Namespace, k.name.Name, k.names[at], string(key.Kind), i + 1, column, k.number(column)}, make([]any, 6)...)
	}
	if key.Kind != lake.ForeignKey {
		return rows
	}
	name, positions := to.holding(key.ToColumns)
	for i, column := range key.ToColumns {
		number := to.number(column)
		if number == 0 {
			return nil
		}
		copy(rows[i][7:], []any{to.name.Namespace, to.name.Name, to.columns[number-1].name, number, orNull(name), positions[i]})
	}
	return rows
}

// holding is the name of the key of these columns, and where they stand in it;
// "" is none.
func (k keyed) holding(columns []string) (name string, positions []any) {
	positions = make([]any, len(columns))
	for i, key := range k.keys {
		if key.Kind == lake.ForeignKey || len(key.Columns) != len(columns) {
			continue
		}
		found := 0
		for n, column := range columns {
			at := slices.IndexFunc(key.Columns, func(c string) bool { return ident.Fold(c) == ident.Fold(column) })
			if at >= 0 {
				positions[n] = at + 1
				found++
			}
		}
		if found == len(columns) {
			return k.names[i], positions
		}
		clear(positions)
	}
	return "", positions
}
