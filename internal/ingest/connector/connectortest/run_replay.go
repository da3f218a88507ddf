package connectortest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Records are raw records for a replay, numbered from 1.
func Records(raw ...string) connector.Replayed {
	return connector.Replayed{Name: "a", Records: func(yield func(connector.RawRecord, error) bool) {
		for i, r := range raw {
			if !yield(connector.RawRecord{Number: int64(i) + 1, Raw: []byte(r)}, nil) {
				return
			}
		}
	}}
}

// replay reads records again, starting over with wider types as ingest does.
func (c Case) replay(t *testing.T, f connector.Replayer, in connector.Replayed, req connector.Request) (connector.Counts, *Collected) {
	t.Helper()
	layout, err := f.InferRecords(t.Context(), []connector.Replayed{in}, req)
	if err != nil {
		t.Fatal(err)
	}
	for {
		collected := &Collected{}
		counts, err := f.ReadRecords(t.Context(), in, layout, collected.Sink())
		var wider *connector.WidenError
		if !errors.As(err, &wider) {
			if err != nil {
				t.Fatal(err)
			}
			return counts, collected
		}
		layout = layout.Widen(wider)
	}
}

// testReplay reads every record again, alone: it must become what it became.
func (c Case) testReplay(t *testing.T, f connector.Replayer) {
	content := c.mixed()
	layout, counts, want, err := Collect(t.Context(), f, []connector.Input{File("a", content)}, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	raw := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")[len(c.Head):]
	in := Records(raw...)
	if in.Context, err = f.Context(layout, "a"); err != nil {
		t.Fatal(err)
	}
	for name, req := range map[string]connector.Request{
		"a table that is there":      {Existing: slices.Clone(layout.Columns)},
		"columns that it is to have": {},
	} {
		again, got := c.replay(t, f, in, req)
		for i := range got.Lines {
			got.Lines[i] += int64(len(c.Head))
		}
		for i := range got.Rejects {
			got.Rejects[i].Line += int64(len(c.Head))
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s: read again, the records are others: %s", name, diff)
		}
		if again.Records != counts[0].Records || again.Written != counts[0].Written || again.Rejected != counts[0].Rejected {
			t.Errorf("%s: counts %+v, want those of %+v", name, again, counts[0])
		}
	}
	several := Records(c.Good[0] + "\n" + c.Good[0])
	several.Context = in.Context
	again, got := c.replay(t, f, several, connector.Request{Existing: slices.Clone(layout.Columns)})
	if again.Rejected != 1 || len(got.Rejects) != 1 || !breaks(got.Rejects[0], connector.RuleFormat) {
		t.Errorf("two records in one: %+v, %+v", again, got)
	}
	c.replayFailures(t, f, in, layout)
}

// replayFailures checks that errors of records and of the sink come through.
func (c Case) replayFailures(t *testing.T, f connector.Replayer, in connector.Replayed, layout *connector.Layout) {
	replayed, err := f.InferRecords(t.Context(), []connector.Replayed{in}, connector.Request{Existing: slices.Clone(layout.Columns)})
	if err != nil {
		t.Fatal(err)
	}
	errFull := fmt.Errorf("the disk is full")
	sink := SinkFuncs{OnReject: func(connector.Reject) error { return errFull }}
	if _, err := f.ReadRecords(t.Context(), in, replayed, sink); !errors.Is(err, errFull) {
		t.Errorf("want the sink's error, got %v", err)
	}
	broken := in
	broken.Records = func(yield func(connector.RawRecord, error) bool) { yield(connector.RawRecord{}, errDisk) }
	if _, err := f.ReadRecords(t.Context(), broken, replayed, SinkFuncs{}); !errors.Is(err, errDisk) {
		t.Errorf("want the error of the records, got %v", err)
	}
	if _, err := f.ReadRecords(t.Context(), in, &connector.Layout{}, SinkFuncs{}); err == nil {
		t.Error("a layout of another format was read with")
	}
}
