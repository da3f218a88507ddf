package javalog_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/javalog"
)

// FuzzJavaLog reads arbitrary bytes with several patterns: nothing panics, and
// every physical line that is not blank is in a row or in a reject.
func FuzzJavaLog(f *testing.F) {
	for _, seed := range []string{
		head + "x\njava.lang.X: y\n\tat a.B.c(D:1)\nCaused by: a.B\n", head, "2026-11-21 13:10:08,632 [", "Nov 21, 2026 1:19:49 PM a b\nINFO: c\n", "\xff\x00\n\r\n", "\tat\n" + head,
	} {
		f.Add([]byte(seed), 1000, 5, "%d [%t] %-5level %logger - %m%n")
	}
	f.Add([]byte("a|b|c d|e\n"), 100, 2, "%c|%-3t|%m|%X{a}%n")
	f.Fuzz(func(t *testing.T, content []byte, limit, lines int, pattern string) {
		req := connector.Request{Options: map[string]connector.Option{
			"compression": {Value: "none"}, "max_record": {Value: max(limit, 1) % (1 << 20)}, "max_lines": {Value: max(lines, 1)},
			"pattern": {Value: pattern}, "date": {Value: "2026-11-21"},
		}}
		in := connectortest.File("f", content)
		_, counts, got, err := connectortest.Collect(t.Context(), javalog.New(), []connector.Input{in}, req)
		if err != nil {
			return // the pattern
		}
		held := 0
		for _, r := range got.Rejects {
			held += bytes.Count([]byte(r.Raw), []byte("\n")) + 1
		}
		for _, row := range got.Rows {
			n, _ := strconv.Atoi(row[8])
			held += n
		}
		want := 0
		for line := range strings.SplitSeq(string(content), "\n") {
			if strings.TrimSuffix(line, "\r") != "" {
				want++
			}
		}
		// Limits cut rejects, and blank lines inside records count.
		if held < want && limit > 1<<16 && limit < 1<<20 && lines > want {
			t.Fatalf("%d lines in %d records, %d in the text", held, counts[0].Records, want)
		}
	})
}
