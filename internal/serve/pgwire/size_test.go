package pgwire_test

import (
	"strings"
	"testing"

	"github.com/apache/iceberg-go/table"
)

// Clients show how large tables are, and ask first for what is small.
func TestTablesHaveSizes(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	for sql, want := range map[string]string{
		`SELECT relname, reltuples FROM pg_class WHERE relname IN ('orders', 'prices') ORDER BY 1`:                                               "orders|40\nprices|1",
		`SELECT relname, n_live_tup FROM pg_stat_user_tables ORDER BY 1`:                                                                         "orders|40\nprices|1",
		`SELECT pg_total_relation_size('orders') > 500, pg_table_size('orders'::regclass) = pg_relation_size('orders', 'main')`:                  "t|t",
		`SELECT pg_relation_size('orders', 'fsm'), pg_total_relation_size('shop.prices') > 100, pg_total_relation_size(1)`:                       "0|t|0",
		`SELECT count(*) FROM pg_class c WHERE pg_catalog.pg_table_size(c.oid) > 100`:                                                            "2",
		`SELECT pg_catalog.pg_size_pretty(pg_catalog.pg_table_size(c.oid)) LIKE '% bytes' FROM pg_catalog.pg_class c WHERE c.relname = 'orders'`: "t",
	} {
		if got, err := rows(t, c, sql); err != nil || got != want {
			t.Errorf("%s: %v\n%q, not %q", sql, err, got, want)
		}
	}
	if got, err := rows(t, c, "BEGIN; INSERT INTO orders BY NAME SELECT 99 AS id; SELECT reltuples FROM pg_class WHERE relname = 'orders'"); err != nil || got != "41" {
		t.Error(got, err)
	}
}

// Where files tell of deleted rows nobody has counted what is left; how many bytes
// there are is known.
func TestTablesWithDeleteFilesHaveASize(t *testing.T) {
	s := newServer(t)
	f := s.Foreign(t, "orders")
	deleted := f.DeleteFile(t, f.DeletePositions(t, f.DataFiles(t)[0].FilePath()+"#0"), 1, nil)
	f.Change(t, func(tx *table.Transaction) error {
		delta := tx.NewRowDelta(nil)
		delta.AddDeletes(deleted)
		return delta.Commit(t.Context())
	})
	const sql = "SELECT reltuples, pg_total_relation_size(oid) > 500, (SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 'orders') FROM pg_class WHERE relname = 'orders'"
	if got, err := rows(t, s.connect(t), sql); err != nil || got != "-1|t|NULL" {
		t.Error(got, err)
	}
}

func TestSizesOfHiddenTablesAreHidden(t *testing.T) {
	g := newGoverned(t)
	const ofHidden = "SELECT pg_total_relation_size('secret.plans') > 0"
	const sql = "SELECT pg_total_relation_size(pg_oid('secret.plans')) > 0, (SELECT count(*) FROM pg_stat_user_tables WHERE relname = 'plans' AND n_live_tup > 0)"
	if got, err := rows(t, g.connect(t, "ada"), sql); err != nil || got != "t|1" {
		t.Errorf("an owner is told %q: %v", got, err)
	}
	for _, who := range []string{"bob", "cat", "etl", "none", "priv"} {
		if got, err := rows(t, g.connect(t, who), sql); err != nil || strings.Contains(got, "t") || strings.Contains(got, "1") {
			t.Errorf("%s is told %q: %v", who, got, err)
		}
		if got, err := rows(t, g.connect(t, who), ofHidden); code(err) != "42P01" {
			t.Errorf("%s is told %q: %v", who, got, err)
		}
	}
}
