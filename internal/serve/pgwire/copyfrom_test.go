//go:build duckdb_arrow

package pgwire_test

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

func TestRowsAreCopiedIn(t *testing.T) {
	c := newServer(t).connect(t)
	if _, err := rows(t, c, "CREATE TABLE made (id BIGINT NOT NULL, amount DECIMAL(9,2), note VARCHAR, day DATE, raw BLOB, flag BOOLEAN)"); err != nil {
		t.Fatal(err)
	}
	for i, one := range []struct{ sql, text, want string }{
		{"COPY made FROM STDIN", "1\t1.5\ta\\tb\\\\c\\x41\\101\t2020-01-01\t\\\\x00ff\tt\n2\t\\N\t\\N\t\\N\t\\N\t\\N\n\\.\n", "1|1.50|a\tb\\cAA|2020-01-01|\\x00ff|t\n2|NULL|NULL|NULL|NULL|NULL"},
		{"COPY main.made (note, id) FROM STDIN WITH (FORMAT csv, HEADER true)", "note,id\r\n\"a \"\"q\"\"\nb\",3\r\n\"\",4\r\n,5", "3|NULL|a \"q\"\nb|NULL|NULL|NULL\n4|NULL||NULL|NULL|NULL\n5|NULL|NULL|NULL|NULL|NULL"},
		{"COPY made (id, note) FROM STDIN (DELIMITER '|', NULL 'none')", "6|none\n7|\\|x", "6|NULL|NULL|NULL|NULL|NULL\n7|NULL||x|NULL|NULL|NULL"},
		{"COPY made (id) FROM STDIN csv", "", ""},
	} {
		tag, err := c.PgConn().CopyFrom(t.Context(), strings.NewReader(one.text), one.sql)
		got, asked := rows(t, c, "SELECT * FROM made ORDER BY id; DELETE FROM made")
		if n := strings.Count(one.want, "NULL\n") + 1; err != nil || asked != nil || got != one.want || i < 3 && tag.RowsAffected() < int64(n) {
			t.Errorf("%s: %v %v %v\n%q\n%q", one.sql, tag, err, asked, got, one.want)
		}
	}
	n, err := c.CopyFrom(t.Context(), pgx.Identifier{"main", "made"}, []string{"id", "amount", "note", "day", "raw", "flag"}, pgx.CopyFromSlice(20000, func(i int) ([]any, error) {
		return []any{i, pgtype.Numeric{Int: big.NewInt(int64(i)), Exp: -2, Valid: true}, "é", time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), []byte{0, 1}, i%2 == 0}, nil
	}))
	if err != nil || n != 20000 {
		t.Error(n, err)
	}
	if got, err := rows(t, c, "SELECT count(*), sum(id), sum(amount), min(note), max(day), count(*) FILTER (flag), max(raw) FROM made"); err != nil || got != "20000|199990000|1999900.00|é|2020-01-01|10000|\\x0001" {
		t.Error(got, err)
	}
}

func TestRowsThatDoNotFitAreNotCopied(t *testing.T) {
	c := newServer(t).connect(t)
	if _, err := rows(t, c, "CREATE TABLE made (id BIGINT NOT NULL, day DATE); CREATE TABLE listed (a INTEGER[])"); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][2]string{
		"1\n": {"22P04", "line 1: missing data for column \"day\""}, "1\t2020-01-01\n2\t2020-01-01\t3\n": {"22P04", "line 2: extra data"},
		"1\t2020-01-01\nx\t2020-01-01\n": {"22P02", "line 2, column id: invalid input syntax for type BIGINT: x"}, "1\t2020-13-01\n": {"22007", "line 1, column day"},
		"\\N\t2020-01-01\n": {"23502", "line 1, the column id takes no NULL"}, "1\t\xff\n": {"22021", "line 1"},
	} {
		_, err := c.PgConn().CopyFrom(t.Context(), strings.NewReader(text), "COPY made FROM STDIN")
		if code(err) != want[0] || !strings.Contains(err.Error(), want[1]) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for sql, want := range map[string]string{
		"COPY nothing FROM STDIN": "42P01", "COPY made (nothing) FROM STDIN": "42703", "COPY made FROM '/etc/passwd'": "0A000", "COPY listed FROM STDIN": "0A000",
		"COPY made FROM STDIN BINARY": "22P04", "COPY information_schema.tables FROM STDIN": "42501",
		"BEGIN READ ONLY; COPY made FROM STDIN; ROLLBACK": "25006",
	} {
		_, err := c.PgConn().CopyFrom(t.Context(), strings.NewReader("1\t2020-01-01\nand more of it\n"), sql)
		if _, ended := rows(t, c, "ROLLBACK"); code(err) != want || ended != nil {
			t.Errorf("%s: %v %v", sql, err, ended)
		}
	}
	if got, err := rows(t, c, "SELECT count(*) FROM made"); err != nil || got != "0" {
		t.Error(got, err)
	}
}

