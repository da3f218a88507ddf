package accesslog_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/accesslog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

func load(t testing.TB, text string) *connectortest.Collected {
	t.Helper()
	in := connectortest.File("access.log", []byte(text))
	_, _, got, err := connectortest.Collect(t.Context(), accesslog.Format{}, []connector.Input{in}, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const (
	before = `1.2.3.4 - - [17/May/2015:10:05:03 +0000] `
	after  = ` 200 5 "-" "-"`
)

func TestLines(t *testing.T) {
	for _, c := range []struct {
		name, line string
		// want are the columns from remote_host to user_agent.
		want string
	}{
		{
			"combined",
			`83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /a?b=c HTTP/1.1" 200 203023 "http://x.org/" "Mozilla/5.0 (X11)"`,
			`83.149.9.216|NULL|NULL|2015-05-17T10:05:03Z|GET|/a?b=c|HTTP/1.1|200|203023|http://x.org/|Mozilla/5.0 (X11)`,
		},
		{
			"common, with a user and a zone",
			`::1 id Anna [29/Feb/2024:23:30:00 -0130] "HEAD / HTTP/2.0" 304 -`,
			`::1|id|Anna|2024-03-01T01:00:00Z|HEAD|/|HTTP/2.0|304|NULL|NULL|NULL`,
		},
		{
			"a user with spaces, a path with spaces, escaped quotes",
			`h - Anna B [01/Jan/2024:00:00:00 +0000] "GET /a b HTTP/1.0" 404 0 "say \"hi\"" "back\\slash \x16"`,
			`h|NULL|Anna B|2024-01-01T00:00:00Z|GET|/a b|HTTP/1.0|404|0|say "hi"|back\slash \x16`,
		},
		{"a request before HTTP/1.0", before + `"GET /"` + after, `1.2.3.4|NULL|NULL|2015-05-17T10:05:03Z|GET|/|NULL|200|5|NULL|NULL`},
		{"no request", before + `"-"` + after, `1.2.3.4|NULL|NULL|2015-05-17T10:05:03Z|NULL|NULL|NULL|200|5|NULL|NULL`},
		{"garbage for a request", before + `"\x16\x03\x01"` + after, `1.2.3.4|NULL|NULL|2015-05-17T10:05:03Z|NULL|\x16\x03\x01|NULL|200|5|NULL|NULL`},
		{"words for a request", before + `"hello big world"` + after, `1.2.3.4|NULL|NULL|2015-05-17T10:05:03Z|NULL|hello big world|NULL|200|5|NULL|NULL`},
		{"a request without a path", before + `"GET  HTTP/1.1"` + after, `1.2.3.4|NULL|NULL|2015-05-17T10:05:03Z|NULL|GET  HTTP/1.1|NULL|200|5|NULL|NULL`},
		{"no status", before + `"GET / HTTP/1.1" - -`, `1.2.3.4|NULL|NULL|2015-05-17T10:05:03Z|GET|/|HTTP/1.1|NULL|NULL|NULL|NULL`},
		{"empty texts", before + `"" 400 0 "" ""`, `1.2.3.4|NULL|NULL|2015-05-17T10:05:03Z|NULL||NULL|400|0||`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := load(t, c.line+"\n")
			if len(got.Rows) != 1 {
				t.Fatalf("rejects: %+v", got.Rejects)
			}
			if diff := cmp.Diff(c.want, strings.Join(got.Rows[0], "|")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLinesThatAreNone(t *testing.T) {
	for _, c := range []struct{ line, reason string }{
		{`x`, "no remote_host at column 1"},
		{`1.2.3.4 - `, "no remote_user and time in brackets at column 11"},
		{`1.2.3.4 -`, "no ident at column 9"},
		{`1.2.3.4 - - [30/Feb/2015:10:05:03 +0000] "GET /" 200 5`, "no time such as 17/May/2015:10:05:03 +0000] at column 14"},
		{`1.2.3.4 - - [17/Mai/2015:10:05:03 +0000] "GET /" 200 5`, "no time such as 17/May/2015:10:05:03 +0000] at column 14"},
		{`1.2.3.4 - - [17/May/2015:10:05:03 +0000`, "no time such as 17/May/2015:10:05:03 +0000] at column 14"},
		{before + `GET / 200 5`, "no quote before request at column 42"},
		{before + `"GET / 200 5`, "a quote that is never closed in request at column 42"},
		{before + `"GET /\" 200 5`, "a quote that is never closed in request at column 42"},
		{before + `"GET /"`, "no status at column 49"},
		{before + `"GET /" 2000 5`, "no status at column 49"},
		{before + `"GET /" 200`, "no bytes at column 53"},
		{before + `"GET /" 200 5.5`, "no bytes at column 53"},
		{before + `"GET /" 200 9999999999999999999`, "no bytes at column 53"},
		{before + `"GET /" 200 5 x`, "no quote before referrer at column 56"},
		{before + `"GET /" 200 5 "x"`, "no user_agent at column 59"},
		{before + `"GET /" 200 5 "x" "y`, "a quote that is never closed in user_agent at column 60"},
		{before + `"GET /" 200 5 "x" "y" "z"`, "more text behind user_agent at column 63"},
	} {
		got := load(t, "\n"+c.line+"\n")
		want := []connectortest.Rejected{{Line: 2, Raw: c.line, Violations: []connector.Violation{{Rule: connector.RuleFormat, Reason: c.reason}}}}
		if diff := cmp.Diff(want, got.Rejects); diff != "" {
			t.Errorf("%s: %s", c.line, diff)
		}
	}
}

// A part of a real log, one line of which was cut off.
func TestRealLog(t *testing.T) {
	text, err := os.ReadFile("testdata/access.log")
	if err != nil {
		t.Fatal(err)
	}
	got := load(t, string(text))
	if len(got.Rows) != 39 || len(got.Rejects) != 1 || got.Rejects[0].Line != 20 {
		t.Fatalf("%d rows, rejects %+v", len(got.Rows), got.Rejects)
	}
	if want := "a quote that is never closed in user_agent at column 111"; got.Rejects[0].Violations[0].Reason != want {
		t.Errorf("reason %q", got.Rejects[0].Violations[0].Reason)
	}
}

func TestTableOfAnotherShapeIsRefused(t *testing.T) {
	req := connector.Request{
		Existing: []connector.Column{{Name: "Status", Type: connector.Type{Kind: connector.String}}},
		Declared: map[string]connector.DeclaredType{"bytes": {Type: "string"}, "user": {Type: "string"}, "path": {Type: "string"}},
	}
	_, err := accesslog.Format{}.Infer(t.Context(), nil, req)
	want := `column-type: the table's column "status" is string, access logs have int
  hint: load access logs into a table of their own
declared-type: column "bytes" of access logs is long, not string
  hint: their columns are fixed; leave columns out, and cast in a model
unknown-column: access logs have no column "user"
  hint: their columns are fixed; leave columns out`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// Columns come in the table's order, and what it has more is NULL.
func TestTableOfAnotherOrder(t *testing.T) {
	req := connector.Request{Existing: []connector.Column{
		{Name: "more", Type: connector.Type{Kind: connector.Long}},
		{Name: "status", Type: connector.Type{Kind: connector.Int}},
	}}
	in := connectortest.File("a", []byte(before+`"GET / HTTP/1.1" 200 5`+"\n"))
	_, _, got, err := connectortest.Collect(t.Context(), accesslog.Format{}, []connector.Input{in}, req)
	if err != nil {
		t.Fatal(err)
	}
	if got.Columns[0] != "more" || got.Rows[0][0] != "NULL" || got.Rows[0][1] != "200" || got.Columns[2] != "remote_host" {
		t.Errorf("%v %v", got.Columns, got.Rows)
	}
}
