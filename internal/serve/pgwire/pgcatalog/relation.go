package pgcatalog

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
)

// catalogText are the relations that PostgreSQL 15 has in pg_catalog and
// information_schema, a line each: its name, its number where that is fixed, and
// its columns in their order; a column without a type is text.
//
//go:embed catalog.txt
var catalogText string

// relation is a relation of the catalog.
type relation struct {
	name string
	// number is that of the relation itself; 0 has none that is fixed.
	number  uint32
	columns [][2]string // name, type of PostgreSQL
}

// catalogRelations are the relations by their names, with information_schema
// before those of it.
var catalogRelations = sync.OnceValue(func() map[string]relation {
	all := map[string]relation{}
	for line := range strings.Lines(keyColumns + sizeColumns + privilegeColumns + catalogText) {
		fields := strings.Fields(line)
		name, number, _ := strings.Cut(fields[0], "=")
		r := relation{name: name}
		_, _ = fmt.Sscan(number, &r.number) // stays 0
		for _, f := range fields[1:] {
			column, typ, _ := strings.Cut(f, ":")
			r.columns = append(r.columns, [2]string{column, typ})
		}
		if !strings.Contains(name, ".") {
			r.columns = append(r.columns, [2]string{"tableoid", "oid"}, [2]string{"xmin", "xid"})
		}
		all[name] = r
	}
	return all
})

// engineTypes are the engine's types for those of the catalog's columns.
var engineTypes = map[string]string{"": "VARCHAR", "_text": "VARCHAR[]", "oid": "UINTEGER", "_oid": "UINTEGER[]", "xid": "UINTEGER", "bool": "BOOLEAN", "_bool": "BOOLEAN[]",
	"int2": "SMALLINT", "_int2": "SMALLINT[]", "int4": "INTEGER", "int8": "BIGINT", "float4": "FLOAT", "_float4": "FLOAT[]", "float8": "DOUBLE", "_float8": "DOUBLE[]",
	"numeric": "DECIMAL(38,9)", "timestamptz": "TIMESTAMP WITH TIME ZONE", "interval": "INTERVAL"}

// sql is a statement that gives what is wanted of the relation: of what is
// filled, those values, and NULL in the other columns.
func (r relation) sql(wanted gate.Wanted) string {
	f, filled := fillingOf(r.name)
	if r.name == classRelation {
		f.from = classes(wanted)
	}
	values := r.values(f)
	list := make([]string, len(r.columns))
	for i, c := range r.columns {
		value, known := values[c[0]]
		if !known || !wanted.Column(c[0]) {
			value = "NULL"
		}
		list[i] = "CAST(" + value + " AS " + engineTypes[c[1]] + ") AS " + ident.Quote(c[0])
	}
	sql := "SELECT " + strings.Join(list, ", ")
	switch {
	case !filled:
		return sql + " WHERE false"
	case f.from != "":
		sql += " FROM " + f.from
	}
	return r.narrowed(sql, values, wanted)
}

// values are what the relation's columns are made of, by their names.
func (r relation) values(f filling) map[string]string {
	values := map[string]string{"tableoid": fmt.Sprint(r.number), "xmin": "1"}
	for line := range strings.Lines(f.values) {
		if column, value, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
			values[column] = value
		}
	}
	return values
}

// narrowed writes what the statement says of the tables that rows are about into
// sql: {only} is it in terms of what the relation is made of, {having} and {led}
// are it in terms of keys that tables have, and that lead to them. The others
// need not be looked at.
func (r relation) narrowed(sql string, values map[string]string, wanted gate.Wanted) string {
	only, having, led := []string{"true"}, []string{"true"}, []string{"true"}
	for _, c := range r.columns {
		made := source(values[c[0]])
		var condition string
		if numbers, known := wanted.Numbers(c[0]); known && numbered[made] {
			condition = among(made, numbers)
			if made == tableNumber || made == "number" {
				having, led = append(having, among("relation", numbers)), append(led, among("torelation", numbers))
			}
		} else if texts, known := texts(wanted, c[0]); known && titled[made] != "" {
			condition = among(made, texts)
			having = append(having, among(titled[made], texts))
		}
		if condition != "" {
			only = append(only, condition)
		}
	}
	return strings.NewReplacer("{only}", strings.Join(only, " AND "), "{having}", strings.Join(having, " AND "), "{led}", strings.Join(led, " AND ")).Replace(sql)
}

// source is the column that a value is, without the relation that it is of.
func source(value string) string { return value[strings.LastIndexByte(value, '.')+1:] }

// numbered are the columns of what relations are made of that hold numbers of
// tables, namespaces and keys: what is not asked for by them is not looked at.
var numbered = map[string]bool{tableNumber: true, schemaNumber: true, "key_number": true, "index_number": true, "to_table_number": true,
	"number": true, "oid": true, "indexoid": true, "relation": true, "torelation": true, "namespace": true}

// titled are those that hold names, by what these are called of keys.
var titled = map[string]string{"table_schema": "schemaname", "table_name": "tablename", "schemaname": "schemaname", "tablename": "tablename", "constraint_name": "name", "name": "name"}

// among is SQL for that a column has one of some values; of no number, it is that
// it has one that nothing has.
func among[T any](column string, values []T) string {
	if len(values) == 0 {
		return column + " IN (0)"
	}
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = fmt.Sprint(v)
	}
	return column + " IN (" + strings.Join(list, ", ") + ")"
}

// texts are the texts that the statement asks for in a column, as SQL: none in
// which the session's would be written.
func texts(wanted gate.Wanted, column string) (list []string, known bool) {
	all, known := wanted.Texts(column)
	for _, text := range all {
		if strings.Contains(text, "{") {
			return nil, false
		}
		list = append(list, ident.Literal(text))
	}
	return list, known
}

