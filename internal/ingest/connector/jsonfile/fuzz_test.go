package jsonfile_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

// FuzzJSON loads arbitrary bytes: nothing panics, every failure is a problem,
// records are conserved, and what encoding/json accepts is not called broken.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`[{"a":1},{"a":[1,{"b":null}]}]`, "{\"a\":\"\\u00e9\\ud83d\\ude00\"}\n{\"a\":1e5}\n", `{"a":{"b":[[[]]]}}{"a":`, "[1,\n2,,]]", `[{"a":1,"a":2}`, "\xff\xfe[\x00", "\x1f\x8b", "{\"a\":\"x\n\"}",
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
		set(1, "records", "a.b")
		set(2, "omit", "a")
		set(4, "encoding", connector.Encodings[int(limit)%len(connector.Encodings)])
		set(8, "max_record", int(limit))
		format := jsonfile.JSON()
		if choices&16 != 0 {
			format = jsonfile.NDJSON()
		}
		_, counts, got, err := connectortest.Collect(t.Context(), format, []connector.Input{connectortest.File("f", content)}, req)
		var problem *diag.Problem
		if err != nil && !errors.As(err, &problem) {
			t.Fatalf("not a problem: %v", err)
		}
		if err != nil {
			return
		}
		c := counts[0]
		if c.Records != c.Written+c.Rejected || c.Written != int64(len(got.Rows)) || c.Rejected != int64(len(got.Rejects)) || c.Bytes != int64(len(content)) {
			t.Fatalf("%d rows and %d rejects, counts %+v", len(got.Rows), len(got.Rejects), c)
		}
		for _, r := range got.Rejects {
			if len(r.Violations) == 0 {
				t.Fatalf("line %d is rejected without a reason", r.Line)
			}
			if v := r.Violations[0]; choices&^2 == 0 && json.Valid(content) && v.Rule == connector.RuleFormat {
				t.Fatalf("%q is JSON, but: %s", content, v.Reason)
			}
		}
	})
}
