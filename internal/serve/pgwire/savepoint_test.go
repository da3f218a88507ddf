//go:build duckdb_arrow

package pgwire_test

import "testing"

func TestSavepointsTakeBackWhatWasChangedSince(t *testing.T) {
	c := newServer(t).connect(t)
	for _, step := range []struct{ sql, want, shown string }{
		// As SQLAlchemy's begin_nested and Django's atomic send them.
		{"BEGIN; SAVEPOINT s1; INSERT INTO orders (id) VALUES (100)", "", ""}, {"INSERT INTO orders (nothing) VALUES (1)", "42703", ""}, {"INSERT INTO orders (id) VALUES (1)", "25P02", ""},
		{"ROLLBACK TO SAVEPOINT s1; SELECT count(*) FROM orders", "", "40"},
		{"INSERT INTO orders (id) VALUES (101); RELEASE SAVEPOINT s1; SAVEPOINT s2; DELETE FROM orders WHERE id < 10; UPDATE orders SET id = 200 WHERE id = 101", "", ""},
		{"SELECT count(*), max(id) FROM orders", "", "31|200"},
		// within another, with what both have made
		{"SAVEPOINT s3; CREATE TABLE fresh AS SELECT 1 AS id; TRUNCATE orders; SELECT nothing", "42703", ""},
		{"ROLLBACK TO s3; SELECT count(*) FROM orders", "", "31"}, {"SELECT * FROM fresh", "42P01", ""},
		{"ROLLBACK TO s2; SELECT count(*), max(id) FROM orders", "", "41|101"},
		{"ROLLBACK TO s3", "3B001", ""}, {"ROLLBACK TO s2; INSERT INTO orders (id) VALUES (102); RELEASE s2; COMMIT; SELECT count(*), max(id) FROM orders", "", "42|102"},
		// the same name again, and cursors
		{"BEGIN; SAVEPOINT a; DELETE FROM orders; SAVEPOINT a; INSERT INTO orders (id) VALUES (1); ROLLBACK TO a; SELECT count(*) FROM orders", "", "0"},
		{"RELEASE a; ROLLBACK TO a; SELECT count(*) FROM orders", "", "42"},
		{"DECLARE early CURSOR FOR SELECT 1; SAVEPOINT b; DELETE FROM orders; DECLARE late CURSOR FOR SELECT count(*) FROM orders; ROLLBACK TO b; FETCH early", "", "1"},
		{"FETCH late", "34000", ""}, {"COMMIT; SELECT count(*) FROM orders", "", "42"},
		{"BEGIN; SAVEPOINT a; DELETE FROM orders; ROLLBACK TO a; COMMIT; SELECT count(*) FROM orders", "", "42"},
	} {
		got, err := rows(t, c, step.sql)
		if err != nil && code(err) != step.want || err == nil && step.want != "" || got != step.shown {
			t.Errorf("%s: %q, %v", step.sql, got, err)
		}
	}
}
