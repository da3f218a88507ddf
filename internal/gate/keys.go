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

// keyTable are the columns of keys, in the order of each key; to_ is where a
// foreign key leads, and to_constraint the key there, if it has those columns.
// A key and its index have odd numbers, where those of tables are even.
var keyTable = informationTable{
	columnsOf("table_schema table_name constraint_name constraint_type key_number:UINTEGER index_number:UINTEGER ordinal_position:INTEGER column_name column_number:INTEGER to_schema to_table to_column to_number:INTEGER to_constraint to_position:INTEGER to_table_number:UINTEGER to_index_number:UINTEGER"),
	[]string{"table_schema", "table_name", "constraint_name", "constraint_type", "key_number", "index_number", "ordinal_position", "column_name", "column_number", "to_schema", "to_table", "to_column", "to_number", "to_constraint", "to_position", "to_table_number", "to_index_number"},
	(*passage).keysInformation,
}

func (p *passage) keysInformation(ctx context.Context, conditions []sqlast.Condition, _ sqlast.Use) ([][]any, error) {
	wanted := newWantedKeys(conditions)
	if wanted.none() {
		return nil, nil
	}
	entries := p.visible(ctx, conditions)
	all, err := p.described(ctx, entries)
	if err != nil {
		return nil, err
	}
	var found []keyed
	for i, e := range entries {
		if len(all[i].keys) == 0 {
			continue
		}
		if k := newKeyed(e, all[i]).only(wanted); len(k.keys) > 0 {
			found = append(found, k)
		}
	}
	targets, err := p.keyTargets(ctx, found)
	if err != nil {
		return nil, err
	}
	var rows [][]any
	for _, k := range found {
		for at, key := range k.keys {
			if to, leads := targets[key.To.Key()]; wanted.leading(key, to.name) && (leads || key.Kind != lake.ForeignKey) {
				rows = append(rows, k.rows(at, key, to)...)
			}
		}
	}
	return rows, nil
}

// keyTargets are the tables that foreign keys lead to and that the principal
// sees, by their names' keys.
func (p *passage) keyTargets(ctx context.Context, all []keyed) (map[string]keyed, error) {
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

// rows are those of the columns of a key, of which a foreign one leads to to;
// none where it leads to columns that are not there.
func (k keyed) rows(at int, key lake.Key, to keyed) [][]any {
	rows := make([][]any, len(key.Columns))
	for i, column := range key.Columns {
		rows[i] = append([]any{k.name.Namespace, k.name.Name, k.names[at], string(key.Kind), int64(keyNumber(k.name, k.names[at])), int64(indexNumber(k.name, k.names[at])),
			i + 1, column, k.number(column)}, make([]any, 8)...)
	}
	if key.Kind != lake.ForeignKey {
		return rows
	}
	name, positions := to.holding(key.ToColumns)
	var index any
	if name != "" {
		index = int64(indexNumber(to.name, name))
	}
	for i, column := range key.ToColumns {
		number := to.number(column)
		if number == 0 {
			return nil
		}
		copy(rows[i][9:], []any{to.name.Namespace, to.name.Name, to.columns[number-1].name, number, orNull(name), positions[i], int64(tableNumber(to.name)), index})
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
