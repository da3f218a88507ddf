//go:build duckdb_arrow

package pgwire_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

// A parameter that nothing else gives a type has that of what stands beside it, as
// drivers that say no types (pgx, asyncpg, psycopg 3 for texts) rely on.
func TestParametersHaveTheTypeOfTheOtherSide(t *testing.T) {
	c := newServer(t).connect(t)
	for _, ask := range []struct {
		sql    string
		values []any
		want   string
	}{
		{"SELECT count(*) FROM orders WHERE region = ANY($1)", []any{[]string{"EU", "no"}}, "20"},
		{"SELECT count(*) FROM orders WHERE region <> ALL($1)", []any{[]string{"EU", "no"}}, "20"},
		{"SELECT count(*) FROM orders AS o WHERE o.id = ANY($1) AND NOT o.id = ANY($2)", []any{[]int64{1, 2, 99}, []int64{2}}, "1"},
		{"SELECT count(*) FROM orders WHERE id = ANY($1)", []any{[]int64{}}, "0"},
		{"SELECT sum(id + $1)::bigint FROM orders WHERE $2 * id = 6", []any{int64(10), int64(2)}, "13"},
		{"WITH w AS (SELECT id - $1 AS n FROM orders) SELECT max(n) FROM w", []any{int64(9)}, "30"},
		{"SELECT 'x' || $1", []any{"y"}, "xy"},
		{"SELECT ['x' || $1]", []any{"y"}, "{xy}"},
		{"SELECT max(region || $1) FROM orders WHERE id = $2", []any{"y", 1}, "USy"},
		{"SELECT $1::numeric * 2 > 3", []any{"1.75"}, "t"},
		{"SELECT count(*) FROM orders WHERE ($1 IS NULL OR region = $1) AND ($2 IS NULL OR id < $2) AND id - $3 > 0 AND $4 IS NOT NULL", []any{"EU", int64(7), int64(2), "x"}, "2"},
		{"UPDATE orders SET amount = amount + $1 WHERE id = ANY($2) RETURNING id + $3", []any{"1.5", []int64{7}, int64(100)}, "107"},
	} {
		var got string
		if err := c.QueryRow(t.Context(), ask.sql, append([]any{pgx.QueryResultFormats{pgx.TextFormatCode}}, ask.values...)...).Scan(&got); err != nil || got != ask.want {
			t.Errorf("%s: %v, not %s: %v", ask.sql, got, ask.want, err)
		}
	}
}

// A statement is described as it will be: what has no value yet is no integer.
func TestStatementsAreDescribedAsTheyAnswer(t *testing.T) {
	_, f := newServer(t).dial(t)
	for _, sql := range []string{"SELECT 'x' || $1", "SELECT amount * $1::numeric FROM orders LIMIT 1", "SELECT $1::int + 1", "SELECT round($1::numeric, 1)", "SELECT range(3), $1"} {
		got := talk(t, f, &pgproto3.Parse{Query: sql}, &pgproto3.Describe{ObjectType: 'S'}, &pgproto3.Bind{Parameters: [][]byte{[]byte("2")}}, &pgproto3.Execute{}, &pgproto3.Sync{})
		if want := "T2DC(SELECT 1)Z"; len(got) < len(want) || got[len(got)-len(want):] != want {
			t.Errorf("%s: %s", sql, got)
		}
	}
	// What a value decides about is described with NULL.
	if got := talk(t, f, &pgproto3.Parse{Query: "SELECT * FROM range($1::int)"}, &pgproto3.Describe{ObjectType: 'S'}, &pgproto3.Sync{}); got != "1t[23]TZ" {
		t.Error(got)
	}
}
