package connectortest

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// testEncodings declares encodings: rows are the same, and what is rejected is
// kept as it was stored.
func (c Case) testEncodings(t *testing.T) {
	content := c.mixed()
	_, want := c.collect(t, File("a", content))
	for name, codec := range map[connector.Encoding]encoding.Encoding{
		connector.UTF16LE:     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
		connector.UTF16BE:     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		connector.Latin1:      charmap.ISO8859_1,
		connector.Windows1252: charmap.Windows1252,
	} {
		encode := func(text string) string {
			stored, err := codec.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			return stored
		}
		req := connector.Request{Options: map[string]connector.Option{"encoding": {Value: string(name)}}}
		in := File("a", []byte(encode(string(content))))
		_, counts, got, err := Collect(t.Context(), c.Format, []connector.Input{in}, req)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, r := range want.Rejects {
			if i < len(got.Rejects) && got.Rejects[i].Raw != encode(r.Raw) {
				t.Errorf("%s: line %d is kept as %q", name, r.Line, got.Rejects[i].Raw)
			}
		}
		if diff := gocmp.Diff(want.Rows, got.Rows); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if counts[0].EndsClean != name.ByteBased() {
			t.Errorf("%s: clean end %v", name, counts[0].EndsClean)
		}
	}
}
