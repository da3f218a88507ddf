package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// CheckReplay loads content under a bad definition, and reads what was rejected
// again under a mended one, into the table that the first load made. What is
// there then must be what a load under the mended definition makes at once: the
// same rows at the same lines, the same rejects. It returns what differs.
func CheckReplay(ctx context.Context, f connector.Replayer, content []byte, bad, mended connector.Request) error {
	in := File("a", content)
	_, _, want, err := Collect(ctx, f, []connector.Input{in}, mended)
	if err != nil {
		return fmt.Errorf("the mended definition: %w", err)
	}
	var first *Collected
	var links []string
	layout, _, err := Load(ctx, f, []connector.Input{in}, bad, func() connector.Sink {
		first, links = &Collected{}, nil
		sink := first.Sink()
		return SinkFuncs{OnRows: sink.Rows, OnReject: func(r connector.Reject) error {
			links = append(links, r.Links)
			return sink.Reject(r)
		}}
	})
	if err != nil {
		return fmt.Errorf("the bad definition: %w", err)
	}
	again := connector.Replayed{Name: "a", Records: func(yield func(connector.RawRecord, error) bool) {
		for i, r := range first.Rejects {
			if !yield(connector.RawRecord{Number: int64(i) + 1, Raw: []byte(r.Raw), Links: links[i]}, nil) {
				return
			}
		}
	}}
	if again.Context, err = f.Context(layout, "a"); err != nil {
		return err
	}
	mended.Existing = slices.Clone(layout.Columns)
	got, err := replayed(ctx, f, again, mended)
	if err != nil {
		return fmt.Errorf("the replay: %w", err)
	}
	for i := range got.Lines {
		got.Lines[i] = first.Rejects[got.Lines[i]-1].Line
	}
	for i := range got.Rejects {
		got.Rejects[i].Line = first.Rejects[got.Rejects[i].Line-1].Line
	}
	if diff := gocmp.Diff(want.byLine(), append(first.byLine(), got.byLine()...), sorted); diff != "" {
		return fmt.Errorf("the rows differ: %s", diff)
	}
	if diff := gocmp.Diff(want.records(), got.records()); diff != "" {
		return fmt.Errorf("the rejects differ: %s", diff)
	}
	return nil
}

// replayed reads records again, starting over with wider types.
func replayed(ctx context.Context, f connector.Replayer, in connector.Replayed, req connector.Request) (*Collected, error) {
	layout, err := f.InferRecords(ctx, []connector.Replayed{in}, req)
	if err != nil {
		return nil, err
	}
	for {
		collected := &Collected{}
		_, err := f.ReadRecords(ctx, in, layout, collected.Sink())
		var wider *connector.WidenError
		if !errors.As(err, &wider) {
			return collected, err
		}
		layout = layout.Widen(wider)
	}
}

// byLine are the rows with their lines, a column by its name.
func (c *Collected) byLine() []string {
	lines := make([]string, len(c.Rows))
	for i, row := range c.Rows {
		cells := make([]string, len(row))
		for k, v := range row {
			cells[k] = c.Columns[k] + "=" + v
		}
		slices.Sort(cells)
		lines[i] = fmt.Sprintf("%6d %s", c.Lines[i], strings.Join(cells, " "))
	}
	return lines
}

// records are the rejects by line. Reasons may tell of the lines below a record,
// or of types that were not settled yet, which a replay does not see.
func (c *Collected) records() []string {
	list := make([]string, len(c.Rejects))
	for i, r := range c.Rejects {
		list[i] = fmt.Sprintf("%6d %q", r.Line, r.Raw)
	}
	return list
}

// sorted compares lists in any order.
var sorted = gocmp.Transformer("sorted", func(list []string) []string { return slices.Sorted(slices.Values(list)) })