func TestCopyIsPartOfItsTransaction(t *testing.T) {
	s := newServer(t)
	c, other := s.connect(t), s.connect(t)
	for _, sql := range []string{"BEGIN", "copy", "SELECT", "ROLLBACK", "BEGIN", "copy", "COMMIT"} {
		var err error
		if sql == "copy" {
			_, err = c.PgConn().CopyFrom(t.Context(), strings.NewReader("100\n101\n"), "COPY orders (id) FROM STDIN")
		} else {
			_, err = rows(t, c, sql+strings.Repeat(" count(*) FROM orders", strings.Count(sql, "SELECT")))
		}
		if got, otherErr := rows(t, other, "SELECT count(*) FROM orders"); err != nil || otherErr != nil || got != "40" && sql != "COMMIT" {
			t.Errorf("%s: %s %v %v", sql, got, err, otherErr)
		}
	}
	if got, err := rows(t, other, "SELECT count(*) FROM orders"); err != nil || got != "42" {
		t.Error(got, err)
	}
	_, f := s.dial(t)
	f.Send(&pgproto3.Query{String: "COPY orders (id) FROM STDIN; SELECT 1"})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := talk(t, f, &pgproto3.CopyData{Data: []byte("1")}, &pgproto3.CopyData{Data: []byte("02\n103")}, &pgproto3.CopyDone{}); got != "C(COPY 2)TDC(SELECT 1)Z" {
		t.Error(got)
	}
	f.Send(&pgproto3.Query{String: "COPY orders (id) FROM STDIN"})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := talk(t, f, &pgproto3.CopyData{Data: []byte("104\n")}, &pgproto3.CopyFail{Message: "no more"}); got != "E(57014)Z" {
		t.Error(got)
	}
	if got, err := rows(t, other, "SELECT count(*) FROM orders"); err != nil || got != "44" {
		t.Error(got, err)
	}
}

// What is in quotes is a value as it is: neither the mark of the end nor the end of
// a line.
func TestQuotesKeepWhatIsInThem(t *testing.T) {
	c := newServer(t).connect(t)
	if _, err := rows(t, c, "CREATE TABLE made (note VARCHAR)"); err != nil {
		t.Fatal(err)
	}
	text := "a\n\"\\.\"\n\"b\r\"\n\"c\r\"\r\nd\r\n\\.\nnot this\n"
	if tag, err := c.PgConn().CopyFrom(t.Context(), strings.NewReader(text), "COPY made FROM STDIN csv"); err != nil || tag.RowsAffected() != 5 {
		t.Error(tag, err)
	}
	if got, err := rows(t, c, "SELECT string_agg(note, '|') FROM made"); err != nil || got != "a|\\.|b\r|c\r|d" {
		t.Errorf("%q %v", got, err)
	}
	take(t, c, step{"DELETE FROM made", "", ""})
	for sql, text := range map[string]string{`COPY made FROM STDIN (DELIMITER E'\t')`: "tab", `COPY made FROM STDIN csv DELIMITER E'\x7c' QUOTE E'\''`: "'tab'"} {
		if _, err := c.PgConn().CopyFrom(t.Context(), strings.NewReader(text), sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	take(t, c, step{"SELECT note, count(*) FROM made GROUP BY note", "tab|2", ""})
}
