package textpattern_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textpattern"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	for name, pattern := range map[string]string{
		"dissect": `%{host} %{} [%{time}] "%{request}" %{status}`,
		"grok":    `%{NOTSPACE:host} %{NOTSPACE} \[%{DATA:time}\] "%{DATA:request}" %{INT:status:int}`,
		"regex":   `(?<host>\S+) \S+ \[(?<time>[^\]]*)\] "(?<request>[^"]*)" (?<status>\d+)`,
	} {
		t.Run(name, func(t *testing.T) {
			connectortest.Run(t, connectortest.Case{
				Format: textpattern.New(), Options: map[string]connector.Option{name: {Value: pattern}},
				Good: []string{`h - [2026-11-21] "GET /" 200`, `i - [2026-11-22] "" 404`},
				Bad:  []string{`no log at all`, `h - [2026-11-21] "GET / 200`},
			})
		})
	}
}

func load(t *testing.T, text string, options map[string]any) (types []string, got *connectortest.Collected) {
	t.Helper()
	layout, _, got, err := connectortest.Collect(t.Context(), textpattern.New(), []connector.Input{connectortest.File("a.log", []byte(text))}, request(options))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range layout.Columns {
		types = append(types, c.Name+" "+c.Type.String())
	}
	return types, got
}

func request(options map[string]any) connector.Request {
	req := connector.Request{Options: map[string]connector.Option{}}
	for name, value := range options {
		req.Options[name] = connector.Option{Value: value}
	}
	return req
}

// The same real log by each kind of pattern.
func TestRealLogByEachKind(t *testing.T) {
	text, err := os.ReadFile("../accesslog/testdata/access.log")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"clientip string", "timestamp timestamptz", "verb string", "request string", "response long", "bytes string", "agent string"}
	for name, pattern := range map[string]string{
		"dissect": `%{clientip} %{} %{} [%{timestamp}] "%{verb} %{request} %{}" %{response} %{bytes} "%{}" "%{agent}"`,
		"grok":    `%{IPORHOST:clientip} \S+ \S+ \[%{HTTPDATE:timestamp}\] "%{WORD:verb} %{NOTSPACE:request} %{NOTSPACE}" %{INT:response} (?<bytes>%{INT}|-) "[^"]*" "(?<agent>[^"]*)"`,
		"regex":   `(?<clientip>\S+) \S+ \S+ \[(?<timestamp>[^\]]+)\] "(?<verb>\w+) (?<request>\S+) \S+" (?<response>\d+) (?<bytes>\d+|-) "[^"]*" "(?<agent>[^"]*)"`,
	} {
		types, got := load(t, string(text), map[string]any{name: pattern, "timestamp_format": "%d/%b/%Y:%H:%M:%S %z"})
		if diff := cmp.Diff(want, types); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(got.Rows) != 39 || len(got.Rejects) != 1 || got.Rejects[0].Line != 20 {
			t.Errorf("%s: %d rows, %+v", name, len(got.Rows), got.Rejects)
		}
		if first := strings.Join(got.Rows[0][:5], " "); first != "205.159.86.10 2015-05-20T12:05:33Z GET /files/logstash/logstash-1.1.3-monolithic.jar 304" {
			t.Errorf("%s: %s", name, first)
		}
	}
}

func TestCombinedLogByItsGrokName(t *testing.T) {
	text, err := os.ReadFile("../accesslog/testdata/access.log")
	if err != nil {
		t.Fatal(err)
	}
	types, got := load(t, string(text), map[string]any{"grok": "%{COMBINEDAPACHELOG}"})
	if len(got.Rows) != 39 || len(types) != 12 {
		t.Errorf("%d rows, columns %v, %+v", len(got.Rows), types, got.Rejects[0])
	}
}

func TestDissectKeys(t *testing.T) {
	for _, c := range []struct{ pattern, line, want string }{
		{`%{a} %{b}`, `x y z`, `x|y z`},
		{`%{a->} %{b}`, `x    y`, `x|y`},
		{`<%{a}>%{?skipped}|%{b}`, `<1>what|`, `1|`},
		{`%{d} %{+d} %{m}`, `Nov 21 up`, `Nov 21|up`},
		{`%{a}, %{b};`, `1, 2;`, `1|2`},
	} {
		_, got := load(t, c.line+"\n", map[string]any{"dissect": c.pattern})
		if len(got.Rows) != 1 || strings.ReplaceAll(strings.Join(got.Rows[0], "|"), "NULL", "") != c.want {
			t.Errorf("%s: %v %+v", c.pattern, got.Rows, got.Rejects)
		}
	}
}

