package record_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
)

// Whatever the records: what was rejected under a bad definition and read again
// under the mended one is what the mended one would have loaded at once.
func TestReplayedIsWhatWouldHaveBeenLoaded(t *testing.T) {
	f, ok := jsonLines().(connector.Replayer)
	if !ok {
		t.Fatal("record formats are no replayers")
	}
	broken := rapid.SampledFrom([]string{`{"a":`, `not json`, `{"a":"` + "\xff" + `"}`, `{"a":"` + "\x00" + `"}`, "[1]"})
	rapid.Check(t, func(rt *rapid.T) {
		number := rapid.SampledFrom([]string{"1", "30000000000", "null", "2.5", `"x"`, "-7"})
		valued := rapid.Map(rapid.SliceOfN(number, 2, 2), func(v []string) string {
			return `{"n":` + v[0] + `,"a":` + v[1] + `}`
		})
		records := rapid.SliceOfN(rapid.OneOf(object(2), valued, valued, broken), 0, 12).Draw(rt, "records")
		content := []byte(`{"k": 1}` + "\n" + strings.Join(records, "\n") + "\n")
		declared := func(typ string) connector.Request {
			return connector.Request{SampleBytes: -1, Declared: map[string]connector.DeclaredType{"k": {Type: typ}, "n": {Type: typ}}}
		}
		bad, mended := declared("int"), declared("long")
		mended.DiscardValues = rapid.Bool().Draw(rt, "discard")
		if err := connectortest.CheckReplay(t.Context(), f, content, bad, mended); err != nil {
			rt.Fatal(err)
		}
	})
}
