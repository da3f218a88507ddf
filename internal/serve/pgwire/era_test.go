//go:build duckdb_arrow

package pgwire_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// eras are columns of values as they go out, which begins before Christ and has no
// end.
var eras = []struct{ typ, values string }{
	{"DATE", "5877000-01-01 BC|4713-01-01 BC|0044-03-15 BC|0001-12-31 BC|0001-01-01|2020-02-29|12020-01-01|5870000-12-31|infinity|-infinity"},
	{"TIMESTAMP", "290000-01-01 00:00:00 BC|0044-03-15 12:00:00.5 BC|0001-12-31 23:59:59.999999 BC|0001-01-01 00:00:00|294246-12-31 23:59:59|infinity|-infinity"},
	{"TIMESTAMPTZ", "290000-01-01 00:00:00+00 BC|0044-03-15 12:00:00.5+00 BC|0001-01-01 00:00:00+00|294246-12-31 23:59:59+00|infinity|-infinity"},
}

// What goes out comes in again, as text and as binary, as a parameter, in an array
// and by COPY.
func TestEveryEraComesInAsItGoesOut(t *testing.T) {
	c := newServer(t).connect(t)
	for _, era := range eras {
		for _, format := range []int16{pgx.TextFormatCode, pgx.BinaryFormatCode} {
			for _, text := range strings.Split(era.values, "|") {
				value := []byte(text)
				if format == pgx.BinaryFormatCode {
					value = sole(t, c, "SELECT $1::"+era.typ, []byte(text), pgx.TextFormatCode, format)
				}
				if got := sole(t, c, "SELECT $1::"+era.typ, value, format, pgx.TextFormatCode); string(got) != text {
					t.Errorf("%s %s: %s", era.typ, text, got)
				}
				list := []byte(`{"` + text + `"}`)
				if format == pgx.BinaryFormatCode {
					list = sole(t, c, "SELECT $1::"+era.typ+"[]", list, pgx.TextFormatCode, format)
				}
				if got := sole(t, c, "SELECT ($1::"+era.typ+"[])[1]", list, format, pgx.TextFormatCode); string(got) != text {
					t.Errorf("%s[] %s: %s", era.typ, text, got)
				}
			}
		}
	}
}

func sole(t *testing.T, c *pgx.Conn, sql string, value []byte, in, out int16) []byte {
	t.Helper()
	r := c.PgConn().ExecParams(t.Context(), sql, [][]byte{value}, nil, []int16{in}, []int16{out}).Read()
	if r.Err != nil || len(r.Rows) != 1 {
		t.Fatalf("%s of %q: %v %v", sql, value, r.Rows, r.Err)
	}
	return r.Rows[0][0]
}

func TestCopyTakesEveryEraThatItWrites(t *testing.T) {
	c := newServer(t).connect(t)
	for _, era := range eras {
		take(t, c, step{"CREATE TABLE one (v " + era.typ + "); CREATE TABLE other (v " + era.typ + ")", "", ""})
		if _, err := c.PgConn().CopyFrom(t.Context(), strings.NewReader(strings.ReplaceAll(era.values, "|", "\n")), "COPY one FROM STDIN"); err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{"text", "csv", "binary"} {
			var out bytes.Buffer
			if _, err := c.PgConn().CopyTo(t.Context(), &out, "COPY one TO STDOUT (FORMAT "+format+")"); err != nil {
				t.Fatal(err)
			}
			if _, err := c.PgConn().CopyFrom(t.Context(), &out, "COPY other FROM STDIN (FORMAT "+format+")"); err != nil {
				t.Errorf("%s %s: %v", era.typ, format, err)
			}
			take(t, c, step{"SELECT string_agg(v::VARCHAR, '|') IS NOT DISTINCT FROM (SELECT string_agg(v::VARCHAR, '|') FROM one) FROM other; DELETE FROM other", "t", ""})
		}
		take(t, c, step{"SELECT v FROM one", strings.ReplaceAll(era.values, "|", "\n"), ""}, step{"DROP TABLE one; DROP TABLE other", "", ""})
	}
}

// Zones had odd offsets once, and a client's may write the era elsewhere.
func TestErasAreReadAsPostgreSQLReadsThem(t *testing.T) {
	c := newServer(t).connect(t)
	take(t, c, step{"SET timezone = 'America/New_York'", "", ""})
	for _, one := range []struct{ typ, in, want string }{
		{"TIMESTAMPTZ", "0044-03-15 07:03:58-04:56:02 BC", "0044-03-15 07:03:58-04:56:02 BC"}, {"TIMESTAMPTZ", "0044-03-15 12:00:00Z bc", "0044-03-15 07:03:58-04:56:02 BC"},
		{"TIMESTAMP", "0044-03-15T12:00:00 BC", "0044-03-15 12:00:00 BC"}, {"TIMESTAMP", "0044-03-15 BC 12:00:00", "0044-03-15 12:00:00 BC"},
		{"DATE", " 0044-03-15  BC ", "0044-03-15 BC"}, {"DATE", "0044-03-15 AD", "0044-03-15"}, {"TIMESTAMP", "2020-01-01 10:00:00 AD", "2020-01-01 10:00:00"},
	} {
		if got := sole(t, c, "SELECT $1::"+one.typ, []byte(one.in), pgx.TextFormatCode, pgx.TextFormatCode); string(got) != one.want {
			t.Errorf("%s %s: %s", one.typ, one.in, got)
		}
	}
	for in, want := range map[string]string{"0044-13-15 BC": "22008", "BC": "22007", "9999999-01-01 BC": "22008", "0044-03-15 12:00 BC BC": "22007"} {
		r := c.PgConn().ExecParams(t.Context(), "SELECT $1::TIMESTAMP", [][]byte{[]byte(in)}, nil, nil, nil).Read()
		if code(r.Err) != want {
			t.Errorf("%s: %v", in, r.Err)
		}
	}
	// days and microseconds that the engine does not have, and are not infinity
	for typ, value := range map[string][]byte{"DATE": binary.BigEndian.AppendUint32(nil, math.MaxInt32-10957), "TIMESTAMP": binary.BigEndian.AppendUint64(nil, math.MaxInt64-1),
		"TIMESTAMPTZ": binary.BigEndian.AppendUint64(nil, math.MaxInt64-10957*86400e6)} {
		r := c.PgConn().ExecParams(t.Context(), "SELECT $1::"+typ, [][]byte{value}, nil, []int16{pgx.BinaryFormatCode}, nil).Read()
		if code(r.Err) != "22008" {
			t.Errorf("%s: %s %v", typ, r.Rows, r.Err)
		}
	}
}
