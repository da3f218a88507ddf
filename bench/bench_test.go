package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheReportHasMedianAndSpreadOfPairedRatios(t *testing.T) {
	second := func(n float64) usage {
		return usage{wall: time.Duration(n * float64(time.Second)), cpu: time.Second, peak: 50e6}
	}
	r := &result{
		benchCase: benchCase{
			name: "csv", about: "a file", aim: "1.00 or less", unit: "rows/s", pieces: 100, piece: "file",
			sides: []side{{name: "tarn"}, {name: "peer"}}, amount: func(*lab) float64 { return 3e6 },
		},
		runs: [][]usage{{second(2), second(3), second(10)}, {second(1), second(3), second(4)}},
	}
	want := `csv: a file
  tarn                                   3.000 s      1.00 CPU-s      50 MB  1,000,000 rows/s
  peer                                   3.000 s      1.00 CPU-s      50 MB  1,000,000 rows/s
  tarn : peer = 2.00 (1.00..2.50, 3 pairs), +10.0 ms a file
  aim: 1.00 or less

`
	if got := r.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestSidesTakeTurnsInFreshFolders(t *testing.T) {
	l := &lab{work: t.TempDir()}
	log := filepath.Join(l.work, "log")
	says := func(name string) side {
		return side{name: name, command: func(_ *lab, dir string) command {
			return command{args: []string{"sh", "-c", `echo $0 $(ls) >> "$1"; touch left`, name, log}, dir: dir}
		}}
	}
	if _, err := l.measure(t.Context(), benchCase{name: "turns", sides: []side{says("a"), says("b")}}, 3); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if order := strings.Join(strings.Fields(string(got)), " "); order != "a b b a a b" {
		t.Errorf("the order was %s", order)
	}
}

func TestARunWithAWrongResultDoesNotCount(t *testing.T) {
	l := &lab{work: t.TempDir()}
	for name, s := range map[string]side{
		"it fails":            {name: "x", command: func(*lab, string) command { return command{args: []string{"sh", "-c", "exit 3"}} }},
		"its result is wrong": {name: "x", command: func(*lab, string) command { return command{args: []string{"true"}} }, check: wrong},
		"it is not there":     {name: "x", command: func(*lab, string) command { return command{args: []string{"no-such-program"}} }},
	} {
		if _, err := l.measure(t.Context(), benchCase{name: "bad", sides: []side{s}}, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func wrong(context.Context, *lab, string) error { return errors.New("two rows too many") }

func TestTestDataIsTheSameEveryTime(t *testing.T) {
	for name, write := range map[string]func(string, int64) error{"orders": writeEvents, "log": writeAccessLog, "java": writeJavaLog} {
		var first string
		for i := range 2 {
			file := filepath.Join(t.TempDir(), name)
			if err := write(file, 100_000); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				first = string(content)
			}
			if string(content) != first || len(content) < 100_000 {
				t.Errorf("%s: %d bytes, then %d", name, len(first), len(content))
			}
			if n, err := countLines(file); err != nil || n != float64(strings.Count(first, "\n")) {
				t.Errorf("%s: counted %.0f lines, %v", name, n, err)
			}
		}
	}
}

func TestFiguresSayWhatTheyAreWantedToBeAndWhatBoundsThem(t *testing.T) {
	r := &result{benchCase: benchCase{name: "plan", about: "planning"}, said: []figure{
		{what: "cold", value: "40 ms", aim: "less than 100 ms", bound: "reading five manifests"}, {what: "all", value: "2 s"},
	}}
	want := "plan: planning\n" +
		"  cold                                         40 ms   (aim: less than 100 ms)\n      bound by reading five manifests\n" +
		"  all                                          2 s\n\n"
	if got := r.String(); got != want {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}

func TestSumsAreComparedAndTheWorstQueryIsNamed(t *testing.T) {
	m := numbers{"tarn q1": {2, 2, 9}, "duckdb q1": {1, 1, 9}, "tarn q2": {3, 3, 3}, "duckdb q2": {4, 4, 4}}
	if got, want := m.compare("", "", "").value, "1.00 (5.00 s : 5.00 s), geometric mean of 2 queries 1.22, worst 2.00 in q1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
