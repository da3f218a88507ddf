package csvfile_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

// FuzzCSV loads arbitrary bytes: nothing panics, every failure is a problem
// with a place, and records are conserved.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a,b\n\"x\ny\",2\n\"open", "\xff\xfea\x00\n\x001\x00", "a;b\r\n1,5;\"q\"\"\"\r\n", "a\n\x00\n\xff\n", "a,a\n1,2", "\x1f\x8b\x08", "x\ry\r",
	} {
		f.Add([]byte(seed), uint8(0), uint16(0))
	}
	f.Fuzz(func(t *testing.T, content []byte, choices uint8, limit uint16) {
		req := connector.Request{Options: map[string]connector.Option{}, SampleBytes: int64(limit % 100)}
		set := func(bit uint8, name string, value any) {
			if choices&bit != 0 {
				req.Options[name] = connector.Option{Value: value}
			}
		}
		set(1, "header", true)
		set(2, "escape", "backslash")
		set(4, "encoding", connector.Encodings[int(limit)%len(connector.Encodings)])
		set(8, "max_record", int(limit))
		set(16, "comment", "#")
		set(32, "skip", int(limit%4))
		set(64, "null", []any{"x", "1"})
		set(64, "quoted_null", limit%2 == 0)
		set(128, "delimiter", ",")
		var written, rejected int64
		lines := map[string][]int64{}
		_, counts, err := connectortest.Load(t.Context(), csvfile.Format{}, []connector.Input{connectortest.File("f", content)}, req, func() connector.Sink {
			written, rejected, lines = 0, 0, map[string][]int64{}
			return connectortest.SinkFuncs{
				OnRows: func(b arrow.RecordBatch) error { written += b.NumRows(); return nil },
				OnReject: func(r connector.Reject) error {
					rejected++
					lines["rejects"] = append(lines["rejects"], r.Line)
					if len(r.Violations) == 0 {
						t.Errorf("line %d is rejected without a reason", r.Line)
					}
					return nil
				},
			}
		})
		var problem *diag.Problem
		if err != nil && !errors.As(err, &problem) {
			t.Fatalf("not a problem: %v", err)
		}
		if err != nil {
			return
		}
		c := counts[0]
		if c.Records != c.Written+c.Rejected || c.Written != written || c.Rejected != rejected || c.Bytes != int64(len(content)) {
			t.Fatalf("%d rows and %d rejects, counts %+v", written, rejected, c)
		}
		if !slices.IsSorted(lines["rejects"]) {
			t.Fatalf("lines do not rise: %v", lines["rejects"])
		}
	})
}
