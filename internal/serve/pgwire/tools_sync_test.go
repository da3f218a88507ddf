//go:build duckdb_arrow

package pgwire_test

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// What tools read of the catalog to know all tables, after the files of their
// public sources that are named: the same relations, joins and functions, in
// words of ours. None of it errs, and what there is is found.
func TestToolsReadTheWholeCatalog(t *testing.T) {
	s := newServer(t)
	s.Declare(t, "orders", lake.Key{Kind: lake.PrimaryKey, Columns: []string{"id"}})
	s.Append(t, "shop.items", "SELECT 1::BIGINT AS order_id")
	s.Declare(t, "shop.items", lake.Key{Kind: lake.ForeignKey, Columns: []string{"order_id"}, To: ident.Table{Namespace: "main", Name: "orders"}, ToColumns: []string{"id"}})
	c := s.connect(t)
	for _, ask := range []struct{ sql, want string }{
		// metabase/metabase: src/metabase/driver/postgres.clj, describe-fks, describe-indexes, current-user-table-privileges
		{`SELECT fn.nspname, ft.relname, fa.attname, pt.relname, pa.attname FROM pg_constraint k JOIN pg_class ft ON ft.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = k.connamespace
			JOIN pg_attribute fa ON fa.attrelid = k.conrelid JOIN pg_class pt ON pt.oid = k.confrelid JOIN pg_attribute pa ON pa.attrelid = k.confrelid
			WHERE fn.nspname !~ '^pg_' AND k.contype = 'f'::char AND fa.attnum = ANY(k.conkey) AND pa.attnum = ANY(k.confkey)`, "shop|items|order_id|orders|id"},
		{`SELECT relname, trim(BOTH '"' FROM pg_catalog.pg_get_indexdef(number, place, false)) FROM (SELECT t.relname, i.oid AS number, (information_schema._pg_expandarray(x.indkey)).n AS place
			FROM pg_class t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid WHERE pg_catalog.pg_get_expr(x.indpred, x.indrelid) IS NULL) AS found WHERE place = 1`, "orders|id"},
		{`SELECT n, pg_catalog.has_any_column_privilege(current_user, '"' || s || '"."' || n || '"', 'select'), pg_catalog.has_schema_privilege(current_user, s, 'usage')
			FROM (SELECT schemaname AS s, tablename AS n FROM pg_tables UNION SELECT schemaname, viewname FROM pg_views UNION SELECT schemaname, matviewname FROM pg_matviews) AS all_of_them ORDER BY 1`,
			"items|t|t\norders|t|t\nprices|t|t"},
		// grafana/grafana: public/app/plugins/datasource/grafana-postgresql-datasource/postgresMetaQuery.ts
		{`SELECT quote_ident(table_name) FROM information_schema.tables WHERE quote_ident(table_schema) = 'shop' ORDER BY 1`, "items\nprices"},
		// dbeaver/dbeaver: plugins/org.jkiss.dbeaver.ext.postgresql/src/org/jkiss/dbeaver/ext/postgresql/model/PostgreSchema.java
		{`SELECT k.conname, t.relname, r.relname, d.description FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid LEFT JOIN pg_class r ON r.oid = k.confrelid
			LEFT JOIN pg_description d ON d.objoid = k.oid AND d.objsubid = 0 AND d.classoid = 'pg_constraint'::regclass ORDER BY k.conname`, "items_order_id_fkey|items|orders|NULL\norders_pkey|orders|NULL|NULL"},
		{`SELECT x.indkey AS keys, i.relname, i.relam, t.relname, pg_get_expr(x.indexprs, x.indrelid, true), pg_relation_size(x.indexrelid), pg_stat_get_numscans(x.indexrelid)
			FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid`, "1|orders_pkey|403|orders|NULL|0|0"},
		{`SELECT a.attname, d.description, k.objid FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
			LEFT JOIN pg_description d ON d.objoid = t.oid AND d.objsubid = a.attnum LEFT JOIN pg_depend k ON k.refobjid = a.attrelid AND k.refobjsubid = a.attnum AND k.deptype = 'i'
			WHERE t.relkind NOT IN ('i', 'I', 'c') AND t.relnamespace = 'shop'::regnamespace ORDER BY 1`, "order_id|NULL|NULL\nprice|NULL|NULL"},
		{`SELECT p.oid, pg_get_expr(p.proargdefaults, 0) FROM pg_proc p LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass WHERE p.pronamespace = 1`, ""},
		{`SELECT array_agg(n.nspname || '.' || t.relname) FROM (SELECT unnest(e.extconfig) AS oid, e.oid AS extension FROM pg_extension e) x JOIN pg_class t ON t.oid = x.oid JOIN pg_namespace n ON n.oid = t.relnamespace GROUP BY extension`, ""},
		// PostgreDatabase.java, PostgreDataTypeCache.java, PostgreRole.java, PostgreTable.java, PostgreProcedure.java, PostgreStructureAssistant.java and PostgreExecutionContext.java beside it
		{`SELECT t.typname, format_type(nullif(t.typbasetype, 0), t.typtypmod) FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem LEFT JOIN pg_class c ON c.oid = t.typrelid
			WHERE c.relkind IS NULL AND (e.typcategory IS NULL OR e.typcategory <> 'C') AND t.typnamespace = 11 AND t.typname IN ('int8', '_text') ORDER BY 1`, "_text|NULL\nint8|NULL"},
		{`SELECT relname FROM (SELECT relname, relkind, (aclexplode(relacl)).grantee AS who FROM pg_class WHERE relacl IS NOT NULL
			UNION ALL SELECT nspname, CAST('C' AS "char"), (aclexplode(nspacl)).grantee FROM pg_namespace WHERE nspacl IS NOT NULL) AS granted WHERE who = 10`, ""},
		{`SELECT rolname, d.description, s.setconfig FROM pg_roles r LEFT JOIN pg_shdescription d ON d.objoid = r.oid LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid`, "anna|NULL|NULL"},
		{`SELECT DISTINCT connamespace = 'shop'::regnamespace FROM pg_constraint WHERE confrelid = 'orders'::regclass`, "t"},
		{`SELECT (pg_identify_object('pg_proc'::regclass, a.aggfnoid, 0)).identity FROM pg_aggregate a WHERE a.aggfnoid = 1::regproc`, ""},
		{`SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'v') AND (c.relname ILIKE '%ORD%' OR obj_description(c.oid, 'pg_class') ILIKE '%ord%' OR c.relkind = 'v' AND pg_get_viewdef(c.oid) ILIKE '%ord%')`, "orders"},
		{`SELECT a.attname FROM pg_attribute a, pg_class c WHERE c.oid = a.attrelid AND (a.attname ILIKE 'ORDER%' OR col_description(c.oid, a.attnum) ILIKE '%order%')`, "order_id"},
		{`SELECT current_schema(), session_user`, "main|anna"},
		{`SELECT amname FROM pg_am ORDER BY oid`, "iceberg\nbtree"},
	} {
		if got, err := rows(t, c, ask.sql); err != nil || got != ask.want {
			t.Errorf("%s\n%q, not %q: %v", ask.sql, got, ask.want, err)
		}
	}
}
