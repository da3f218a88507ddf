//go:build duckdb_arrow

package pgwire_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/serve/pgwire"
)

// counted counts how often a table is looked for.
type counted struct {
	pinned
	looks *atomic.Int64
}

func (c counted) Table(ctx context.Context, name ident.Table) (*lake.Table, error) {
	c.looks.Add(1)
	return c.pinned.Table(ctx, name)
}

// A statement that is sent again without the types of its parameters passes the
// gate once, as long as nothing has changed.
func TestTypesOfParametersAreAskedOnce(t *testing.T) {
	var looks atomic.Int64
	s := newServer(t, func(o *pgwire.Options) {
		pin := o.Scope
		o.Scope = func(ctx context.Context) (gate.Scope, error) {
			scope, err := pin(ctx)
			p, _ := scope.(pinned)
			return counted{p, &looks}, err
		}
	})
	_, f := s.dial(t)
	again := func(sql, value, want string, most int64) {
		t.Helper()
		before := looks.Load()
		got := talk(t, f, &pgproto3.Parse{Query: sql}, &pgproto3.Bind{Parameters: [][]byte{[]byte(value)}}, &pgproto3.Execute{}, &pgproto3.Sync{})
		if n := looks.Load() - before; got != want || n != most {
			t.Errorf("%s, %s: %s, and %d looks", sql, value, got, n)
		}
	}
	const point = "SELECT region FROM orders WHERE id = $1"
	again(point, "1", "12DC(SELECT 1)Z", 2)
	again(point, "2", "12DC(SELECT 1)Z", 1)
	again(point, "x", "12E(22P02)Z", 1)
	again("SELECT price FROM shop.prices WHERE price > $1", "1", "12DC(SELECT 1)Z", 2)
	again(point, "3", "12DC(SELECT 1)Z", 1)
	// What changes is looked at again.
	c := s.connect(t)
	take(t, c, step{"ALTER TABLE orders ALTER COLUMN id TYPE VARCHAR", "", ""}, step{"CREATE TABLE shop.orders AS SELECT 'here' AS region, DATE '2020-01-01' AS id", "", ""})
	again(point, "x", "12C(SELECT 0)Z", 2)
	again(point, "4", "12DC(SELECT 1)Z", 1)
	talk(t, f, &pgproto3.Query{String: "SET search_path = shop"})
	again(point, "2020-01-01", "12DC(SELECT 1)Z", 2)
	talk(t, f, &pgproto3.Query{String: "CREATE TEMP TABLE orders AS SELECT true AS id, 'mine' AS region"})
	again(point, "yes", "12DC(SELECT 1)Z", 0)
	// A change goes on from what there is when it runs.
	talk(t, f, &pgproto3.Query{String: "DROP TABLE orders; SET search_path = main"})
	take(t, c, step{"CREATE TABLE counter AS SELECT 0 AS n", "", ""})
	for range 2 {
		if got := talk(t, f, &pgproto3.Parse{Query: "UPDATE counter SET n = n + $1"}, &pgproto3.Bind{Parameters: [][]byte{[]byte("1")}}, &pgproto3.Execute{}, &pgproto3.Sync{}); got != "12C(UPDATE 1)Z" {
			t.Error(got)
		}
		take(t, c, step{"UPDATE counter SET n = n + 1", "", ""})
	}
	take(t, c, step{"SELECT n FROM counter", "4", ""})
}
