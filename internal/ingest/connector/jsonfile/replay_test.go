package jsonfile_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

// Whatever the file, lines or one array: what was rejected under a bad
// definition and read again under the mended one is what the mended one would
// have loaded at once, with the numbers of records that share a line.
func TestReplayedIsWhatWouldHaveBeenLoaded(t *testing.T) {
	f, ok := jsonfile.JSON().(connector.Replayer)
	if !ok {
		t.Fatal("JSON is read again by nobody")
	}
	rapid.Check(t, func(t *rapid.T) {
		records := []string{`{"id": -1, "n": 0, "a": null}`}
		for i := range rapid.IntRange(1, 12).Draw(t, "records") {
			n := rapid.SampledFrom([]string{"1", "30000000000", "null", "2.5", `"x"`, "-7", `[1]`, `{"y": 1}`}).Draw(t, "n")
			a := rapid.SampledFrom([]string{"1", `"ä\n"`, `{"x": [1, {"z": null}]}`, `[]`, "true", `"` + "\xff" + `"`}).Draw(t, "a")
			records = append(records, fmt.Sprintf(`{"id": %d, "n": %s, "a": %s}`, i, n, a))
		}
		content := strings.Join(records, "\n") + "\n"
		if between := rapid.SampledFrom([]string{"", ",", ",\n", ",\n\n  "}).Draw(t, "between"); between != "" {
			content = "[" + strings.Join(records, between) + "]"
		}
		declared := func(typ string) connector.Request {
			return connector.Request{SampleBytes: -1, Declared: map[string]connector.DeclaredType{"n": {Type: typ}}}
		}
		bad, mended := declared("int"), declared("long")
		mended.DiscardValues = rapid.Bool().Draw(t, "discard")
		if err := connectortest.CheckReplay(t.Context(), f, []byte(content), bad, mended); err != nil {
			t.Fatal(err)
		}
	})
}
