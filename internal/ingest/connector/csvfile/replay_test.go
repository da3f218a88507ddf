package csvfile_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

// Whatever the file: what was rejected under a bad definition and read again
// under the mended one is what the mended one would have loaded at once.
func TestReplayedIsWhatWouldHaveBeenLoaded(t *testing.T) {
	declared := func(day, qty, price string) map[string]connector.DeclaredType {
		return map[string]connector.DeclaredType{"day": {Type: day}, "qty": {Type: qty}, "price": {Type: price}}
	}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString("id,day,qty,price,note\n")
		for i := range rapid.IntRange(0, 30).Draw(t, "records") {
			fmt.Fprintf(&b, "%d,%s,%s,%s,%s\n", i,
				rapid.SampledFrom([]string{"2026-01-05", "06.01.2026", "never", "", `"07.01.2026"`}).Draw(t, "day"),
				rapid.SampledFrom([]string{"1", "30000000000", "n/a", "1.5", " 7"}).Draw(t, "qty"),
				rapid.SampledFrom([]string{"1.50", "12345.67", "n/a", "0.001", ""}).Draw(t, "price"),
				rapid.SampledFrom([]string{"3", "x", `"two` + "\n" + `lines"`, `"a ""quoted"" one"`, "ä", "", "more,fields", `"open`, "\xff", "nul\x00"}).Draw(t, "note"))
			if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
				b.WriteString("# remark\n")
			}
		}
		bad := connector.Request{Declared: declared("date", "int", "decimal(5,2)")}
		mended := connector.Request{Declared: declared("date", "long", "decimal(18,2)"), Options: map[string]connector.Option{
			"date_format": {Value: "%d.%m.%Y"}, "null": {Value: []any{"", "n/a"}}, "comment": {Value: "#"},
		}}
		mended.DiscardValues = rapid.Bool().Draw(t, "discard")
		if err := connectortest.CheckReplay(t.Context(), csvfile.Format{}, []byte(b.String()), bad, mended); err != nil {
			t.Fatal(err)
		}
	})
}
