package connectortest

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Files are whole inputs of a format whose records are no lines.
type Files struct {
	// Mixed has Good records, and Bad ones that are rejected, among each other.
	Mixed     []byte
	Good, Bad int
	// Many has many good records, of the same columns; Empty has none.
	Many, Empty []byte
}

// flips is in how many places testFlipped damages a file.
const flips = 120

// testFlipped damages a file in many places: that is found, or the records add
// up; and nothing panics.
func (c Case) testFlipped(t *testing.T) {
	content := c.Files.Mixed
	step := max(1, len(content)/flips)
	for at := 0; at < len(content); at += step {
		for _, mask := range []byte{0xFF, 0x01, 0x80} {
			stored := bytes.Clone(content)
			stored[at] ^= mask
			_, counts, got, err := Collect(t.Context(), c.Format, []connector.Input{File("a", stored)}, connector.Request{})
			var problem *diag.Problem
			switch {
			case err != nil && !errors.As(err, &problem):
				t.Errorf("byte %d ^ %#x: no problem but %v", at, mask, err)
			case err == nil && (counts[0].Records != counts[0].Written+counts[0].Rejected || int(counts[0].Written) != len(got.Rows)):
				t.Errorf("byte %d ^ %#x: %+v, %d rows", at, mask, counts[0], len(got.Rows))
			}
		}
	}
}

// testRejectsAgain reads rejects again: they are what they were, and so is what
// does not hold one record.
func (c Case) testRejectsAgain(t *testing.T, f connector.Replayer) {
	layout, _, first, err := Collect(t.Context(), f, []connector.Input{File("a", c.mixed())}, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	var raw []string
	for i := range first.Rejects {
		first.Rejects[i].Line = int64(i) + 1
		raw = append(raw, first.Rejects[i].Raw)
	}
	in := Records(raw...)
	if in.Context, err = f.Context(layout, "a"); err != nil {
		t.Fatal(err)
	}
	req := connector.Request{Existing: slices.Clone(layout.Columns)}
	counts, got := c.replay(t, f, in, req)
	if diff := gocmp.Diff(first.Rejects, got.Rejects); diff != "" || counts.Rejected != int64(len(raw)) || counts.Records != counts.Rejected {
		t.Errorf("counts %+v: %s", counts, diff)
	}
	broken := Records(raw[0]+"\n"+raw[0], "no record", raw[0][:len(raw[0])-1], `{"no such field": 1}`)
	broken.Context = in.Context
	_, got = c.replay(t, f, broken, req)
	if len(got.Rejects) != 4 {
		t.Fatalf("%+v", got)
	}
	for _, r := range got.Rejects {
		if !breaks(r, connector.RuleFormat) {
			t.Errorf("%+v", r)
		}
	}
	c.replayFailures(t, f, in, layout)
}
