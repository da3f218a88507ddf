package pgcatalog

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/gate"
)

// keyRelation is a relation of ours, a row for each key of a table, which
// PostgreSQL's own are made of: there, unique keys have indexes.
const keyRelation = "pg_tarn_key"

const keyColumns = keyRelation + " oid:oid indexoid:oid relation:oid namespace:oid kind name schemaname tablename numbers:_int2 columns:_text torelation:oid tonumbers:_int2 totable tocolumns:_text toindex:oid\n"

// namesOf is SQL for a list of names as PostgreSQL writes them.
func namesOf(list string) string {
	return "array_to_string(list_transform(" + list + ", lambda tarn_e: quote_ident(tarn_e)), ', ')"
}

// qualified is SQL for the name of a table as PostgreSQL writes it.
const qualified = "CASE WHEN schemaname = 'main' THEN '' ELSE quote_ident(schemaname) || '.' END || quote_ident(tablename)"

// keyFillings are the relations that tell of keys.
var keyFillings = map[string]filling{
	keyRelation: {`(SELECT table_number, schema_number, table_schema, table_name, constraint_name, key_number, index_number, any_value(constraint_type) AS constraint_type, list(column_number ORDER BY ordinal_position) AS numbers,
			list(column_name ORDER BY ordinal_position) AS columns, any_value(to_schema) AS to_schema, any_value(to_table) AS to_table, list(to_number ORDER BY ordinal_position) AS to_numbers, list(to_column ORDER BY ordinal_position) AS to_columns,
			any_value(to_table_number) AS to_table_number, any_value(to_index_number) AS to_index_number FROM information_schema.keys WHERE {only} GROUP BY table_number, schema_number, table_schema, table_name, constraint_name, key_number, index_number) AS k`, `
		oid = key_number
		indexoid = index_number
		relation = ` + tableNumber + `
		namespace = ` + schemaNumber + `
		kind = CASE constraint_type WHEN 'PRIMARY KEY' THEN 'p' WHEN 'UNIQUE' THEN 'u' ELSE 'f' END
		name = constraint_name
		schemaname = table_schema
		tablename = table_name
		numbers = k.numbers
		columns = k.columns
		torelation = to_table_number
		tonumbers = CASE WHEN to_table IS NOT NULL THEN to_numbers END
		totable = CASE WHEN to_schema = 'main' THEN '' ELSE quote_ident(to_schema) || '.' END || quote_ident(to_table)
		tocolumns = to_columns
		toindex = to_index_number`},
	"pg_constraint": {"pg_catalog." + keyRelation + " AS k WHERE {only}", `
		oid = k.oid
		conname = name
		connamespace = namespace
		contype = kind
		condeferrable = false
		condeferred = false
		convalidated = true
		conrelid = relation
		contypid = 0
		conindid = CASE WHEN kind = 'f' THEN coalesce(toindex, 0) ELSE indexoid END
		conparentid = 0
		confrelid = coalesce(torelation, 0)
		confupdtype = CASE WHEN kind = 'f' THEN 'a' ELSE ' ' END
		confdeltype = CASE WHEN kind = 'f' THEN 'a' ELSE ' ' END
		confmatchtype = CASE WHEN kind = 'f' THEN 's' ELSE ' ' END
		conislocal = true
		coninhcount = 0
		connoinherit = true
		conkey = numbers
		confkey = tonumbers`},
	"pg_index": {"pg_catalog." + keyRelation + " AS k WHERE {only} AND kind <> 'f'", `
		indexrelid = indexoid
		indrelid = relation
		indnatts = len(numbers)
		indnkeyatts = len(numbers)
		indisunique = true
		indnullsnotdistinct = false
		indisprimary = kind = 'p'
		indisexclusion = false
		indimmediate = true
		indisclustered = false
		indisvalid = true
		indcheckxmin = false
		indisready = true
		indislive = true
		indisreplident = false
		indkey = numbers
		indcollation = list_transform(numbers, lambda tarn_e: 0)
		indclass = list_transform(numbers, lambda tarn_e: 0)
		indoption = list_transform(numbers, lambda tarn_e: 0)`},
	"pg_indexes": {"pg_catalog." + keyRelation + " AS k WHERE {only} AND kind <> 'f'", `
		schemaname = k.schemaname
		tablename = k.tablename
		indexname = name
		indexdef = ` + indexDefinition},
	"information_schema.table_constraints": {"(SELECT DISTINCT table_schema, table_name, constraint_name, constraint_type FROM information_schema.keys WHERE {only}) AS k", `
		constraint_catalog = {database}
		constraint_schema = k.table_schema
		constraint_name = k.constraint_name
		table_catalog = {database}
		table_schema = k.table_schema
		table_name = k.table_name
		constraint_type = k.constraint_type
		is_deferrable = 'NO'
		initially_deferred = 'NO'
		enforced = 'NO'
		nulls_distinct = CASE WHEN k.constraint_type = 'UNIQUE' THEN 'YES' END`},
	"information_schema.key_column_usage": {"information_schema.keys AS k WHERE {only}", `
		constraint_catalog = {database}
		constraint_schema = k.table_schema
		constraint_name = k.constraint_name
		table_catalog = {database}
		table_schema = k.table_schema
		table_name = k.table_name
		column_name = k.column_name
		ordinal_position = k.ordinal_position
		position_in_unique_constraint = k.to_position`},
	"information_schema.constraint_column_usage": {"information_schema.keys AS k", `
		table_catalog = {database}
		table_schema = coalesce(k.to_schema, k.table_schema)
		table_name = coalesce(k.to_table, k.table_name)
		column_name = coalesce(k.to_column, k.column_name)
		constraint_catalog = {database}
		constraint_schema = k.table_schema
		constraint_name = k.constraint_name`},
	"information_schema.constraint_table_usage": {"(SELECT DISTINCT coalesce(to_schema, table_schema) AS table_schema, coalesce(to_table, table_name) AS table_name, table_schema AS constraint_schema, constraint_name FROM information_schema.keys) AS k", `
		table_catalog = {database}
		table_schema = k.table_schema
		table_name = k.table_name
		constraint_catalog = {database}
		constraint_schema = k.constraint_schema
		constraint_name = k.constraint_name`},
	"information_schema.referential_constraints": {"(SELECT DISTINCT table_schema, constraint_name, to_schema, to_constraint FROM information_schema.keys WHERE constraint_type = 'FOREIGN KEY') AS k", `
		constraint_catalog = {database}
		constraint_schema = k.table_schema
		constraint_name = k.constraint_name
		unique_constraint_catalog = CASE WHEN to_constraint IS NOT NULL THEN {database} END
		unique_constraint_schema = CASE WHEN to_constraint IS NOT NULL THEN to_schema END
		unique_constraint_name = to_constraint
		match_option = 'NONE'
		update_rule = 'NO ACTION'
		delete_rule = 'NO ACTION'`},
}

