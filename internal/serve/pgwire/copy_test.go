//go:build duckdb_arrow

package pgwire_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgproto3"
)

func TestCopyWritesRowsInEachFormat(t *testing.T) {
	s := newServer(t)
	c := s.connect(t)
	from := `(SELECT id, note FROM (VALUES (1, 'plain'), (2, NULL), (3, ''), (4, E'a,"b"\t\\\nc'), (5, '\.')) AS v(id, note) ORDER BY id)`
	for sql, want := range map[string]string{
		"COPY " + from + " TO STDOUT":                                                                   "1\tplain\n2\t\\N\n3\t\n4\ta,\"b\"\\t\\\\\\nc\n5\t\\\\.\n",
		"COPY " + from + " TO STDOUT WITH CSV HEADER":                                                   "id,note\n1,plain\n2,\n3,\"\"\n4,\"a,\"\"b\"\"\t\\\nc\"\n5,\"\\.\"\n",
		"COPY " + from + " TO STDOUT (FORMAT csv, DELIMITER ';', NULL 'x', FORCE_QUOTE (id))":           "\"1\";plain\n\"2\";x\n\"3\";\n\"4\";\"a,\"\"b\"\"\t\\\nc\"\n\"5\";\"\\.\"\n",
		"COPY " + from + " TO STDOUT (FORMAT csv, QUOTE '''', ESCAPE '!', FORCE_QUOTE *, HEADER false)": "'1','plain'\n'2',\n'3',''\n'4','a,\"b\"\t\\\nc'\n'5','\\.'\n",
		"COPY shop.prices TO STDOUT":                                                                    "1.5\n",
		"COPY shop.prices (price) TO STDOUT (HEADER true)":                                              "price\n1.5\n",
		"COPY (SELECT 1 WHERE false) TO STDOUT":                                                         "",
	} {
		var got bytes.Buffer
		if _, err := c.PgConn().CopyTo(t.Context(), &got, sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
		if diff := cmp.Diff(want, got.String()); diff != "" {
			t.Errorf("%s: %s", sql, diff)
		}
	}
	var got bytes.Buffer
	tag, err := c.PgConn().CopyTo(t.Context(), &got, "COPY (SELECT 7::INTEGER, NULL, 'a') TO STDOUT BINARY")
	want := "5047434f50590aff0d0a00" + "00000000" + "00000000" + "0003" + "00000004" + "00000007" + "ffffffff" + "00000001" + "61" + "ffff"
	if err != nil || hex.EncodeToString(got.Bytes()) != want || tag.String() != "COPY 1" {
		t.Errorf("%x %s %v", got.Bytes(), tag, err)
	}
}

func TestCopyRefusesWhatItDoesNotDo(t *testing.T) {
	c := newServer(t).connect(t)
	for sql, want := range map[string]string{
		"COPY orders TO '/tmp/file'": "0A000", "COPY orders TO PROGRAM 'cat'": "0A000", "COPY nothing TO STDOUT": "42P01",
		"COPY orders TO STDOUT (FORMAT parquet)": "42601", "COPY orders TO STDOUT (FORMAT binary, HEADER)": "42601", "COPY orders TO STDOUT (DELIMITER 'ab')": "22023",
		"COPY (SELECT * FROM '/etc/passwd') TO STDOUT": "42P01", "COPY (DELETE FROM orders) TO STDOUT": "0A000", "COPY": "42601", "COPY (SELECT 1 TO STDOUT": "42601",
		"COPY orders TO STDOUT (QUOTE 'x')": "0A000", "COPY (SELECT id, error('late') FROM orders) TO STDOUT": "42000", "COPY orders TO": "0A000",
	} {
		if _, err := c.PgConn().CopyTo(t.Context(), &bytes.Buffer{}, sql); code(err) != want {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if got, err := rows(t, c, "SELECT 1"); err != nil || got != "1" {
		t.Error(got, err)
	}
}

// A COPY is cancelled, and one whose client goes is stopped, as others are.
func TestACopyIsStopped(t *testing.T) {
	s := newServer(t)
	_, f := s.dial(t)
	if got := talk(t, f, &pgproto3.Query{String: "SET statement_timeout = '200ms'"}); got != "C(SET)Z" {
		t.Error(got)
	}
	if got := talk(t, f, &pgproto3.Query{String: "COPY (" + busy + ") TO STDOUT"}); got != "E(57014)Z" {
		t.Error(got)
	}
	c, f := s.dial(t)
	f.Send(&pgproto3.Query{String: "COPY (" + endless + ") TO STDOUT"})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, err := f.Receive(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if got, err := rows(t, s.connect(t), "SELECT 1"); err != nil || got != "1" {
		t.Error(got, err)
	}
}
