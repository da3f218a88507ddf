//go:build duckdb_arrow

package pgwire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// What clients ask of one table, as they send it: psql 15 for \d and \d+,
// pgjdbc's getColumns, SQLAlchemy's reflection. None of it reads another table.
var asked = map[string]string{
	`SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relname OPERATOR(pg_catalog.~) '^(orders)$' COLLATE pg_catalog.default AND c.relkind IN ('r','v') AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 2, 3`: "%[1]d|main|orders",
	`SELECT c.relchecks, c.relkind, c.relhasindex, c.relhasrules, false AS relhasoids, '', c.reltablespace, CASE WHEN c.reloftype = 0 THEN '' ELSE c.reloftype::pg_catalog.regtype::pg_catalog.text END, am.amname
		FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid) LEFT JOIN pg_catalog.pg_am am ON (c.relam = am.oid) WHERE c.oid = '%[1]d'`: "0|r|f|f|f||0||iceberg",
	`SELECT a.attname, pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = '%[1]d' AND a.attnum = 1 AND NOT a.attisdropped ORDER BY a.attnum`: "id|NULL",
	`SELECT c2.relname, i.indisprimary, pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), pg_catalog.pg_get_constraintdef(con.oid, true), contype, c2.reltablespace
		FROM pg_catalog.pg_class c, pg_catalog.pg_class c2, pg_catalog.pg_index i
		LEFT JOIN pg_catalog.pg_constraint con ON (conrelid = i.indrelid AND conindid = i.indexrelid AND contype IN ('p','u','x'))
		WHERE c.oid = '%[1]d' AND c.oid = i.indrelid AND i.indexrelid = c2.oid ORDER BY i.indisprimary DESC, c2.relname`: "",
	`SELECT true as sametable, conname, pg_catalog.pg_get_constraintdef(r.oid, true) as condef, conrelid::pg_catalog.regclass AS ontable FROM pg_catalog.pg_constraint r
		WHERE r.conrelid = '%[1]d' AND r.contype = 'f' AND conparentid = 0 ORDER BY conname`: "",
	`SELECT oid, stxrelid::pg_catalog.regclass, stxnamespace::pg_catalog.regnamespace::pg_catalog.text AS nsp, stxname, pg_catalog.pg_get_statisticsobjdef_columns(oid) AS columns
		FROM pg_catalog.pg_statistic_ext WHERE stxrelid = '%[1]d' ORDER BY nsp, stxname`: "",
	`SELECT pubname, NULL, NULL FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_namespace pn ON p.oid = pn.pnpubid JOIN pg_catalog.pg_class pc ON pc.relnamespace = pn.pnnspid
		WHERE pc.oid ='%[1]d' and pg_catalog.pg_relation_is_publishable('%[1]d')
		UNION SELECT pubname, pg_get_expr(pr.prqual, c.oid), (CASE WHEN pr.prattrs IS NOT NULL THEN (SELECT string_agg(attname, ', ') FROM pg_catalog.generate_series(0, pg_catalog.array_upper(pr.prattrs::pg_catalog.int2[], 1)) s,
			pg_catalog.pg_attribute WHERE attrelid = pr.prrelid AND attnum = prattrs[s]) ELSE NULL END)
		FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_publication_rel pr ON p.oid = pr.prpubid JOIN pg_catalog.pg_class c ON c.oid = pr.prrelid WHERE pr.prrelid = '%[1]d' ORDER BY 1`: "",
	`SELECT c.oid::pg_catalog.regclass FROM pg_catalog.pg_class c, pg_catalog.pg_inherits i WHERE c.oid = i.inhparent AND i.inhrelid = '%[1]d' AND c.relkind != 'p' AND c.relkind != 'I' ORDER BY inhseqno`: "",
	`SELECT c.oid::pg_catalog.regclass, c.relkind, inhdetachpending, pg_catalog.pg_get_expr(c.relpartbound, c.oid) FROM pg_catalog.pg_class c, pg_catalog.pg_inherits i
		WHERE c.oid = i.inhrelid AND i.inhparent = '%[1]d' ORDER BY pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', c.oid::pg_catalog.regclass::pg_catalog.text`: "",
	`SELECT * FROM (SELECT current_database() AS current_database, n.nspname,c.relname,a.attname,a.atttypid,a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) AS attnotnull,row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS attnum,
		dsc.description FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_class c ON (c.relnamespace = n.oid) JOIN pg_catalog.pg_attribute a ON (a.attrelid=c.oid) JOIN pg_catalog.pg_type t ON (a.atttypid = t.oid)
		LEFT JOIN pg_catalog.pg_attrdef def ON (a.attrelid=def.adrelid AND a.attnum = def.adnum) LEFT JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)
		LEFT JOIN pg_catalog.pg_class dc ON (dc.oid=dsc.classoid AND dc.relname='pg_class') LEFT JOIN pg_catalog.pg_namespace dn ON (dc.relnamespace=dn.oid AND dn.nspname='pg_catalog')
		WHERE c.relkind in ('r','p','v','f','m') and a.attnum > 0 AND NOT a.attisdropped AND n.nspname LIKE 'main' AND c.relname LIKE 'orders') c WHERE true AND attname LIKE 'id%' ORDER BY nspname,c.relname,attnum`: "shop|main|orders|id|20|f|1|NULL",
	`SELECT pg_catalog.pg_attribute.attname AS name, pg_catalog.pg_class.relname AS table_name, pg_catalog.pg_description.description AS comment,
		(SELECT json_build_object('always', pg_catalog.pg_attribute.attidentity = 'a') FROM pg_catalog.pg_sequence WHERE pg_catalog.pg_attribute.attidentity != '' AND pg_catalog.pg_sequence.seqrelid =
			CAST(CAST(pg_catalog.pg_get_serial_sequence(CAST(CAST(pg_catalog.pg_attribute.attrelid AS REGCLASS) AS TEXT), pg_catalog.pg_attribute.attname) AS REGCLASS) AS OID)) AS identity_options
		FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_attribute ON pg_catalog.pg_class.oid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_attribute.attnum > 0 AND NOT pg_catalog.pg_attribute.attisdropped
		LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_attribute.attrelid AND pg_catalog.pg_description.objsubid = pg_catalog.pg_attribute.attnum
		JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace
		WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p', 'f', 'v', 'm']) AND pg_catalog.pg_table_is_visible(pg_catalog.pg_class.oid) AND pg_catalog.pg_namespace.nspname != 'pg_catalog' AND pg_catalog.pg_class.relname IN ('orders')
		ORDER BY pg_catalog.pg_class.relname, pg_catalog.pg_attribute.attnum LIMIT 1`: "id|orders|NULL|NULL",
	`SELECT attr.conrelid, array_agg(attr.attname ORDER BY attr.ord) AS cols, attr.conname, min(attr.description) AS description FROM (SELECT con.conrelid AS conrelid, con.conname AS conname, con.ord AS ord, con.description AS description,
			pg_catalog.pg_attribute.attname AS attname FROM pg_catalog.pg_attribute JOIN (SELECT pg_catalog.pg_constraint.conrelid AS conrelid, pg_catalog.pg_constraint.conname AS conname, unnest(pg_catalog.pg_constraint.conkey) AS attnum,
				generate_subscripts(pg_catalog.pg_constraint.conkey, 1) AS ord, pg_catalog.pg_description.description AS description FROM pg_catalog.pg_constraint LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid
				WHERE pg_catalog.pg_constraint.contype = 'p' AND pg_catalog.pg_constraint.conrelid IN (%[1]d)) AS con ON pg_catalog.pg_attribute.attnum = con.attnum AND pg_catalog.pg_attribute.attrelid = con.conrelid
			WHERE con.conrelid IN (%[1]d)) AS attr GROUP BY attr.conrelid, attr.conname ORDER BY attr.conrelid, attr.conname`: "",
	`SELECT pg_catalog.pg_class.relname, pg_catalog.pg_constraint.conname, CASE WHEN (pg_catalog.pg_constraint.oid IS NOT NULL) THEN pg_catalog.pg_get_constraintdef(pg_catalog.pg_constraint.oid, true) ELSE NULL END AS anon_1, nsp_ref.nspname, pg_catalog.pg_description.description
		FROM pg_catalog.pg_class LEFT OUTER JOIN pg_catalog.pg_constraint ON pg_catalog.pg_class.oid = pg_catalog.pg_constraint.conrelid AND pg_catalog.pg_constraint.contype = 'f' LEFT OUTER JOIN pg_catalog.pg_class AS pg_class_ref ON pg_class_ref.oid = pg_catalog.pg_constraint.confrelid
		LEFT OUTER JOIN pg_catalog.pg_namespace AS nsp_ref ON pg_class_ref.relnamespace = nsp_ref.oid LEFT OUTER JOIN pg_catalog.pg_description ON pg_catalog.pg_description.objoid = pg_catalog.pg_constraint.oid
		JOIN pg_catalog.pg_namespace ON pg_catalog.pg_namespace.oid = pg_catalog.pg_class.relnamespace WHERE pg_catalog.pg_class.relkind = ANY (ARRAY['r', 'p']) AND pg_catalog.pg_class.relname IN ('orders') ORDER BY 1, 2`: "orders|NULL|NULL|NULL|NULL",
	`SELECT obj_description('orders'::regclass), obj_description('main.orders'::regclass::oid, 'pg_class'), col_description('orders'::regclass, 2)`: "NULL|NULL|NULL",
	`SELECT pg_total_relation_size('orders') > 0, (SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('main.orders'))`:                  "t|4",
	`SELECT attname FROM pg_attribute WHERE attrelid = '"main"."orders"'::regclass AND attnum = 1`:                                                  "id",
	`SELECT a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relname = 'orders' AND c.relkind = 'r' AND a.attnum = 1`:    "id",
	`SELECT (SELECT max(attname) FROM pg_attribute WHERE attrelid = c.oid) FROM pg_class c WHERE c.oid = %[1]d`:                                     "region",
	`SELECT d.name FROM (SELECT attrelid AS of, attname AS name, attnum AS n FROM pg_attribute) d WHERE d.of = %[1]d AND d.n = 2`:                   "amount",
}

