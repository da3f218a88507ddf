package syslog_test

import (
	"bytes"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/syslog"
)

// FuzzSyslog reads arbitrary bytes: nothing panics, and every byte that is no
// line end is in a row or in a reject.
func FuzzSyslog(f *testing.F) {
	for _, seed := range []string{
		`<34>1 2003-10-11T22:14:15.003Z h su - ID47 [a@1 k="\]"] x`, "<34>Oct 11 22:14:15 h su[1]: x\n", "5 <1>ab6 <13>1 \n", "99 <1>", "\xff\x00\n\r\n", "[", "<1>1 - - - - [a b=",
	} {
		f.Add([]byte(seed), 0)
	}
	f.Fuzz(func(t *testing.T, content []byte, limit int) {
		req := connector.Request{Options: map[string]connector.Option{
			"compression": {Value: "none"}, "max_record": {Value: max(limit, 1) % (1 << 20)},
		}}
		in := connectortest.File("f", content)
		_, counts, got, err := connectortest.Collect(t.Context(), syslog.New(), []connector.Input{in}, req)
		if err != nil {
			t.Fatal(err)
		}
		if int(counts[0].Records) != len(got.Rows)+len(got.Rejects) {
			t.Fatalf("%d rows, %d rejects, counts %+v", len(got.Rows), len(got.Rejects), counts[0])
		}
		want := int64(bytes.Count(content, []byte("\n")))
		if len(content) > 0 && content[len(content)-1] != '\n' {
			want++
		}
		if counts[0].Lines != want && !bytes.Contains(content, []byte(" <")) {
			t.Fatalf("%d lines, want %d", counts[0].Lines, want)
		}
	})
}
