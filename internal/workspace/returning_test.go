//go:build duckdb_arrow

package workspace

import (
	"strings"
	"testing"
)

// What is returned is kept beside the table only until it was read, whether the
// change is published, given up, or fails.
func TestReturnedRowsLeaveNoFiles(t *testing.T) {
	s := newShop(t)
	s.Append(t, "orders", "SELECT range AS id, 'n' || range AS name, [range] AS list, {'a': range} AS parts FROM range(10)")
	w := s.open(t)
	rows(t, "0 | n0 | [0] | {\"a\":0}, 1 | n1 | [1] | {\"a\":1}", w.do(t, "DELETE FROM orders WHERE id < 2 RETURNING *"))
	rows(t, "12 | n2+", w.do(t, "UPDATE orders SET id = id + 10, name = name || '+' WHERE id = 2 RETURNING id, name"))
	rows(t, "100", w.do(t, "CREATE TEMP TABLE mine AS SELECT 99 AS id; UPDATE mine SET id = 100 RETURNING id"))
	rows(t, "20 | 1", w.do(t, "INSERT INTO orders (id, name) VALUES (20, 'x') RETURNING id, length(name); INSERT INTO orders (id, name) VALUES (20, 'x') RETURNING id, length(name)"))
	if _, _, err := w.run(t, "UPDATE orders SET id = 0 RETURNING error('not this')"); err == nil || !strings.Contains(err.Error(), "not this") {
		t.Error(err)
	}
	rows(t, "12, 20, 20, 3, 4, 5, 6, 7, 8, 9", w.do(t, "SELECT id FROM orders"))
	s.publish(t, w)
	rows(t, "12, 20, 20, 3, 4, 5, 6, 7, 8, 9", s.read(t, "SELECT id FROM orders"))
	s.onlyNeeded(t, "orders")
	given := s.open(t)
	given.do(t, "DELETE FROM orders RETURNING id")
	must(t, given.Discard(t.Context()))
	s.onlyNeeded(t, "orders")
}