var (
	indexDefinition = "'CREATE UNIQUE INDEX ' || quote_ident(name) || ' ON ' || " + qualified + " || ' USING btree (' || " + namesOf("columns") + " || ')'"
	keyDefinition   = "CASE kind WHEN 'p' THEN 'PRIMARY KEY (' WHEN 'u' THEN 'UNIQUE (' ELSE 'FOREIGN KEY (' END || " + namesOf("columns") + " || ')' || CASE WHEN kind = 'f' THEN ' REFERENCES ' || totable || '(' || " + namesOf("tocolumns") + " || ')' ELSE '' END"
)

// indexed are the numbers of the tables that have a key which is an index.
const indexed = "(SELECT relation FROM pg_catalog." + keyRelation + " WHERE kind <> 'f' AND {having})"

// linked are the numbers of the tables that have foreign keys, or that those of
// others lead to: to PostgreSQL they are triggers.
const linked = "(SELECT relation FROM pg_catalog." + keyRelation + " WHERE kind = 'f' AND {having} UNION ALL SELECT torelation FROM pg_catalog." + keyRelation + " WHERE kind = 'f' AND {led})"

// classes are the rows of pg_class: tables and views, the indexes of keys where
// somebody asks for them, and how many rows each has, as far as it is known.
func classes(wanted gate.Wanted) string {
	tables, indexes := []string{"true"}, []string{"kind <> 'f'"}
	numbers, known := wanted.Numbers("oid")
	if known {
		tables, indexes = append(tables, among(tableNumber, numbers)), append(indexes, among("indexoid", numbers))
	}
	if schemas, known := wanted.Numbers("relnamespace"); known {
		tables, indexes = append(tables, among(schemaNumber, schemas)), append(indexes, among("namespace", schemas))
	}
	if names, known := texts(wanted, "relname"); known {
		tables, indexes = append(tables, among("table_name", names)), append(indexes, among("name", names))
	}
	only := " WHERE " + strings.Join(tables, " AND ")
	sql := "(SELECT t.table_schema, t.table_name, table_type, t.table_number AS number, t.schema_number, "
	from := "(SELECT table_schema, table_name, table_type, table_number, schema_number FROM information_schema.tables" + only + ") AS t"
	if wanted.Column("reltuples") {
		sql += "coalesce(rows, -1) AS rows FROM " + from + " LEFT JOIN (SELECT table_number, rows FROM information_schema.sizes" + only + ") AS s USING (table_number)"
	} else {
		sql += "-1 AS rows FROM " + from
	}
	odd := func(n uint32) bool { return n%2 == 1 && n > gate.FirstNumber }
	if wanted.Row("relkind", "i") && (!known || slices.ContainsFunc(numbers, odd)) {
		sql += " UNION ALL SELECT schemaname, name, 'INDEX', indexoid, namespace, -1 FROM pg_catalog." + keyRelation + " WHERE " + strings.Join(indexes, " AND ")
	}
	return sql + ") AS c"
}
