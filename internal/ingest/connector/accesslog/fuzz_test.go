package accesslog_test

import (
	"bytes"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/accesslog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

// FuzzAccessLog reads arbitrary lines: nothing panics, and each line that is
// not blank is a row or a reject.
func FuzzAccessLog(f *testing.F) {
	for _, seed := range []string{
		before + `"GET / HTTP/1.1" 200 5 "a" "b"`, before + `"-" 400 -`, before + `"\"` + "\n" + before, " - - [", "\xff\x00\n\r\n",
	} {
		f.Add([]byte(seed), 0)
	}
	f.Fuzz(func(t *testing.T, content []byte, limit int) {
		req := connector.Request{Options: map[string]connector.Option{
			"compression": {Value: "none"}, "max_record": {Value: max(limit, 1) % (1 << 20)},
		}}
		in := connectortest.File("f", content)
		_, counts, got, err := connectortest.Collect(t.Context(), accesslog.Format{}, []connector.Input{in}, req)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, line := range bytes.Split(content, []byte("\n")) {
			if line = bytes.TrimSuffix(line, []byte("\r")); len(line) > 0 {
				lines = append(lines, string(line))
			}
		}
		if int(counts[0].Records) != len(lines) || len(got.Rows)+len(got.Rejects) != len(lines) {
			t.Fatalf("%d lines, %d rows, %d rejects, counts %+v", len(lines), len(got.Rows), len(got.Rejects), counts[0])
		}
	})
}