func TestWhatClientsAskOfOneTableReadsNoOther(t *testing.T) {
	number := gate.Number("main.orders")
	for sql, want := range asked {
		fill := strings.NewReplacer("%[1]d", fmt.Sprint(number))
		sql, want = fill.Replace(sql), fill.Replace(want)
		read := &reads{}
		c := newServer(t, read.count).connect(t)
		if got, err := rows(t, c, sql); err != nil || got != want {
			t.Errorf("%s: %v\n%q, not %q", sql, err, got, want)
		}
		if got := strings.ReplaceAll(read.names(), "main.orders", ""); strings.TrimSpace(got) != "" {
			t.Errorf("%s\nreads %q", sql, got)
		}
	}
}

// What is known of the rows of one relation leaves out none of another that the
// answer needs.
func TestNarrowingLeavesAnswersAsTheyAre(t *testing.T) {
	s := newServer(t)
	orders := ident.Table{Namespace: "main", Name: "orders"}
	s.Declare(t, "orders", lake.Key{Kind: lake.PrimaryKey, Columns: []string{"id"}})
	s.Append(t, "shop.items", "SELECT 1::BIGINT AS order_id")
	s.Declare(t, "shop.items", lake.Key{Kind: lake.ForeignKey, Columns: []string{"order_id"}, To: orders, ToColumns: []string{"id"}})
	c := s.connect(t)
	number, prices := gate.Number("main.orders"), gate.Number("shop.prices")
	for sql, want := range map[string]string{
		// An outer join keeps the rows that nothing is joined with.
		`SELECT c.relname, a.attname FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND c.oid = %[2]d WHERE c.relkind = 'r' ORDER BY 1, 2`: "items|NULL\norders|NULL\nprices|price",
		`SELECT c.relname FROM pg_class c LEFT JOIN pg_class d ON d.oid = c.oid AND d.oid = %[1]d WHERE c.relkind = 'r' AND d.oid IS NULL ORDER BY 1`:      "items\nprices",
		`SELECT c.relname FROM pg_class c FULL JOIN pg_class d ON d.oid = c.oid AND d.oid = %[1]d WHERE c.relkind = 'r' ORDER BY 1`:                        "items\norders\nprices",
		`SELECT c.relname, d.relname FROM pg_class d RIGHT JOIN pg_class c ON d.oid = c.oid AND c.oid = %[1]d WHERE c.relkind = 'r' ORDER BY 1`:            "items|NULL\norders|orders\nprices|NULL",
		// A part of an OR says nothing, nor does what is not there.
		`SELECT c.relname FROM pg_class c, pg_class d WHERE c.oid = d.oid AND (d.oid = %[1]d OR c.oid = %[2]d) ORDER BY 1`:                                  "orders\nprices",
		`SELECT c.relname FROM pg_class c WHERE NOT EXISTS (SELECT 1 FROM pg_class d WHERE d.oid = c.oid AND d.oid = %[1]d) AND c.relkind = 'r' ORDER BY 1`: "items\nprices",
		`SELECT count(*), (SELECT count(*) FROM pg_class WHERE relkind = 'r') FROM pg_policy`:                                                               "0|3",
		`SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.oid NOT IN (SELECT inhrelid FROM pg_inherits) ORDER BY 1`:                             "items\norders\nprices",
		`SELECT c.relname FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relkind = 'r' ORDER BY 1`:                                     "items\norders\nprices",
		// Names mean what is nearest.
		`SELECT (SELECT count(*) FROM pg_class c WHERE c.relkind = 'r') FROM pg_class c WHERE c.oid = %[1]d`:                              "3",
		`SELECT (SELECT max(d.relname) FROM pg_class d, (SELECT %[2]d AS oid) c WHERE d.oid = c.oid) FROM pg_class c WHERE c.oid = %[1]d`: "prices",
		`WITH pg_class AS (SELECT %[2]d AS oid) SELECT a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid`:               "price",
		// A row of a query that counts others depends on them.
		`SELECT n FROM (SELECT oid AS number, count(*) OVER () AS n FROM pg_class WHERE relkind = 'r') d WHERE d.number = %[1]d`:                  "3",
		`SELECT d.number = %[1]d FROM (SELECT oid AS number FROM pg_class WHERE relkind = 'r' ORDER BY relname LIMIT 1) d WHERE d.number = %[1]d`: "",
		// Patterns that match more than one text.
		`SELECT relname FROM pg_class WHERE relname ~ '^(orders|prices)$' ORDER BY 1`: "orders\nprices",
		`SELECT relname FROM pg_class WHERE relname ~ '^(o.ders)$'`:                   "orders",
		`SELECT relname FROM pg_class WHERE relname LIKE 'order_' ORDER BY 1`:         "orders",
		`SELECT relname FROM pg_class WHERE relname LIKE 'orders\_pkey'`:              "orders_pkey",
		`SELECT relname FROM pg_class WHERE relname ~ '^(orders_pkey)$'`:              "orders_pkey",
		`SELECT relname FROM pg_class WHERE relname ~ '^\d$' OR relname = '{user}'`:   "",
		`SELECT relname FROM pg_class WHERE relname = '{user}' OR relname = 'orders'`: "orders",
		`SELECT count(*) FROM pg_class WHERE relname = '{user}'`:                      "0",
		// Keys and where they lead.
		`SELECT c2.relname, pg_get_indexdef(i.indexrelid, 0, true), pg_get_constraintdef(con.oid, true) FROM pg_class c, pg_class c2, pg_index i LEFT JOIN pg_constraint con ON (conrelid = i.indrelid AND conindid = i.indexrelid AND contype IN ('p','u','x'))
			WHERE c.oid = '%[1]d' AND c.oid = i.indrelid AND i.indexrelid = c2.oid`: "orders_pkey|CREATE UNIQUE INDEX orders_pkey ON orders USING btree (id)|PRIMARY KEY (id)",
		`SELECT relname, relhasindex, relhastriggers FROM pg_class WHERE oid IN (%[1]d, %[2]d) ORDER BY 1`: "orders|t|t\nprices|f|f",
		`SELECT relname, relhastriggers FROM pg_class WHERE relname = 'items'`:                             "items|t",
		`SELECT tablename, hasindexes, hastriggers FROM pg_tables WHERE tablename = 'orders'`:              "orders|t|t",
		`SELECT conname, conrelid::pg_catalog.regclass AS ontable, pg_catalog.pg_get_constraintdef(oid, true) AS condef FROM pg_catalog.pg_constraint c WHERE confrelid IN (SELECT pg_catalog.pg_partition_ancestors('%[1]d') UNION ALL VALUES ('%[1]d'::pg_catalog.regclass))
			AND contype = 'f' AND conparentid = 0 ORDER BY conname`: "items_order_id_fkey|shop.items|FOREIGN KEY (order_id) REFERENCES orders(id)",
		`SELECT r.relname FROM pg_class c JOIN pg_constraint f ON f.conrelid = c.oid JOIN pg_class r ON r.oid = f.confrelid WHERE c.relname = 'items'`: "orders",
		`SELECT 'orders_pkey'::regclass = i.oid, 'main.ORDERS_PKEY'::regclass = i.oid FROM pg_class i WHERE i.relname = 'orders_pkey'`:                 "t|t",
	} {
		sql = strings.NewReplacer("%[1]d", fmt.Sprint(number), "%[2]d", fmt.Sprint(prices)).Replace(sql)
		if got, err := rows(t, c, sql); err != nil || got != want {
			t.Errorf("%s: %v\n%q, not %q", sql, err, got, want)
		}
	}
}
