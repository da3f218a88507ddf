//go:build engines

package databases

import (
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	pg "github.com/tarn-lake/tarn/internal/ingest/connector/postgres"
)

func TestPostgresTypes(t *testing.T) {
	server := startPostgres(t)
	server.sql(t, "postgres",
		`CREATE TYPE mood AS ENUM ('sad', 'it''s "ok"')`,
		`CREATE DOMAIN price AS numeric(10,2) CHECK (VALUE >= 0)`,
		`CREATE TYPE point3 AS (x int, y numeric(5,1), tags text[], inner_at timestamptz)`,
		`CREATE TYPE withnet AS (a int, b inet)`)
	for _, c := range []struct {
		sqlType, value string // an SQL expression
		want           string // the column's type
		text           string // the value as Arrow writes it
	}{
		{"smallint", "-32768", "int", "-32768"},
		{"integer", "2147483647", "int", "2147483647"},
		{"bigint", "-9223372036854775808", "long", "-9223372036854775808"},
		{"oid", "4294967295", "long", "4294967295"},
		{"numeric(38,0)", strings.Repeat("9", 38), "decimal(38,0)", strings.Repeat("9", 38)},
		{"numeric(38,38)", "-0." + strings.Repeat("9", 38), "decimal(38,38)", "-0." + strings.Repeat("9", 38)},
		{"numeric(10,2)", "-12345678.90", "decimal(10,2)", "-12345678.9"},
		{"numeric(3,5)", "0.00123", "decimal(5,5)", "0.00123"},
		{"numeric(2,-3)", "12000", "decimal(5,0)", "12000"},
		{"numeric", "1.50", "decimal(38,2)", "1.5"},
		{"numeric", strings.Repeat("9", 39) + ".5", "string", strings.Repeat("9", 39) + ".5"},
		{"real", "3.4028235e38", "float", "3.4028235e+38"},
		{"real", "'NaN'", "float", "NaN"},
		{"double precision", "5e-324", "double", "5e-324"},
		{"double precision", "'-Infinity'", "double", "-Inf"},
		{"boolean", "true", "boolean", "true"},
		{"text", "E'\\u00fc\\n\\t\"\\\\'", "string", "ü\n\t\"\\"},
		{"text", "''", "string", ""},
		{"varchar(5)", "'ab   '", "string", "ab   "},
		{"char(4)", "'ab'", "string", "ab  "},
		{`"char"`, "'x'", "string", "x"},
		{"name", "'pg_class'", "string", "pg_class"},
		{"bytea", `'\x00ff10'`, "binary", "AP8Q"},
		{"date", "'4713-01-01 BC'", "date", "-4712-01-01"},
		{"date", "'9999-12-31'", "date", "9999-12-31"},
		{"time", "'23:59:59.999999'", "time", "23:59:59.999999"},
		{"time(0)", "'00:00:00'", "time", "00:00:00.000000"},
		{"timetz", "'23:59:59.5+05:30'", "string", "23:59:59.5+05:30"},
		{"timestamp", "'1969-12-31 23:59:59.999999'", "timestamp", "1969-12-31T23:59:59.999999"},
		{"timestamptz", "'2026-03-29 02:30:00.000001+02'", "timestamptz", "2026-03-29T00:30:00.000001Z"},
		{"interval", "'-1 year 2 days -3 hours 4.5 seconds'", "string", "P-1Y2DT-2H-59M-55.5S"},
		{"uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
		{"json", `'{"b": 1,  "a": 1e400}'`, "string", `{"b": 1,  "a": 1e400}`},
		{"jsonb", `'{"b":1,"a":12345678901234567890.5}'`, "string", `{"a": 12345678901234567890.5, "b": 1}`},
		{"mood", `'it''s "ok"'`, "string", `it's "ok"`},
		{"mood[]", `'{sad,NULL}'`, "list<string>", `["sad",null]`},
		{"price", "19.99", "decimal(10,2)", "19.99"},
		{"price[]", "'{1,2.5}'", "list<decimal(10,2)>", `["1","2.5"]`},
		{"int[]", "'{1,NULL,-3}'", "list<int>", "[1,null,-3]"},
		{"int[]", "'[5:6]={1,2}'", "list<int>", "[1,2]"},
		{"text[]", `'{"a,b",NULL,"NULL",""}'`, "list<string>", `["a,b",null,"NULL",""]`},
		{"timestamptz[]", "'{2020-01-01 00:00:00+00}'", "list<timestamptz>", `["2020-01-01T00:00:00Z"]`},
		{"inet[]", "'{10.0.0.1/8,::1}'", "list<string>", `["10.0.0.1/8","::1/128"]`},
		{"interval[]", "'{1 day}'", "list<string>", `["P1D"]`},
		{"numeric[]", "'{1.5,NaN}'", "list<string>", `["1.5","NaN"]`},
		{"point3", `(1, 2.5, '{a,NULL}', '2020-01-01 00:00:00+00')::point3`, "struct<x: int, y: decimal(5,1), tags: list<string>, inner_at: timestamptz>", `{"inner_at":"2020-01-01T00:00:00Z","tags":["a",null],"x":1,"y":"2.5"}`},
		{"point3[]", `ARRAY[(1, NULL, NULL, NULL)::point3, NULL]`, "list<struct<x: int, y: decimal(5,1), tags: list<string>, inner_at: timestamptz>>", `[{"inner_at":null,"tags":null,"x":1,"y":null},null]`},
		{"withnet", `(1, '10.0.0.1')::withnet`, "string", "(1,10.0.0.1)"},
		{"inet", "'192.168.0.1/24'", "string", "192.168.0.1/24"},
		{"cidr", "'10.0.0.0/8'", "string", "10.0.0.0/8"},
		{"macaddr", "'08:00:2b:01:02:03'", "string", "08:00:2b:01:02:03"},
		{"macaddr8", "'08:00:2b:01:02:03:04:05'", "string", "08:00:2b:01:02:03:04:05"},
		{"int4range", "'[1,10)'", "string", "[1,10)"},
		{"tstzrange", "'[2020-01-01 00:00:00+00,)'", "string", `["2020-01-01 00:00:00+00",)`},
		{"nummultirange", "'{[1.5,2)}'", "string", "{[1.5,2)}"},
		{"point", "'(1,2)'", "string", "(1,2)"},
		{"bit(4)", "B'1010'", "string", "1010"},
		{"varbit", "B'101'", "string", "101"},
		{"tsvector", "'a b'", "string", "'a' 'b'"},
		{"xml", "'<a>1</a>'", "string", "<a>1</a>"},
		{"money", "'1234.56'", "string", "$1,234.56"},
		{"pg_lsn", "'16/B374D848'", "string", "16/B374D848"},
		{"int GENERATED ALWAYS AS (6*7) STORED", "DEFAULT", "int", "42"},
	} {
		name := c.sqlType + " " + c.value
		t.Run(name, func(t *testing.T) {
			server.sql(t, "postgres", "DROP TABLE IF EXISTS v", "CREATE TABLE v (n int, v "+c.sqlType+")", "INSERT INTO v VALUES (1, "+c.value+")")
			if !strings.Contains(c.sqlType, "GENERATED") {
				server.sql(t, "postgres", "INSERT INTO v VALUES (2, NULL)")
			}
			l := load(t, pg.Source{}, connector.SourceRequest{Table: "v", Request: connector.Request{Options: options("connection", server.URL("postgres"))}})
			if len(l.Rejects) > 0 {
				t.Fatalf("rejected: %s %v", l.Rejects[0].Raw, l.Rejects[0].Violations)
			}
			if got := l.layout.Columns[1].Type.String(); got != c.want {
				t.Errorf("type %s, want %s", got, c.want)
			}
			got := l.column(t, "v")
			if got[0] != c.text {
				t.Errorf("got %s, want %s", got[0], c.text)
			}
			if len(got) > 1 && got[1] != "NULL" {
				t.Errorf("NULL became %s", got[1])
			}
		})
	}
}

func TestPostgresValuesThatNoColumnHoldsAreRejected(t *testing.T) {
	server := startPostgres(t)
	server.sql(t, "postgres",
		`CREATE TABLE v (id int PRIMARY KEY, amount numeric(10,2), free numeric, day date, at timestamptz, clock time, grid int[], doc jsonb)`,
		`INSERT INTO v VALUES (1, 1, 1, '2020-01-01', '2020-01-01', '10:00', '{1}', '{"a": [1, "x"]}')`,
		`INSERT INTO v VALUES (2, 'NaN', 'NaN', 'infinity', '-infinity', '24:00', '{{1,2},{3,NULL}}', '{"a": [1, "x"]}')`,
		`INSERT INTO v VALUES (3, NULL, 'Infinity', NULL, NULL, NULL, NULL, NULL)`,
		`INSERT INTO v VALUES (4, 4, 4.123, '2020-01-04', '2020-01-04', '04:00', '{4}', 'null')`)
	req := connector.SourceRequest{Table: "v", Request: connector.Request{Options: options("connection", server.URL("postgres"))}}
	l := load(t, pg.Source{}, req)
	if l.counts.Written != 2 || l.counts.Rejected != 2 {
		t.Fatalf("%+v", l.counts)
	}
	want := `{"id": 2, "amount": "NaN", "free": "NaN", "day": "infinity", "at": "-infinity", "clock": "24:00:00", "grid": [[1, 2], [3, null]], "doc": {"a": [1, "x"]}}`
	if l.Rejects[0].Raw != want {
		t.Errorf("raw\n%s, want\n%s", l.Rejects[0].Raw, want)
	}
	var about []string
	for _, v := range l.Rejects[0].Violations {
		about = append(about, v.Column)
	}
	if got := strings.Join(about, " "); got != "amount free day at clock grid" {
		t.Errorf("violations of %s: %v", got, l.Rejects[0].Violations)
	}
	if l.Rejects[0].Line != 2 || l.Rejects[1].Line != 3 || l.Lines[1] != 4 {
		t.Errorf("lines %v of rows, rejects %+v", l.Lines, l.Rejects)
	}

	req.DiscardValues = true
	l = load(t, pg.Source{}, req)
	if l.counts.Written != 4 || l.column(t, "day")[1] != "NULL" || !strings.Contains(l.Discarded[1], "infinity") || l.Discarded[0] != "(null)" {
		t.Errorf("%+v %v %v", l.counts, l.column(t, "day"), l.Discarded)
	}

	req.DiscardValues = false
	req.Declared = map[string]connector.DeclaredType{}
	for _, name := range []string{"amount", "free", "day", "at", "clock", "grid"} {
		req.Declared[name] = connector.DeclaredType{Type: "string"}
	}
	l = load(t, pg.Source{}, req)
	if l.counts.Written != 4 || l.column(t, "grid")[1] != "{{1,2},{3,NULL}}" || l.column(t, "at")[1] != "-infinity" {
		t.Errorf("declared as string: %+v %v", l.counts, l.Rows)
	}
}
