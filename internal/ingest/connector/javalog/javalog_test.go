package javalog_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/javalog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: javalog.New(),
		Good: []string{
			`2026-11-21 13:10:08,632 [main] INFO  org.example.Shop - order 17 placed`,
			`2026-11-21 13:10:08,640 [http-1] ERROR org.example.Shop - order 18 failed`,
		},
		Bad: []string{
			`2026-11-21 13:10:08,632 something else wrote this`,
			`2026-11-21 13:10:08,632 [main INFO org.example.Shop - no bracket`,
		},
	})
}

// read loads a text; options are those of the format.
func read(t *testing.T, name, text string, options map[string]any) *connectortest.Collected {
	t.Helper()
	req := connector.Request{Options: map[string]connector.Option{}}
	for name, value := range options {
		req.Options[name] = connector.Option{Value: value}
	}
	_, _, got, err := connectortest.Collect(t.Context(), javalog.New(), []connector.Input{connectortest.File(name, []byte(text))}, req)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// file returns a log of testdata.
func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// column returns the values of a column, and how many physical lines are in rows.
func column(t *testing.T, got *connectortest.Collected, name string) (values []string, lines int) {
	t.Helper()
	at, count := -1, -1
	for i, c := range got.Columns {
		if c == name {
			at = i
		}
		if c == "lines" {
			count = i
		}
	}
	if at < 0 {
		t.Fatalf("no column %s among %v", name, got.Columns)
	}
	for _, row := range got.Rows {
		values = append(values, row[at])
		n, _ := strconv.Atoi(row[count])
		lines += n
	}
	return values, lines
}

// What the writers wrote is read back, whichever wrote it, with every line.
func TestLogsOfRealWriters(t *testing.T) {
	for name, options := range map[string]map[string]any{
		"log4j_default.log":            nil,
		"log4j_kafka.log":              nil,
		"log4j_mdc.log":                {"pattern": `%d{dd MMM yyyy HH:mm:ss,SSS}{UTC} %-6p|%X{user}|%c{1}:%L| %m%n%xEx`},
		"logback_spring.log":           nil,
		"logback_clock-2026-11-21.log": nil,
		"jul.log":                      nil,
	} {
		t.Run(name, func(t *testing.T) {
			text := file(t, name)
			got := read(t, name, text, options)
			if len(got.Rejects) > 0 {
				t.Fatalf("rejects %+v", got.Rejects)
			}
			for name, want := range wanted(name) {
				have, _ := column(t, got, name)
				if diff := cmp.Diff(want, have); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			if _, lines := column(t, got, "lines"); lines != strings.Count(text, "\n") {
				t.Errorf("%d lines in records, %d in the file", lines, strings.Count(text, "\n"))
			}
			for i, at := range first(column(t, got, "time")) {
				if !strings.HasPrefix(at, "2026-11-21T13:") {
					t.Errorf("record %d is of %s", i, at)
				}
			}
		})
	}
}

func first(values []string, _ int) []string { return values }

// wanted are the columns that the events have in every log.
func wanted(name string) map[string][]string {
	levels := []string{"INFO", "WARN", "ERROR", "INFO", "ERROR", "ERROR", "DEBUG"}
	if name == "jul.log" {
		levels = []string{"INFO", "WARNING", "SEVERE", "INFO", "SEVERE", "SEVERE", "FINE"}
	}
	return map[string][]string{
		"level": levels,
		"message": {
			"order 17 placed by anna", "slow: 2500 ms [limit - 1000]", "order 18 failed", "values:\n\ta = 1\n\tb = 2",
			"bad argument", "no trace", "done – ütf",
		},
		"exception_class": {
			"NULL", "NULL", "java.lang.IllegalStateException", "NULL", "java.lang.IllegalArgumentException", "java.lang.NullPointerException", "NULL",
		},
		"exception_message": {"NULL", "NULL", "cannot place the order", "NULL", "first line\nsecond line: x", "NULL", "NULL"},
	}
}

func TestPatternGivesColumns(t *testing.T) {
	got := read(t, "a", file(t, "log4j_mdc.log"), map[string]any{"pattern": `%d{dd MMM yyyy HH:mm:ss,SSS}{UTC} %-6p|%X{user}|%c{1}:%L| %m%n%xEx`})
	for name, want := range map[string]string{"mdc_user": "anna", "logger": "Checkout", "line_number": "23", "thread": "NULL"} {
		if values, _ := column(t, got, name); values[2] != want {
			t.Errorf("%s is %s", name, values[2])
		}
	}
	stacks, _ := column(t, got, "stack_trace")
	if !strings.HasPrefix(stacks[2], "java.lang.IllegalStateException: cannot place the order\n\tat Events.all") ||
		!strings.Contains(stacks[2], "\nCaused by: java.io.IOException: disk full\n\tat ") || !strings.Contains(stacks[2], "\n\tSuppressed: ") {
		t.Errorf("stack %q", stacks[2])
	}
}

const head = "2026-11-21 13:10:08,632 [main] INFO  a.B - "

func TestLinesBeforeTheFirstRecordAreRejected(t *testing.T) {
	got := read(t, "a", "\tat a.B.c(B.java:1)\n\n\tat a.B.d(B.java:2)\n"+head+"x\n", nil)
	if len(got.Rows) != 1 || got.Lines[0] != 4 || len(got.Rejects) != 2 || got.Rejects[0].Line != 1 || got.Rejects[1].Line != 3 ||
		got.Rejects[1].Raw != "\tat a.B.d(B.java:2)" {
		t.Errorf("rows %v of lines %v, rejects %+v", got.Rows, got.Lines, got.Rejects)
	}
}

func TestRecordsAreBounded(t *testing.T) {
	trace := head + "boom\n" + strings.Repeat("\tat a.B.c(B.java:1)\n", 50)
	for option, value := range map[string]any{"max_record": 600, "max_lines": 20} {
		got := read(t, "a", trace+head+"next\n"+trace, map[string]any{option: value})
		if len(got.Rows) != 1 || got.Lines[0] != 52 || len(got.Rejects) != 2 || got.Rejects[1].Line != 53 {
			t.Errorf("%s: rows at %v, rejects %d", option, got.Lines, len(got.Rejects))
			continue
		}
		if r := got.Rejects[0]; r.Violations[0].Rule != connector.RuleSize || !strings.Contains(r.Violations[0].Reason, option) || !strings.HasPrefix(trace, r.Raw) {
			t.Errorf("%s: %+v", option, r.Violations)
		}
	}
}

// A line that begins as a record, but is none, does not hide in the one before,
// and what follows it is kept with it.
func TestRecordsThatDepartAreRejectedWhole(t *testing.T) {
	got := read(t, "a", head+"one\n2026-11-21 13:10:08,632 hello\n\tat x\n"+head+"two\n", nil)
	if len(got.Rows) != 2 || len(got.Rejects) != 1 || got.Rejects[0].Raw != "2026-11-21 13:10:08,632 hello\n\tat x" ||
		got.Rejects[0].Violations[0].Reason != `no " [" at column 24` {
		t.Errorf("%d rows, rejects %+v", len(got.Rows), got.Rejects)
	}
}

func TestUnknownLayoutIsAProblem(t *testing.T) {
	for name, options := range map[string]map[string]any{
		"log-layout":                nil,
		`option "pattern": no text`: {"pattern": "%c%t %m"},
		"%q is no converter":        {"pattern": "%q"},
		"lacks a part":              {"pattern": "%d{yyyy-MM} %m"},
		"nothing stands":            {"pattern": "%m%n"},
		"log-date":                  {"pattern": "%d{HH:mm:ss} %m"},
		"is not a date":             {"pattern": "%d{HH:mm:ss} %m", "date": "yesterday"},
		"not a time zone":           {"time_zone": "Mars"},
	} {
		req := connector.Request{Options: map[string]connector.Option{}}
		for option, value := range options {
			req.Options[option] = connector.Option{Value: value}
		}
		_, err := javalog.New().Infer(t.Context(), []connector.Input{connectortest.File("a", []byte("hello\n"))}, req)
		if name == "%q is no converter" {
			name = "is no converter"
		}
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want %s, got %v", name, err)
		}
	}
}

func TestDaysBeginAtMidnight(t *testing.T) {
	got := read(t, "app.log", "23:59:59.500 [a] INFO b - x\n00:00:01.500 [a] INFO b - y\n", map[string]any{"date": "2026-12-31", "time_zone": "Europe/Oslo"})
	times, _ := column(t, got, "time")
	if diff := cmp.Diff([]string{"2026-12-31T22:59:59.5Z", "2026-12-31T23:00:01.5Z"}, times); diff != "" {
		t.Error(diff)
	}
}
