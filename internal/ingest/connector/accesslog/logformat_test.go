package accesslog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/accesslog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

// formats are those with which the logs of testdata were written.
var formats = map[string]string{
	"apache_vhost_combined.log": "vhost_combined",
	"apache_custom.log":         `%{%Y-%m-%dT%H:%M:%S%z}t %{usec}t %h %m \"%U\" \"%q\" %H %>s %B %D %{ms}T \"%{Host}i\" \"%{Content-Type}o\"`,
	"nginx_main.log":            `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time $upstream_response_time "$http_x_forwarded_for"`,
	"nginx_iso.log":             `$time_iso8601|$msec|$request_method|$uri|$args|$status|$request_length|$host`,
}

func loadFormat(t *testing.T, text, format string) (types string, got *connectortest.Collected) {
	t.Helper()
	req := connector.Request{Options: map[string]connector.Option{"log_format": {Value: format}}}
	layout, _, got, err := connectortest.Collect(t.Context(), accesslog.Format{}, []connector.Input{connectortest.File("a.log", []byte(text))}, req)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, c := range layout.Columns {
		all = append(all, c.Name+" "+c.Type.String())
	}
	return strings.Join(all, ", "), got
}

func TestFormatsOfRealServers(t *testing.T) {
	for name, want := range map[string]struct{ types, second, last string }{
		"apache_vhost_combined.log": {
			"virtual_host string, port int, remote_host string, ident string, remote_user string, time timestamptz, method string, path string, protocol string, status int, bytes_sent long, referrer string, user_agent string",
			`shop.example|80|127.0.0.1|NULL|NULL|2026-11-21T13:40:31Z|GET|/missing|HTTP/1.1|404|397|http://example.org/\xc3\xa9|back\slash "quoted"`,
			`shop.example|80|127.0.0.1|NULL|NULL|2026-11-21T13:40:31Z|NULL|GARBAGE|NULL|400|448|NULL|NULL`,
		},
		"apache_custom.log": {
			"time timestamptz, time_2 timestamptz, remote_host string, method string, path string, query string, protocol string, status int, bytes long, duration_us long, duration_ms long, header_host string, response_content_type string",
			`2026-11-21T13:40:31Z|2026-11-21T13:40:31.778863Z|127.0.0.1|GET|/missing||HTTP/1.1|404|236|236|0|127.0.0.1:18082|text/html`,
			`2026-11-21T13:40:31Z|2026-11-21T13:40:31.862909Z|127.0.0.1|GARBAGE|/||HTTP/1.0|400|266|104|0|NULL|text/html`,
		},
		"nginx_main.log": {
			"remote_host string, remote_user string, time timestamptz, method string, path string, protocol string, status int, bytes long, referrer string, user_agent string, request_time double, upstream_response_time string, header_x_forwarded_for string",
			`127.0.0.1|NULL|2026-11-21T13:40:31Z|GET|/missing|HTTP/1.1|404|153|http://example.org/\xC3\xA9|back\x5Cslash \x22quoted\x22|0|NULL|10.0.0.1`,
			`127.0.0.1|NULL|2026-11-21T13:40:31Z|NULL|GARBAGE|NULL|400|157|NULL|NULL|0|NULL|NULL`,
		},
		"nginx_iso.log": {
			"time timestamptz, time_2 timestamptz, method string, uri string, args string, status int, bytes_received long, host string",
			`2026-11-21T13:40:31Z|2026-11-21T13:40:31.577Z|GET|/missing|NULL|404|153|127.0.0.1`,
			`2026-11-21T13:40:31Z|2026-11-21T13:40:31.716Z|NULL|NULL|NULL|400|0|`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			types, got := loadFormat(t, string(text), formats[name])
			if diff := cmp.Diff(want.types, types); diff != "" {
				t.Error(diff)
			}
			if len(got.Rows) != 5 || len(got.Rejects) > 0 {
				t.Fatalf("%d rows, rejects %+v", len(got.Rows), got.Rejects)
			}
			for at, want := range map[int]string{1: want.second, 4: want.last} {
				if diff := cmp.Diff(want, strings.Join(got.Rows[at], "|")); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestContractOfDeclaredFormats(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: accesslog.Format{}, Options: map[string]connector.Option{"log_format": {Value: formats["nginx_main.log"]}},
		Good: []string{
			`127.0.0.1 - - [21/Nov/2026:13:40:31 +0000] "GET / HTTP/1.1" 200 3 "-" "curl" 0.012 - "-"`,
			`::1 - anna [21/Nov/2026:13:40:31 +0000] "-" 400 0 "" "" 1.5 0.1, 0.2 "10.0.0.1"`,
		},
		Bad: []string{`no log at all`, `127.0.0.1 - - [21/Nov/2026:13:40:31 +0000] "GET / HTTP/1.1" 200 3 "-" "curl" slow - "-"`},
	})
}

func TestLinesThatDepartFromADeclaredFormat(t *testing.T) {
	for line, reason := range map[string]string{
		`h [21/Nov/2026:13:40:31 +0000] 200`:          `nothing that ends status at column 32`,
		`h x 200 "-"`:                                 `no " [" before time`,
		`h [21/Nov/2026:13:40:61 +0000] 200 "-"`:      `no time at column 4`,
		`h [21/Nov/2026:13:40:31 +0000] two "-"`:      `no status at column 32`,
		`h [21/Nov/2026:13:40:31 +0000] 200 "a\"`:     `nothing that ends user_agent at column 37`,
		`h [21/Nov/2026:13:40:31 +0000] 200 "-" more`: `more text, or less, behind the last field at column 38`,
	} {
		_, got := loadFormat(t, line+"\n", `%h %t %>s "%{User-Agent}i"`)
		if len(got.Rejects) != 1 || !strings.Contains(got.Rejects[0].Violations[0].Reason, reason) && !strings.HasPrefix(line, "h x") {
			t.Errorf("%s: %+v", line, got.Rejects)
		}
	}
}

func TestFormatsThatAreNone(t *testing.T) {
	for format, want := range map[string]string{
		"text":    "no directive",
		"%h%u":    "no text between",
		"%h %":    "is no directive",
		"%h %Z":   "is no directive of Apache",
		"%{a":     "is never closed",
		"%{%Q}t":  "letters behind",
		"%h %{x}": "is no directive",
	} {
		req := connector.Request{Options: map[string]connector.Option{"log_format": {Value: format}}}
		if _, err := (accesslog.Format{}).Infer(t.Context(), nil, req); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", format, want, err)
		}
	}
}

// FuzzLogFormat reads arbitrary lines of arbitrary formats: nothing panics, and
// each line is a row or a reject.
func FuzzLogFormat(f *testing.F) {
	for _, format := range formats {
		f.Add(format, `h - - [21/Nov/2026:13:40:31 +0000] "GET /\" HTTP/1.1" 200 - "-"`)
	}
	f.Add("%h", "\x00\xff\r")
	f.Fuzz(func(t *testing.T, format, line string) {
		req := connector.Request{Options: map[string]connector.Option{"log_format": {Value: format}, "compression": {Value: "none"}}}
		_, counts, got, err := connectortest.Collect(t.Context(), accesslog.Format{}, []connector.Input{connectortest.File("f", []byte(line))}, req)
		if err != nil {
			return // the format
		}
		if int(counts[0].Records) != len(got.Rows)+len(got.Rejects) {
			t.Fatalf("%+v", counts[0])
		}
	})
}
