//go:build duckdb_arrow

package workspace

import (
	"slices"
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

// MERGE returns rows as they were written, or were, and what was done to each.
func TestMergeReturns(t *testing.T) {
	s := newShop(t)
	s.Append(t, "orders", "SELECT range AS id, 'n' || range AS name FROM range(4)")
	w := s.open(t)
	const merge = `MERGE INTO orders AS o USING (VALUES (1, 'a'), (2, 'b'), (9, 'z')) AS v(id, name) ON o.id = v.id
		WHEN MATCHED AND v.id = 1 THEN DELETE WHEN MATCHED THEN UPDATE SET name = v.name || random() WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.name)
		WHEN NOT MATCHED BY SOURCE AND o.id = 3 THEN DELETE RETURNING `
	for list, want := range map[string]string{
		"merge_action(), id":                                                    "DELETE | 1, DELETE | 3, INSERT | 9, UPDATE | 2",
		"id, merge_action":                                                      "1 | DELETE, 2 | UPDATE, 3 | DELETE, 9 | INSERT",
		"o.id, lower(merge_action) || '!' AS did":                               "1 | delete!, 2 | update!, 3 | delete!, 9 | insert!",
		"* EXCLUDE (name), merge_action":                                        "1 | DELETE, 2 | UPDATE, 3 | DELETE, 9 | INSERT",
		"o.* EXCLUDE name, merge_action() AS what":                              "1 | DELETE, 2 | UPDATE, 3 | DELETE, 9 | INSERT",
		"* REPLACE (left(name, 1) AS name)":                                     "1 | n, 2 | b, 3 | n, 9 | z",
		"COLUMNS(* EXCLUDE (name))":                                             "1, 2, 3, 9",
		"id * 2, (SELECT count(*) FROM orders WHERE merge_action() = 'INSERT')": "18 | 4, 2 | 0, 4 | 0, 6 | 0",
	} {
		x := s.open(t)
		rows(t, want, x.do(t, merge+list))
		must(t, x.Discard(t.Context()))
	}
	said := w.do(t, merge+"id, name")
	slices.Sort(said)
	rows(t, strings.Join(said, ", "), w.do(t, "SELECT id, name FROM orders WHERE id IN (2, 9) UNION ALL VALUES (1, 'n1'), (3, 'n3')"))
	s.publish(t, w)
	s.onlyNeeded(t, "orders")
	w = s.open(t)
	w.do(t, "CREATE TABLE acts (merge_action INTEGER, n INTEGER NOT NULL); INSERT INTO acts VALUES (7, 1)")
	rows(t, "7 | UPDATE | 7 | 2", w.do(t, "MERGE INTO acts USING (SELECT 1 AS n) AS v USING (n) WHEN MATCHED THEN UPDATE SET n = 2 RETURNING merge_action, merge_action(), *"))
	if _, _, err := w.run(t, "MERGE INTO acts USING (SELECT 5 AS n) AS v USING (n) WHEN NOT MATCHED THEN INSERT (merge_action) VALUES (1) RETURNING *"); err == nil || !strings.Contains(err.Error(), "takes no NULL") {
		t.Error(err)
	}
	rows(t, "7 | 2 | DELETE", w.do(t, "MERGE INTO acts USING (SELECT 2 AS n) AS v USING (n) WHEN MATCHED THEN DELETE RETURNING *, merge_action() AS a"))
	rows(t, "0", w.do(t, "SELECT count(*) FROM acts"))
	// What takes more than is held in memory is asked again.
	w.do(t, "CREATE TABLE big AS SELECT range AS id, repeat('x', 1000) AS t FROM range(10000)")
	if got := w.do(t, "MERGE INTO big USING (SELECT 1 AS id) AS v ON false WHEN NOT MATCHED BY SOURCE THEN UPDATE SET id = big.id + 1 RETURNING merge_action, *"); len(got) != 10000 {
		t.Error(len(got))
	}
}
