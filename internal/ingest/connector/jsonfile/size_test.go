package jsonfile_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

// repeated reads as text, so many times.
type repeated struct {
	text string
	left int
	rest string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.left == 0 {
			return 0, io.EOF
		}
		r.left--
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// A document of 200 MB, one array on one line, is never held in memory; nor is
// a record in it of 60 MB.
func TestDocumentsAreStreamed(t *testing.T) {
	const elements = 100_000
	element := fmt.Sprintf(`{"id":1,"text":"%s"},`, strings.Repeat("x", 1400))
	parts := []string{`{"meta":{"skipped":[1,{"items":2}]},"items":[`, `{"id":2,"text":"`, `"},`, `{"id":3}]}`}
	const long = 60 << 20
	size := int64(len(strings.Join(parts, "")) + elements*len(element) + long)
	in := connectortest.Stream("a", size, func() io.Reader {
		return io.MultiReader(strings.NewReader(parts[0]), &repeated{text: element, left: elements}, strings.NewReader(parts[1]),
			&repeated{text: strings.Repeat("y", 1<<10), left: long >> 10}, strings.NewReader(parts[2]), strings.NewReader(parts[3]))
	})
	req := connector.Request{Options: map[string]connector.Option{"records": {Value: "items"}}}
	var peak uint64
	var rejects []connectortest.Rejected
	_, counts, err := connectortest.Load(t.Context(), jsonfile.JSON(), []connector.Input{in}, req, func() connector.Sink {
		return connectortest.SinkFuncs{
			OnRows: func(arrow.RecordBatch) error {
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapInuse)
				return nil
			},
			OnReject: func(r connector.Reject) error {
				rejects = append(rejects, connectortest.Rejected{Line: r.Line, Raw: string(r.Raw), Violations: r.Violations})
				return nil
			},
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if counts[0].Written != elements+1 || len(rejects) != 1 || rejects[0].Violations[0].Rule != connector.RuleSize || len(rejects[0].Raw) != connector.KeptOfLong {
		t.Errorf("counts %+v, %d rejects", counts[0], len(rejects))
	}
	if peak > 200<<20 {
		t.Errorf("%d MB of memory were used for %d MB", peak>>20, size>>20)
	}
}

// Values deep inside each other cost no stack, and reject their record only.
func TestDeepNesting(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	whole := deep + strings.Repeat("]", 100_000)
	objects := strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)
	for text, want := range map[string]int{
		"{\"a\":1}\n{\"a\":" + whole + "}\n{\"a\":2}\n{\"a\":" + deep + "\n" + objects + "\n": 3,
		"[{\"a\":1},\n" + whole + ",\n{\"a\":2},\n" + objects + ",{\"a\":" + deep:             3,
	} {
		_, _, got, err := connectortest.Collect(t.Context(), jsonfile.JSON(), []connector.Input{connectortest.File("a", []byte(text))}, connector.Request{})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Rows) != 2 || len(got.Rejects) != want {
			t.Errorf("%.20s…: %d rows, %d rejects", text, len(got.Rows), len(got.Rejects))
		}
		for _, r := range got.Rejects {
			if r.Violations[len(r.Violations)-1].Rule != connector.RuleDepth && !strings.HasSuffix(r.Raw, "[") {
				t.Errorf("rejected for %+v", r.Violations)
			}
		}
	}
}

// Keys that are data make no columns beyond a bound, and say what to do.
func TestNamesThatAreData(t *testing.T) {
	var wide, inside strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&wide, "{\"k%d\":1}\n", i)
		fmt.Fprintf(&inside, "{\"v\":{\"k%d\":%d}}\n", i, i)
	}
	_, _, _, err := connectortest.Collect(t.Context(), jsonfile.JSON(), []connector.Input{connectortest.File("a", []byte(wide.String()))}, connector.Request{})
	if err == nil || !strings.Contains(err.Error(), "too-many-columns") || !strings.Contains(err.Error(), "map<string") {
		t.Errorf("6,000 columns: %v", err)
	}
	layout, _, got, err := connectortest.Collect(t.Context(), jsonfile.JSON(), []connector.Input{connectortest.File("a", []byte(inside.String()))}, connector.Request{SampleBytes: 1000})
	if err != nil || layout.Columns[0].Type.Kind != connector.String || len(got.Rows) != 6000 || got.Rows[7][0] != `{"k7":7}` {
		t.Errorf("6,000 fields: %v, %v", layout, err)
	}
	huge := "{\"" + strings.Repeat("k", 1<<20) + "\":1}\n{\"a\":1}\n"
	_, _, got, err = connectortest.Collect(t.Context(), jsonfile.JSON(), []connector.Input{connectortest.File("a", []byte(huge))}, connector.Request{})
	if err != nil || len(got.Rows) != 1 || len(got.Rejects) != 1 || got.Rejects[0].Violations[0].Rule != connector.RuleName {
		t.Errorf("a name of 1 MB: %v, %v", got, err)
	}
}