func TestTypesOfGrok(t *testing.T) {
	types, got := load(t, "1 2.5 true x\nno 2.5 true x\n", map[string]any{
		"grok": `(?<a>%{NOTSPACE:n:long}) %{NUMBER:[http][took]:float} %{BOOL:ok:boolean} %{ONE:one}`, "grok_patterns": []any{"ONE [a-z]"},
	})
	if diff := cmp.Diff([]string{"n long", "http_took double", "ok boolean", "a string", "one string"}, types); diff != "" {
		t.Error(diff)
	}
	if len(got.Rows) != 1 || len(got.Rejects) != 1 || got.Rejects[0].Violations[0].Column != "n" {
		t.Errorf("%v, %+v", got.Rows, got.Rejects)
	}
}

func TestLinesSayWhereTheyDepart(t *testing.T) {
	for _, c := range []struct{ kind, pattern, line, reason string }{
		{"dissect", `<%{a}> %{b}`, `a> b`, `no "<" at column 1`},
		{"dissect", `%{a} [%{b}]`, `x [y`, `no "]" behind this place at column 4`},
		{"dissect", `%{a}.`, `x. y`, `more text behind the pattern's end at column 3`},
		{"regex", `(?<a>\d+) (?<b>\d+) z`, `12 x z`, `no b at column 4`},
		{"regex", `(?<a>\d+)`, `12 x`, `more text behind the pattern's end at column 3`},
		{"grok", `%{INT:a} %{IP:b}`, `12 1.2.3`, `no b at column 4`},
	} {
		_, got := load(t, c.line+"\n", map[string]any{c.kind: c.pattern})
		if len(got.Rejects) != 1 || !strings.Contains(got.Rejects[0].Violations[0].Reason, c.reason) {
			t.Errorf("%s: %+v", c.pattern, got.Rejects)
		}
	}
}

func TestPatternsThatAreNone(t *testing.T) {
	for _, c := range []struct {
		options map[string]any
		want    string
	}{
		{nil, "no-pattern: "},
		{map[string]any{"dissect": "%{a}", "regex": "(?<a>.)"}, "has one of dissect, grok and regex"},
		{map[string]any{"dissect": "text"}, "there is no key"},
		{map[string]any{"dissect": "%{a}%{b}"}, "no text behind"},
		{map[string]any{"dissect": "%{a} %{a}"}, "two keys"},
		{map[string]any{"dissect": "%{a} %{+b}"}, "not there"},
		{map[string]any{"dissect": "%{a"}, "never closed"},
		{map[string]any{"dissect": "%{}"}, "names nothing"},
		{map[string]any{"regex": "(?<a>x)(?=y)"}, "lookarounds"},
		{map[string]any{"grok": "%{NUMBR:a}"}, "did you mean NUMBER?"},
		{map[string]any{"grok": "%{A:a}", "grok_patterns": []any{"A %{B}", "B %{A}"}}, "in a circle"},
		{map[string]any{"grok": "%{INT:a:date}"}, "is not a type"},
	} {
		_, err := textpattern.New().Infer(t.Context(), nil, request(c.options))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: want %q, got %v", c.options, c.want, err)
		}
	}
}

// FuzzPattern reads arbitrary lines by arbitrary patterns: nothing panics, and
// each line that is not blank is a row or a reject.
func FuzzPattern(f *testing.F) {
	f.Add(0, `%{a} %{+a->} %{b}`, []byte("x y z\n\xff"))
	f.Add(1, `%{INT:a:int} %{GREEDYDATA:b}`, []byte("1 x\n\nx"))
	f.Add(2, `(?<a>\d+|b*) (?<b>.*)$`, []byte("1 x\r\nx\x00"))
	f.Fuzz(func(t *testing.T, kind int, pattern string, content []byte) {
		name := []string{"dissect", "grok", "regex"}[uint(kind)%3]
		req := request(map[string]any{name: pattern, "compression": "none", "encoding": "utf-8"})
		_, counts, got, err := connectortest.Collect(t.Context(), textpattern.New(), []connector.Input{connectortest.File("f", content)}, req)
		if err != nil {
			return // the pattern
		}
		want := 0
		for line := range bytes.SplitSeq(bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF")), []byte("\n")) {
			if len(bytes.Trim(line, " \t\r")) > 0 {
				want++
			}
		}
		if int(counts[0].Records) != want || len(got.Rows)+len(got.Rejects) != want {
			t.Fatalf("%d lines, %d rows, %d rejects", want, len(got.Rows), len(got.Rejects))
		}
	})
}
