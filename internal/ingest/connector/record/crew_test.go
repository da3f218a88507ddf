package record_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// alone is more text than any test here has: one goroutine reads it.
const alone = 1 << 30

// loaded is all that a load gives.
type loaded struct {
	Columns []connector.Column
	Counts  []connector.Counts
	Err     string
	Got     connectortest.Collected
	// Wider is what the first attempt lacked.
	Wider []connector.Widening
}

func loadAs(t *testing.T, workers, chunk int, req connector.Request, text string) (all loaded) {
	f, inputs := record.Crewed(jsonLines(), workers, chunk), []connector.Input{connectortest.File("a", []byte(text))}
	if layout, err := f.Infer(t.Context(), inputs, req); err == nil {
		_, err := f.Read(t.Context(), inputs[0], layout, connectortest.SinkFuncs{})
		var wider *connector.WidenError
		if errors.As(err, &wider) {
			for _, w := range wider.Columns {
				w.Seen = nil
				all.Wider = append(all.Wider, w)
			}
		}
	}
	layout, counts, err := connectortest.Load(t.Context(), f, inputs, req, func() connector.Sink {
		all.Got = connectortest.Collected{}
		return all.Got.Sink()
	})
	if err != nil {
		return loaded{Err: err.Error()}
	}
	all.Columns, all.Counts = layout.Columns, counts
	return all
}

// anyLines are lines of records, most of which fit each other.
func anyLines() *rapid.Generator[string] {
	line := rapid.OneOf(
		rapid.Map(rapid.IntRange(0, 1e6), func(n int) string { return fmt.Sprintf(`{"a":%d,"b":"text"}`, n) }),
		rapid.Map(rapid.IntRange(0, 1e6), func(n int) string { return fmt.Sprintf(`{"b":"%d","c":{"d":[1,%d]}}`, n, n) }),
		rapid.Just(`{"a":1.5}`), rapid.Just(`{"a":"no number"}`), rapid.Just(`{"e":true}`), rapid.Just(`{"c":{"f":"2024-01-01"}}`),
		rapid.Just(`{"a":`), rapid.Just("{\"a\":\"\x00\"}"), rapid.Just(""), rapid.Just("  "), rapid.Just(`{"a":7}`+"\r"),
		rapid.Map(rapid.IntRange(1, 400), func(n int) string { return `{"b":"` + strings.Repeat("x", n) + `"}` }),
	)
	return rapid.Custom(func(t *rapid.T) string {
		lines := append([]string{`{"a":1}`}, rapid.SliceOfN(line, 0, 60).Draw(t, "lines")...)
		return strings.Join(lines, "\n") + rapid.SampledFrom([]string{"", "\n", "\r\n"}).Draw(t, "end")
	})
}

// However a text is divided among workers, and whatever is in it, what comes out
// is what one goroutine makes of it, in the same order.
func TestACrewReadsWhatOneDoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := anyLines().Draw(rt, "text")
		req := rapid.SampledFrom([]connector.Request{
			{},
			{SampleBytes: 1},
			{Declared: map[string]connector.DeclaredType{"a": {Type: "long"}}, SampleBytes: 1},
			{Declared: map[string]connector.DeclaredType{"a": {Type: "long"}}, DiscardValues: true},
			{SampleBytes: 1, Options: map[string]connector.Option{"max_record": {Value: "128"}}},
		}).Draw(rt, "request")
		want := loadAs(t, 0, alone, req, text)
		workers, chunk := rapid.IntRange(1, 4).Draw(rt, "workers"), rapid.IntRange(60, 600).Draw(rt, "chunk")
		if diff := cmp.Diff(want, loadAs(t, workers, chunk, req, text)); diff != "" {
			rt.Fatalf("one goroutine (-), %d with %d bytes each (+):\n%s", workers, chunk, diff)
		}
	})
}

// What a crew read stays read when its input or its sink fails, and nobody waits
// for anybody then.
func TestACrewEndsWithItsInputAndItsSink(t *testing.T) {
	text := strings.Repeat(`{"a":1}`+"\n"+`{"a":`+"\n", 2000)
	failure := errors.New("failed")
	canceled, cancel := context.WithCancel(t.Context())
	sinks := map[string]connector.Sink{
		"rows":    connectortest.SinkFuncs{OnRows: func(arrow.RecordBatch) error { return failure }},
		"rejects": connectortest.SinkFuncs{OnReject: func(connector.Reject) error { return failure }},
		"cancel":  connectortest.SinkFuncs{OnReject: func(connector.Reject) error { cancel(); return nil }},
		"input":   connectortest.SinkFuncs{},
	}
	for name, sink := range sinks {
		t.Run(name, func(t *testing.T) {
			f := record.Crewed(jsonLines(), 3, 500)
			in := connectortest.File("a", []byte(text))
			layout, err := f.Infer(t.Context(), []connector.Input{in}, connector.Request{SampleBytes: 1})
			if err != nil {
				t.Fatal(err)
			}
			want, ctx := failure, t.Context()
			switch name {
			case "cancel":
				want, ctx = context.Canceled, canceled
			case "input":
				in.Open = func(context.Context) (io.ReadCloser, error) {
					return io.NopCloser(io.MultiReader(bytes.NewReader([]byte(text[:9000])), iotest.ErrReader(failure))), nil
				}
			}
			if _, err := f.Read(ctx, in, layout, sink); !errors.Is(err, want) {
				t.Errorf("the load ends with %v, want %v", err, want)
			}
		})
	}
}
