//go:build duckdb_arrow

package pgwire_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// Who asks for one table by its number or its name makes the server read that one
// alone.
func TestOfTheCatalogOnlyTheTablesThatAreAskedForAreRead(t *testing.T) {
	number := gate.Number("main.orders")
	for sql, want := range map[string]string{
		"SELECT attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = '%d' AND a.attnum > 3":                                                                     "day",
		"SELECT attname FROM pg_attribute WHERE attrelid IN (1, %d) AND attnum = 1":                                                                                  "id",
		"SELECT attname FROM pg_attribute WHERE attrelid = '%d'::oid AND attnum = 1":                                                                                 "id",
		"SELECT count(*) FROM pg_description WHERE objoid = %d":                                                                                                      "0",
		"SELECT count(*) FROM pg_catalog.pg_constraint r WHERE r.conrelid = '%d' AND r.contype = 'f'":                                                                "0",
		"SELECT count(*) FROM pg_index WHERE indrelid = '%d'":                                                                                                        "0",
		"SELECT relname, reltuples FROM pg_class WHERE oid = '%d'":                                                                                                   "orders|40",
		"SELECT c.relname, c.reltuples, am.amname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_am am ON c.relam = am.oid WHERE c.oid = '%d'":                   "orders|40|iceberg",
		"SELECT bytes > 0 FROM pg_tarn_size WHERE oid = %d":                                                                                                          "t",
		"SELECT a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.oid = %[1]d AND a.attrelid = %[1]d AND a.attnum = 2 AND c.relkind = 'r'": "amount",
		"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'orders' AND table_schema = 'main' AND ordinal_position = 1 AND %d > 0":    "id|bigint",
		"SELECT constraint_name FROM information_schema.key_column_usage WHERE table_name = 'orders' AND %d > 0":                                                     "",
		"SELECT indexname FROM pg_indexes WHERE tablename = 'orders' AND %d > 0":                                                                                     "",
	} {
		sql = fmt.Sprintf(sql, number)
		read := &reads{}
		c := newServer(t, read.count).connect(t)
		if got, err := rows(t, c, sql); err != nil || got != want {
			t.Errorf("%s: %v\n%q, not %q", sql, err, got, want)
		}
		if got := read.names(); got != "main.orders" {
			t.Errorf("%s reads %q", sql, got)
		}
	}
}

// Conditions leave out what they say, and nothing else.
func TestNumbersAreComparedAsTheEngineDoes(t *testing.T) {
	c := newServer(t).connect(t)
	orders, prices := gate.Number("main.orders"), gate.Number("shop.prices")
	for sql, want := range map[string]string{
		fmt.Sprintf("SELECT relname FROM pg_class WHERE oid IN ('%d', %d) ORDER BY 1", orders, prices):                                                             "orders\nprices",
		fmt.Sprintf("SELECT relname FROM pg_class WHERE oid = ' 0%d '", orders):                                                                                    "orders",
		fmt.Sprintf("SELECT relname FROM pg_class WHERE oid = %d OR oid = %d ORDER BY 1", orders, prices):                                                          "orders\nprices",
		fmt.Sprintf("SELECT relname FROM pg_class WHERE NOT oid = %d", orders):                                                                                     "prices",
		fmt.Sprintf("SELECT relname FROM pg_class WHERE oid = %d.0", orders):                                                                                       "orders",
		fmt.Sprintf("SELECT relname FROM pg_class WHERE oid = %d AND oid = %d", orders, prices):                                                                    "",
		fmt.Sprintf("SELECT n.nspname, c.relname FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.oid = %d ORDER BY 1, 2 LIMIT 2", orders): "information_schema|NULL\nmain|orders",
		fmt.Sprintf("SELECT c.relname FROM pg_am a RIGHT JOIN pg_class c ON c.relam = a.oid WHERE c.oid = %d", prices):                                             "prices",
		"SELECT relname, 'orders'::regclass = oid FROM pg_class WHERE relname = 'orders'":                                                                          "orders|t",
		"SELECT relname, 'shop.prices'::regclass = oid FROM pg_class WHERE oid = 'shop.prices'::regclass":                                                          "prices|t",
		"SELECT relname FROM pg_class WHERE oid IN (NULL, 1)":                                                                                                      "",
	} {
		if got, err := rows(t, c, sql); err != nil || got != want {
			t.Errorf("%s: %v\n%q, not %q", sql, err, got, want)
		}
	}
}

// reads are the tables whose states a server has read.
type reads struct {
	mu   sync.Mutex
	list []string
}

// count makes a server note what it reads.
func (r *reads) count(o *pgwire.Options) {
	pin := o.Scope
	o.Scope = func(ctx context.Context) (gate.Scope, error) {
		s, err := pin(ctx)
		return noting{s, r}, err
	}
}

func (r *reads) names() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.list, " ")
}

type noting struct {
	gate.Scope
	reads *reads
}

func (n noting) Table(ctx context.Context, name ident.Table) (*lake.Table, error) {
	n.reads.mu.Lock()
	n.reads.list = append(n.reads.list, name.Namespace+"."+name.Name)
	n.reads.mu.Unlock()
	return n.Scope.Table(ctx, name)
}
