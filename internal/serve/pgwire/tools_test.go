//go:build duckdb_arrow

package pgwire_test

import "testing"

// What tools that no test starts ask of the catalog, after the files of their
// public sources that are named beside it: none of it errs, and the answers are
// what they go by.
func TestToolsFindTheirWay(t *testing.T) {
	c := newServer(t).connect(t)
	for _, ask := range []struct{ sql, want string }{
		// grafana/grafana: public/app/plugins/datasource/grafana-postgresql-datasource/postgresMetaQuery.ts
		{`SELECT current_setting('server_version_num')::int/100 AS version`, "1500"},
		{`SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'`, ""},
		{`SELECT schema_name AS "name" FROM information_schema.schemata WHERE schema_name NOT IN ('information_schema', 'pg_catalog') ORDER BY schema_name`, "main\nshop\nsystem"},
		{`SELECT CASE WHEN quote_ident(table_schema) IN (
				SELECT CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
				FROM generate_series(array_lower(string_to_array(current_setting('search_path'),','),1), array_upper(string_to_array(current_setting('search_path'),','),1)) as i,
					string_to_array(current_setting('search_path'),',') s)
			THEN quote_ident(table_name) ELSE quote_ident(table_schema) || '.' || quote_ident(table_name) END AS "table"
			FROM information_schema.tables WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog') ORDER BY 1`, "orders\nshop.prices"},
		{`SELECT quote_ident(column_name) AS "column", data_type AS "type" FROM information_schema.columns WHERE
			CASE WHEN array_length(parse_ident('shop.prices'),1) = 2
			THEN quote_ident(table_schema) = (parse_ident('shop.prices'))[1] AND quote_ident(table_name) = (parse_ident('shop.prices'))[2]
			ELSE quote_ident(table_name) = 'shop.prices' END`, "price|double precision"},
		// metabase/metabase: src/metabase/driver/postgres.clj
		{`SHOW timezone;`, "UTC"},
		{`SELECT nspname, typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid IN (SELECT DISTINCT enumtypid FROM pg_enum e)`, ""},
		{`SELECT n.nspname AS schema, c.relname AS name, CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'v' THEN 'VIEW' ELSE NULL END AS type, d.description AS description, stat.n_live_tup AS estimated_row_count
			FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON c.relnamespace = n.oid
			LEFT JOIN pg_catalog.pg_description AS d ON c.oid = d.objoid AND d.objsubid = 0 AND d.classoid = 'pg_class'::regclass
			LEFT JOIN pg_stat_user_tables AS stat ON n.nspname = stat.schemaname AND c.relname = stat.relname
			WHERE c.relnamespace = n.oid AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind in ('r', 'p', 'v', 'f', 'm') ORDER BY type, schema, name`,
			"main|orders|TABLE|NULL|40\nshop|prices|TABLE|NULL|1"},
		{`SELECT c.column_name AS name, CASE WHEN c.udt_schema IN ('public', 'pg_catalog') THEN FORMAT('%s', c.udt_name) ELSE FORMAT('"%s"."%s"', c.udt_schema, c.udt_name) END AS "database-type",
				c.ordinal_position - 1 AS "database-position", pk.column_name IS NOT NULL AS "pk?",
				col_description(CAST(CAST(FORMAT('%I.%I', CAST(c.table_schema AS TEXT), CAST(c.table_name AS TEXT)) AS REGCLASS) AS OID), c.ordinal_position) AS "field-comment",
				((column_default IS NULL) OR (lower(column_default) = 'null')) AND (is_nullable = 'NO') AND NOT (((column_default IS NOT NULL) AND (column_default LIKE '%nextval(%')) OR (is_identity <> 'NO')) AS "database-required"
			FROM information_schema.columns AS c LEFT JOIN (SELECT tc.table_schema, tc.table_name, kc.column_name FROM information_schema.table_constraints AS tc
				JOIN information_schema.key_column_usage AS kc ON tc.constraint_name = kc.constraint_name AND tc.table_schema = kc.table_schema AND tc.table_name = kc.table_name
				WHERE tc.constraint_type = 'PRIMARY KEY') AS pk ON c.table_schema = pk.table_schema AND c.table_name = pk.table_name AND c.column_name = pk.column_name
			WHERE c.table_schema !~ '^information_schema|catalog_history|pg_' AND c.table_name = 'orders' ORDER BY c.ordinal_position LIMIT 2`, "id|int8|0|f|NULL|f\namount|numeric|1|f|NULL|f"},
		// npgsql/npgsql: src/Npgsql/PostgresDatabaseInfo.cs, which knows arrays by the function that reads them, and their elements by that
		{`SELECT t.typname, t.typtype, t.elemtypoid FROM (
				SELECT typ.oid, typ.typname, typ.typtype, elemtyp.oid AS elemtypoid, elemtyp.typname AS elemtypname, elemcls.relkind AS elemrelkind,
					CASE WHEN elemproc.proname='array_recv' THEN 'a' ELSE elemtyp.typtype END AS elemtyptype
				FROM (SELECT typ.oid, typnamespace, typname, typrelid, relkind, CASE WHEN proc.proname='array_recv' THEN 'a' ELSE typ.typtype END AS typtype,
						CASE WHEN proc.proname='array_recv' THEN typ.typelem WHEN typ.typtype='r' THEN rngsubtype
							WHEN typ.typtype='m' THEN (SELECT rngtypid FROM pg_range WHERE rngmultitypid = typ.oid) WHEN typ.typtype='d' THEN typ.typbasetype END AS elemtypoid
					FROM pg_type AS typ LEFT JOIN pg_class AS cls ON (cls.oid = typ.typrelid) LEFT JOIN pg_proc AS proc ON proc.oid = typ.typreceive
					LEFT JOIN pg_range ON (pg_range.rngtypid = typ.oid)) AS typ
				LEFT JOIN pg_type AS elemtyp ON elemtyp.oid = elemtypoid LEFT JOIN pg_class AS elemcls ON (elemcls.oid = elemtyp.typrelid)
				LEFT JOIN pg_proc AS elemproc ON elemproc.oid = elemtyp.typreceive) AS t
			WHERE typname IN ('int4', '_int4', '_text') ORDER BY t.oid`, "int4|b|NULL\n_int4|a|23\n_text|a|25"},
		// MagicStack/asyncpg: asyncpg/utils.py
		{`SELECT quote_literal(1::"pg_catalog"."int4"), quote_literal('it''s'::text), quote_literal('a\b'), quote_literal(NULL), quote_nullable(NULL)`, `'1'|'it''s'|E'a\\b'|NULL|NULL`},
		// psql's \dt+ and \l+; the answers are PostgreSQL 15's
		{`SELECT string_agg(pg_size_pretty(n::bigint), ', ' ORDER BY i) FROM (VALUES (1, 0), (2, 10239), (3, 10240), (4, 10239 * 1024), (5, 123456789), (6, 5368709120000)) t(i, n)`, "0 bytes, 10239 bytes, 10 kB, 10239 kB, 118 MB, 5000 GB"},
		// apache/superset: superset/db_engine_specs/postgres.py; the rest is SQLAlchemy's
		{`SELECT datname FROM pg_database WHERE datistemplate = false;`, "shop"},
		{`SELECT pg_backend_pid() > 0`, "t"},
		// dbeaver/dbeaver: plugins/org.jkiss.dbeaver.ext.postgresql/src/org/jkiss/dbeaver/ext/postgresql/model/PostgreSchema.java and PostgreDatabase.java
		{`SELECT count(*) FROM (SELECT c.oid,c.*,d.description,(select array_agg(i.inhparent) from pg_catalog.pg_inherits i where i.inhrelid = c.oid) parents
			FROM pg_catalog.pg_class c LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0
			WHERE c.relnamespace='shop'::regnamespace AND c.relkind not in ('i','c')) t`, "1"},
		{`SELECT count(*) FROM (SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description FROM pg_catalog.pg_attribute a
			INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid) LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum)
			LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid) WHERE NOT a.attisdropped AND c.oid='orders'::regclass ORDER BY a.attnum) t`, "4"},
		{`SELECT c.oid,c.* FROM pg_catalog.pg_collation c WHERE c.collnamespace=11 ORDER BY c.oid`, ""},
		{`SELECT e.oid,e.* FROM pg_catalog.pg_extension e WHERE e.extnamespace=11 ORDER BY e.oid`, ""},
		{`SELECT current_user, session_user, user, current_role`, "anna|anna|anna|anna"},
		{`SELECT "session_user", session_user AS s FROM (SELECT 1 AS "session_user")`, "1|anna"},
		{`SELECT db.datname, db.encoding FROM pg_catalog.pg_database db WHERE datallowconn AND NOT datistemplate ORDER BY db.datname`, "shop|6"},
	} {
		if got, err := rows(t, c, ask.sql); err != nil || got != ask.want {
			t.Errorf("%s\n%q, not %q: %v", ask.sql, got, ask.want, err)
		}
	}
}