func fillingOf(name string) (filling, bool) {
	for _, list := range []map[string]filling{fillings, keyFillings, sessionFillings, informationFillings, privilegeFillings} {
		if f, filled := list[name]; filled {
			return f, true
		}
	}
	return filling{}, false
}

// filling is where the rows of a relation come from, and the values of columns,
// a line each. {only}, {having} and {led} are what is known of the tables that
// the statement asks for; {database}, {user} and the like are the session's.
type filling struct{ from, values string }

// tableNumber and schemaNumber are the numbers of a table or view, and of its
// namespace, in information_schema.
const (
	tableNumber  = "table_number"
	schemaNumber = "schema_number"
)

// classRelation is the relation of relations.
const classRelation = "pg_class"

// sizeRelation is a relation of ours: how many bytes each table takes.
const (
	sizeRelation = "pg_tarn_size"
	sizeColumns  = sizeRelation + " oid:oid bytes:int8\n"
)

// fillings are the relations that have rows here, over information_schema: what
// somebody may not see is in none of them.
var fillings = map[string]filling{
	"pg_namespace": {"(SELECT pg_oid(schema_name) AS number, schema_name AS name FROM information_schema.schemata UNION ALL SELECT 11, 'pg_catalog') AS n WHERE {only}", `
		oid = number
		nspname = name
		nspowner = 10`},
	classRelation: {"", `
		oid = number
		relname = table_name
		relnamespace = ` + schemaNumber + `
		reltype = 0
		reloftype = 0
		relowner = 10
		relam = CASE table_type WHEN 'VIEW' THEN 0 WHEN 'INDEX' THEN 403 ELSE 2 END
		relfilenode = 0
		reltablespace = 0
		relpages = 0
		reltuples = rows
		relallvisible = 0
		reltoastrelid = 0
		relhasindex = number IN ` + indexed + `
		relisshared = false
		relpersistence = 'p'
		relkind = CASE table_type WHEN 'VIEW' THEN 'v' WHEN 'INDEX' THEN 'i' ELSE 'r' END
		relnatts = 0
		relchecks = 0
		relhasrules = false
		relhastriggers = number IN ` + linked + `
		relhassubclass = false
		relrowsecurity = false
		relforcerowsecurity = false
		relispopulated = true
		relreplident = CASE WHEN table_type = 'BASE TABLE' THEN 'd' ELSE 'n' END
		relispartition = false
		relrewrite = 0
		relfrozenxid = 0
		relminmxid = 0`},
	"pg_attribute": {"information_schema.columns WHERE {only}", `
		attrelid = ` + tableNumber + `
		attname = column_name
		atttypid = pg_type_of(data_type)
		attstattarget = -1
		attlen = -1
		attnum = ordinal_position
		attndims = CASE WHEN data_type LIKE '%]' THEN 1 ELSE 0 END
		attcacheoff = -1
		atttypmod = pg_typmod(data_type)
		attbyval = false
		attalign = 'i'
		attstorage = 'x'
		attcompression = ''
		attnotnull = is_nullable = 'NO'
		atthasdef = false
		atthasmissing = false
		attidentity = ''
		attgenerated = ''
		attisdropped = false
		attislocal = true
		attinhcount = 0
		attcollation = 0`},
	"pg_description": {`(SELECT table_number, 0 AS column_number, "TABLE_COMMENT" AS says FROM information_schema.tables WHERE {only}
			UNION ALL SELECT table_number, ordinal_position, "COLUMN_COMMENT" FROM information_schema.columns WHERE {only}) AS d WHERE says IS NOT NULL`, `
		objoid = ` + tableNumber + `
		classoid = 1259
		objsubid = column_number
		description = says`},
	"pg_tables": {"information_schema.tables WHERE {only} AND table_type = 'BASE TABLE'", `
		schemaname = table_schema
		tablename = table_name
		tableowner = {user}
		hasindexes = ` + tableNumber + ` IN ` + indexed + `
		hasrules = false
		hastriggers = ` + tableNumber + ` IN ` + linked + `
		rowsecurity = false`},
	"pg_views": {"information_schema.tables WHERE {only} AND table_type = 'VIEW'", `
		schemaname = table_schema
		viewname = table_name
		viewowner = {user}`},
	sizeRelation: {"information_schema.sizes AS s WHERE {only}", `
		oid = ` + tableNumber + `
		bytes = s.bytes`},
	"pg_stat_user_tables": {"(SELECT table_number, table_schema, table_name FROM information_schema.tables WHERE {only} AND table_type = 'BASE TABLE') AS t LEFT JOIN (SELECT table_number, rows FROM information_schema.sizes WHERE {only}) AS s USING (table_number)", `
		relid = ` + tableNumber + `
		schemaname = table_schema
		relname = table_name
		n_live_tup = rows`},
	"pg_get_keywords": {"(VALUES ('analyze'), ('anti'), ('asof'), ('describe'), ('glob'), ('ilike'), ('isnull'), ('lambda'), ('limit'), ('notnull'), ('offset'), ('pivot'), ('pivot_longer'), ('pivot_wider'), ('placing'), ('positional'), ('qualify'), ('returning'), ('semi'), ('show'), ('summarize'), ('unpivot'), ('variadic')) AS k(word)", `
		word = k.word
		catcode = 'R'
		barelabel = false
		catdesc = 'reserved'
		baredesc = 'requires AS'`},
	"pg_am": {"(VALUES (2, 'iceberg', 't'), (403, 'btree', 'i')) AS a(number, name, kind)", `
		oid = number
		amname = name
		amhandler = 0
		amtype = kind`},
	"pg_tablespace": {"", `
		oid = 1663
		spcname = 'pg_default'
		spcowner = 10`},
}
