package xmlfile_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/xmlfile"
)

// Whatever the elements, nested ones too: what was rejected under a bad
// definition and read again under the mended one is what the mended one would
// have loaded at once, with its numbers and links.
func TestReplayedIsWhatWouldHaveBeenLoaded(t *testing.T) {
	f, ok := xmlfile.New().(connector.Replayer)
	if !ok {
		t.Fatal("XML is read again by nobody")
	}
	rapid.Check(t, func(t *rapid.T) {
		var item func(depth int) string
		item = func(depth int) string {
			n := rapid.SampledFrom([]string{"1", "30000000000", "", "x", "2.5"}).Draw(t, "n")
			more := rapid.SampledFrom([]string{"", "<tag>a &amp; b</tag>", "<tag>AT&T</tag>", "text", "<!-- no -->"}).Draw(t, "more")
			if depth > 0 && rapid.Bool().Draw(t, "nested") {
				more += item(depth - 1)
			}
			return fmt.Sprintf("<item id=\"7\"><n>%s</n>%s</item>", n, more)
		}
		items := []string{`<item id="6"><n>0</n></item>`}
		for range rapid.IntRange(2, 6).Draw(t, "items") {
			items = append(items, item(2))
		}
		content := "<?xml version=\"1.0\"?>\n<items>" + strings.Join(items, rapid.SampledFrom([]string{"", "\n"}).Draw(t, "between")) + "</items>"
		request := func(typ string) connector.Request {
			return connector.Request{SampleBytes: -1, Declared: map[string]connector.DeclaredType{"n": {Type: typ}},
				Options: map[string]connector.Option{"record": {Value: "item"}}}
		}
		bad, mended := request("int"), request("long")
		mended.DiscardValues = rapid.Bool().Draw(t, "discard")
		if err := connectortest.CheckReplay(t.Context(), f, []byte(content), bad, mended); err != nil {
			t.Fatal(err)
		}
	})
}
