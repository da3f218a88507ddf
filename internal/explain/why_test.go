package explain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tarn-lake/tarn/internal/explain"
	"github.com/tarn-lake/tarn/internal/explain/explaintest"
)

// TestWhy runs the transcripts of testdata/why: an answer as JSON, and what a
// terminal shows for it.
func TestWhy(t *testing.T) {
	datadriven.Walk(t, "testdata/why", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var a explain.Answer
			decoder := json.NewDecoder(strings.NewReader(d.Input))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&a); err != nil {
				d.Fatalf(t, "the answer is no JSON: %v", err)
			}
			var style explain.Style
			d.MaybeScanArgs(t, "width", &style.Width)
			style.Color = d.HasArg("color")
			var b bytes.Buffer
			if err := explain.WriteWhy(&b, a, style); err != nil {
				d.Fatalf(t, "%v", err)
			}
			return strings.ReplaceAll(b.String(), "\x1b", "<ESC>")
		})
	})
}

func TestNoControlReachesTheTerminal(t *testing.T) {
	hostile := explaintest.Hostile()
	a := explain.Answer{
		Name: explaintest.Payload, Kind: explaintest.Payload, State: explain.State("\x1b[2J"), Reason: explaintest.Payload,
		Run: explain.RunRef{ID: explaintest.Payload, Command: explaintest.Payload}, Look: explaintest.Payload,
		Readers: &explain.Pointer{Through: explaintest.Payload, Run: explaintest.Payload},
		Tests:   hostile.Tests[:2], Load: &hostile.Loads[2],
		Because: []explain.Link{{Name: explaintest.Payload, State: explain.Failed, Reason: explaintest.Payload}},
		Quarantine: &explain.Quarantine{
			Table: explaintest.Payload, Rows: 1, Rules: []explain.RuleCount{{Column: explaintest.Payload, Rule: "\u202e", Rows: 1}},
			Lines: []explain.QuarantinedLine{{File: "\x9b31m", Raw: "\xff\x07\r\n", Reason: explaintest.Payload}},
		},
	}
	var b bytes.Buffer
	if err := explain.WriteWhy(&b, a, explain.Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && (r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 || r == '\u202e') {
			t.Fatalf("%q reached the terminal in %q", r, b.String())
		}
	}
}

func TestWriteWhyTellsThatItCouldNotWrite(t *testing.T) {
	if err := explain.WriteWhy(fullDisk{}, explain.Answer{}, explain.Style{}); !errors.Is(err, errFull) {
		t.Errorf("error %v, want %v", err, errFull)
	}
}
