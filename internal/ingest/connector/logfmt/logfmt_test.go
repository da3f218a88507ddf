package logfmt_test

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/logfmt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: logfmt.New(),
		Good:   []string{`time=2026-11-21T13:10:08Z level=info msg="order 17 placed" took=12`, `level=warn msg=slow`},
		Misfit: &connectortest.Misfit{Column: "took", Wide: `took=30000000000`, Unfit: `took=long`},
		Bad:    []string{`no pairs at all`, `level=info msg="never closed`},
	})
}

// load returns the types of the columns and the rows.
func load(t *testing.T, text string, options map[string]any) (types []string, got *connectortest.Collected) {
	t.Helper()
	req := connector.Request{Options: map[string]connector.Option{}}
	for name, value := range options {
		req.Options[name] = connector.Option{Value: value}
	}
	layout, _, got, err := connectortest.Collect(t.Context(), logfmt.New(), []connector.Input{connectortest.File("a.log", []byte(text))}, req)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range layout.Columns {
		types = append(types, c.Name+" "+c.Type.String())
	}
	return types, got
}

func lines(c *connectortest.Collected) (lines []string) {
	for _, row := range c.Rows {
		lines = append(lines, strings.Join(row, "|"))
	}
	return lines
}

func TestLogOfPython(t *testing.T) {
	text, err := os.ReadFile("testdata/python.log")
	if err != nil {
		t.Fatal(err)
	}
	types, got := load(t, string(text), nil)
	wantTypes := []string{
		"at timestamp", "level string", "logger string", "msg string", "order long", "total double", "user string", "paid boolean", "note string",
		"url string", "list string", "exc_info string",
	}
	if diff := cmp.Diff(wantTypes, types); diff != "" {
		t.Error(diff)
	}
	stack := "Traceback (most recent call last):\n  File \"<stdin>\", line 19, in <module>\nValueError: disk\nfull"
	want := []string{
		got.Rows[0][0] + `|INFO|shop.checkout|order placed|17|12.5|anna|true|NULL|NULL|NULL|NULL`,
		got.Rows[1][0] + `|WARNING|shop.checkout|say "hi" = \ back|18|3|NULL|NULL|NULL|NULL|NULL|NULL`,
		got.Rows[2][0] + `|INFO|shop.checkout|über|19|NULL|NULL|NULL|NULL|/a?b=c|[1, 2]|NULL`,
		got.Rows[3][0] + `|ERROR|shop.checkout|failed|NULL|NULL|NULL|NULL|NULL|NULL|NULL|` + stack,
	}
	if diff := cmp.Diff(want, lines(got)); diff != "" {
		t.Error(diff)
	}
}

func TestLogOfGo(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(slog.NewTextHandler(&b, nil))
	log.Info("order placed", "order", 17, "took", 12*time.Millisecond, "user", "")
	log.Error("say \"hi\"\n\tthere \x01", "order", 18, "error", os.ErrNotExist, slog.Group("http", "status", 500))
	types, got := load(t, b.String(), nil)
	if diff := cmp.Diff([]string{"time timestamptz", "level string", "msg string", "order long", "took string", "user string", "error string", "http.status long"}, types); diff != "" {
		t.Error(diff)
	}
	want := []string{"INFO|order placed|17|12ms||NULL|NULL", "ERROR|say \"hi\"\n\tthere \\x01|18|NULL|NULL|file does not exist|500"}
	for i, row := range got.Rows {
		if diff := cmp.Diff(want[i], strings.Join(row[1:], "|")); diff != "" {
			t.Error(diff)
		}
	}
}

func TestFlagsAreTrue(t *testing.T) {
	_, got := load(t, "a=1 debug\n", map[string]any{"flags": true})
	if diff := cmp.Diff([]string{"1|true"}, lines(got)); diff != "" {
		t.Error(diff)
	}
}

func TestLinesThatDepart(t *testing.T) {
	for line, reason := range map[string]string{
		`a=1 debug`:      "a word without = at column 5",
		`a="b`:           "a quote that is never closed at column 3",
		`a="b\"`:         "a quote that is never closed at column 3",
		`a="b"c`:         "text behind a closing quote at column 6",
		`a=b"c`:          "a quote inside a value that is not quoted at column 4",
		`a=1 =2`:         "no key at column 5",
		`a"=1`:           "a quote inside a key at column 2",
		`{"level":"no"}`: "a quote inside a key at column 2",
	} {
		_, got := load(t, "a=1\n"+line+"\n", nil)
		if len(got.Rejects) != 1 || got.Rejects[0].Line != 2 || got.Rejects[0].Raw != line || got.Rejects[0].Violations[0].Reason != reason {
			t.Errorf("%s: %+v", line, got.Rejects)
		}
	}
}

// FuzzLogfmt reads arbitrary lines: nothing panics, and each line that is not
// blank is a row or a reject.
func FuzzLogfmt(f *testing.F) {
	for _, seed := range []string{`a=1 b="c\u00fc\ud83d\ude00\"" d`, "a=\n=b\n\"", "\xff\x00=\n\r\n", `a="\`, `a="\u12`} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, content []byte, flags bool) {
		req := connector.Request{Options: map[string]connector.Option{
			"compression": {Value: "none"}, "encoding": {Value: "utf-8"}, "flags": {Value: flags},
		}}
		_, counts, got, err := connectortest.Collect(t.Context(), logfmt.New(), []connector.Input{connectortest.File("f", content)}, req)
		if err != nil {
			return // more columns than a table may have
		}
		want := 0
		for line := range bytes.SplitSeq(bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF")), []byte("\n")) {
			if len(bytes.Trim(line, " \t\r")) > 0 {
				want++
			}
		}
		if int(counts[0].Records) != want || len(got.Rows)+len(got.Rejects) != want {
			t.Fatalf("%d lines, %d rows, %d rejects, counts %+v", want, len(got.Rows), len(got.Rejects), counts[0])
		}
	})
}
