//go:build duckdb_arrow

package pgwire_test

import (
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// Keys that projects declare, and identifier fields, are PostgreSQL's
// constraints and indexes.
func TestKeysAreShown(t *testing.T) {
	s := newServer(t)
	orders := ident.Table{Namespace: "main", Name: "orders"}
	s.Declare(t, "orders", lake.Key{Kind: lake.PrimaryKey, Columns: []string{"id"}}, lake.Key{Kind: lake.UniqueKey, Name: "Once", Columns: []string{"day", "region"}})
	s.Append(t, "shop.Items", "SELECT 1::BIGINT AS order_id, 'x' AS region, DATE '2020-01-01' AS day, 2 AS n")
	s.Declare(t, "shop.Items", lake.Key{Kind: lake.ForeignKey, Columns: []string{"order_id"}, To: orders, ToColumns: []string{"ID"}},
		lake.Key{Kind: lake.ForeignKey, Columns: []string{"region", "day"}, To: orders, ToColumns: []string{"region", "day"}},
		lake.Key{Kind: lake.ForeignKey, Name: "loose", Columns: []string{"n"}, To: orders, ToColumns: []string{"amount"}},
		lake.Key{Kind: lake.ForeignKey, Name: "lost", Columns: []string{"n"}, To: ident.Table{Namespace: "main", Name: "nowhere"}, ToColumns: []string{"n"}})
	s.Foreign(t, "shop.prices").Metadatum(t, func(meta map[string]any) {
		for _, one := range meta["schemas"].([]any) {
			schema := one.(map[string]any)
			schema["identifier-field-ids"] = []any{1}
			schema["fields"].([]any)[0].(map[string]any)["required"] = true
		}
	})
	c := s.connect(t)
	for _, ask := range []struct{ sql, want string }{
		{`SELECT conname, contype, conrelid = 'shop."Items"'::regclass, conkey, confkey, confrelid = 'orders'::regclass, i.relname, pg_get_constraintdef(c.oid) FROM pg_constraint c LEFT JOIN pg_class i ON i.oid = conindid ORDER BY contype, conname`,
			`Items_order_id_fkey|f|t|{1}|{1}|t|orders_pkey|FOREIGN KEY (order_id) REFERENCES orders(id)
Items_region_day_fkey|f|t|{2,3}|{3,4}|t|Once|FOREIGN KEY (region, day) REFERENCES orders(region, day)
loose|f|t|{4}|{2}|t|NULL|FOREIGN KEY (n) REFERENCES orders(amount)
orders_pkey|p|f|{1}|NULL|f|orders_pkey|PRIMARY KEY (id)
prices_pkey|p|f|{1}|NULL|f|prices_pkey|PRIMARY KEY (price)
Once|u|f|{4,3}|NULL|f|Once|UNIQUE (day, region)`},
		{`SELECT t.relname, i.relname, indisprimary, indisunique, indkey, indnatts, pg_get_indexdef(i.oid), pg_get_indexdef(i.oid, 1, true) FROM pg_index x JOIN pg_class i ON i.oid = indexrelid AND i.relkind = 'i' JOIN pg_class t ON t.oid = indrelid WHERE t.relhasindex ORDER BY 1, 2`,
			`orders|Once|f|t|4 3|2|CREATE UNIQUE INDEX "Once" ON orders USING btree (day, region)|day
orders|orders_pkey|t|t|1|1|CREATE UNIQUE INDEX orders_pkey ON orders USING btree (id)|id
prices|prices_pkey|t|t|1|1|CREATE UNIQUE INDEX prices_pkey ON shop.prices USING btree (price)|price`},
		{"SELECT relname, relkind, relhasindex FROM pg_class ORDER BY 1", "Items|r|f\nOnce|i|f\norders|r|t\norders_pkey|i|f\nprices|r|t\nprices_pkey|i|f"},
		{"SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') ORDER BY 1", "Items\norders\nprices"},
		{"SELECT tablename, indexname FROM pg_indexes ORDER BY 2", "orders|Once\norders|orders_pkey\nprices|prices_pkey"},
		{"SELECT table_name, constraint_name, constraint_type, enforced FROM information_schema.table_constraints ORDER BY 1, 2",
			"Items|Items_order_id_fkey|FOREIGN KEY|NO\nItems|Items_region_day_fkey|FOREIGN KEY|NO\nItems|loose|FOREIGN KEY|NO\norders|Once|UNIQUE|NO\norders|orders_pkey|PRIMARY KEY|NO\nprices|prices_pkey|PRIMARY KEY|NO"},
		{"SELECT constraint_name, column_name, ordinal_position, position_in_unique_constraint FROM information_schema.key_column_usage ORDER BY 1, 3",
			"Items_order_id_fkey|order_id|1|1\nItems_region_day_fkey|region|1|2\nItems_region_day_fkey|day|2|1\nOnce|day|1|NULL\nOnce|region|2|NULL\nloose|n|1|NULL\norders_pkey|id|1|NULL\nprices_pkey|price|1|NULL"},
		{"SELECT constraint_schema, constraint_name, table_schema, table_name, column_name FROM information_schema.constraint_column_usage WHERE constraint_name LIKE 'Items%' ORDER BY 2, 5",
			"shop|Items_order_id_fkey|main|orders|id\nshop|Items_region_day_fkey|main|orders|day\nshop|Items_region_day_fkey|main|orders|region"},
		{"SELECT constraint_name, unique_constraint_schema, unique_constraint_name FROM information_schema.referential_constraints ORDER BY 1",
			"Items_order_id_fkey|main|orders_pkey\nItems_region_day_fkey|main|Once\nloose|NULL|NULL"},
		{"SELECT 'orders'::regclass, conrelid::pg_catalog.regclass AS who, confrelid::regclass::text || '!' FROM pg_constraint WHERE conname IN ('loose', 'Once') ORDER BY 2", "orders|orders|0!\norders|shop.\"Items\"|orders!"},
		{"SELECT x.indkey, indoption, indkey[1] FROM pg_index x WHERE indnatts = 2", "4 3|0 0|4"},
		{"SELECT x.indrelid > 0, a.relid, pg_partition_root(1) FROM pg_index x LEFT JOIN LATERAL (SELECT * FROM pg_catalog.pg_partition_ancestors(x.indrelid) WITH ORDINALITY AS p(relid, depth)) a ON true WHERE indnatts = 2", "t|NULL|NULL"},
		{"SELECT relname FROM pg_class WHERE relhastriggers ORDER BY 1", "Items\norders"},
	} {
		if got, err := rows(t, c, ask.sql); err != nil || got != ask.want {
			t.Errorf("%s: %v\n%s\nnot\n%s", ask.sql, err, got, ask.want)
		}
	}
}

func TestFunctionsOfTheCatalogTakeParameters(t *testing.T) {
	s := newServer(t)
	s.Declare(t, "orders", lake.Key{Kind: lake.PrimaryKey, Columns: []string{"id"}})
	c := s.connect(t)
	for sql, arguments := range map[string][]any{
		"SELECT pg_get_constraintdef(oid, $1) || 'FOREIGN KEY' FROM pg_constraint WHERE conname = $2::text": {true, "orders_pkey"},
		"SELECT 'PRIMARY KEY (' || pg_get_indexdef(indexrelid, $1, $2) || ')FOREIGN KEY' FROM pg_index":     {1, false},
		"SELECT coalesce(col_description($1, $2), obj_description($3, $4), 'PRIMARY KEY (id)FOREIGN KEY')":  {1, 2, 3, "pg_class"},
	} {
		var got string
		if err := c.QueryRow(t.Context(), sql, arguments...).Scan(&got); err != nil || got != "PRIMARY KEY (id)FOREIGN KEY" {
			t.Errorf("%s: %q %v", sql, got, err)
		}
	}
}

// A foreign key to what somebody may not see is none for them, and tells no name.
func TestKeysOfHiddenTablesAreHidden(t *testing.T) {
	g := newGoverned(t)
	g.Declare(t, "secret.plans", lake.Key{Kind: lake.PrimaryKey, Name: "plan-key", Columns: []string{"id"}})
	g.Declare(t, "shop.items", lake.Key{Kind: lake.PrimaryKey, Columns: []string{"id"}},
		lake.Key{Kind: lake.ForeignKey, Name: "plan-of-item", Columns: []string{"id"}, To: ident.Table{Namespace: "secret", Name: "plans"}, ToColumns: []string{"id"}})
	for _, relation := range []string{
		"pg_constraint", "pg_index", "pg_class", "pg_indexes", "pg_tarn_key", "information_schema.table_constraints", "information_schema.key_column_usage", "information_schema.constraint_column_usage",
		"information_schema.constraint_table_usage", "information_schema.referential_constraints",
	} {
		told := map[string]string{}
		for _, who := range []string{"ada", "bob", "none"} {
			got, err := rows(t, g.connect(t, who), "SELECT * FROM "+relation)
			if err != nil {
				t.Fatal(err)
			}
			told[who] = got
		}
		if !strings.Contains(told["ada"], hidden) && relation != "pg_index" || strings.Contains(told["bob"]+told["none"], "plan") {
			t.Errorf("%s: %v", relation, told)
		}
		if relation != "information_schema.referential_constraints" && (told["bob"] == "" || told["bob"] == told["ada"]) {
			t.Errorf("%s: an analyst is told %q, an owner %q", relation, told["bob"], told["ada"])
		}
	}
	const oids = "SELECT oid FROM pg_constraint UNION ALL SELECT indexrelid FROM pg_index"
	all, err := rows(t, g.connect(t, "ada"), oids)
	if err != nil {
		t.Fatal(err)
	}
	for oid := range strings.Lines(all) {
		got, err := rows(t, g.connect(t, "bob"), "SELECT pg_get_constraintdef("+oid+"), pg_get_indexdef("+oid+")")
		if err != nil || strings.Contains(got, "secret") || strings.Contains(got, "plan") {
			t.Errorf("%s: %v", got, err)
		}
	}
}
