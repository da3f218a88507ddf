package csvfile_test

import (
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

// A file's tail can be read later only where the file ends between records.
func TestCleanEnds(t *testing.T) {
	for text, want := range map[string]bool{
		"a,b\n1,2\n":               true,
		"a,b\n1,2\r\n":             true,
		"a,b\n":                    true,
		"a,b\n1,2\n\n":             true,
		"a,b\n1,2\n3,\"x\"\n":      true,
		"a,b\n1,2":                 false,
		"a,b\n1,2\n3,\"open\n":     false,
		"a,b\n1,2\n3,\"open\n\n\n": false,
		"a,b\n1,\"open\n2,3\n":     false,
		"a\rb\r":                   true,
		"a\rb":                     false,
	} {
		in := connectortest.File("a.csv", []byte(text))
		_, counts, _, err := connectortest.Collect(t.Context(), csvfile.Format{}, []connector.Input{in}, connector.Request{})
		if err != nil {
			t.Fatal(err)
		}
		if counts[0].EndsClean != want {
			t.Errorf("%q: clean end %v", text, counts[0].EndsClean)
		}
	}
}

// The lines of a tail go on where the file ended before.
func TestTailGoesOnWithLines(t *testing.T) {
	before, after := "a,b\n1,\"x\ny\"\n", "2,z\n3,\n"
	in := connectortest.File("a.csv", []byte(before))
	_, counts, _, err := connectortest.Collect(t.Context(), csvfile.Format{}, []connector.Input{in}, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	in = connectortest.File("a.csv", []byte(before+after))
	in.StartOffset, in.StartLine = counts[0].Bytes, counts[0].Lines+1
	_, counts, got, err := connectortest.Collect(t.Context(), csvfile.Format{}, []connector.Input{in}, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Lines) != 2 || got.Lines[0] != 4 || got.Lines[1] != 5 || counts[0].Lines != 5 {
		t.Errorf("lines %v, counts %+v", got.Lines, counts[0])
	}
}
