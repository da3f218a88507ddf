//go:build engines

package databases

import (
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/secret"
)

// options makes options of texts and numbers; "connection" and "password" are
// secrets.
func options(pairs ...any) map[string]connector.Option {
	o := map[string]connector.Option{}
	for i := 0; i < len(pairs); i += 2 {
		name, value := pairs[i].(string), pairs[i+1]
		if text, ok := value.(string); ok && (name == "connection" || name == "password") {
			value = secret.New(text)
		}
		o[name] = connector.Option{Value: value}
	}
	return o
}

// loaded is what a load of a source gave.
type loaded struct {
	connectortest.Collected
	layout *connector.Layout
	parts  []connector.Part
	state  []byte
	counts connector.Counts
}

// load reads everything, part by part, as ingest does.
func load(t testing.TB, source connector.Source, req connector.SourceRequest) *loaded {
	t.Helper()
	if req.Threads == 0 {
		req.Threads = 2
	}
	reading, err := source.Open(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := reading.Close(); err != nil {
			t.Error("close:", err)
		}
	}()
	layout := reading.Layout()
	for range 8 {
		l, widened, err := loadAs(t, reading, layout)
		if err != nil {
			t.Fatal(err)
		}
		if widened != nil {
			layout = layout.Widen(widened)
			continue
		}
		if l.state, err = reading.State(); err != nil {
			t.Fatal(err)
		}
		return l
	}
	t.Fatal("the layout never gets wide enough")
	return nil
}

func loadAs(t testing.TB, reading connector.Reading, layout *connector.Layout) (*loaded, *connector.WidenError, error) {
	l := &loaded{layout: layout, parts: reading.Parts()}
	collected := make([]connectortest.Collected, len(l.parts))
	counts := make([]connector.Counts, len(l.parts))
	wider := make([]*connector.WidenError, len(l.parts))
	var group errgroup.Group
	for i := range l.parts {
		group.Go(func() (err error) {
			counts[i], err = reading.Read(t.Context(), i, layout, collected[i].Sink())
			if w, ok := err.(*connector.WidenError); ok { //nolint:errorlint // it comes as it is
				wider[i] = w
				return nil
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	for i := range l.parts {
		if wider[i] != nil {
			return nil, wider[i], nil
		}
		l.Columns = collected[i].Columns
		l.Rows = append(l.Rows, collected[i].Rows...)
		l.Lines = append(l.Lines, collected[i].Lines...)
		l.Rejects = append(l.Rejects, collected[i].Rejects...)
		l.Discarded = append(l.Discarded, collected[i].Discarded...)
		l.counts.Records += counts[i].Records
		l.counts.Written += counts[i].Written
		l.counts.Rejected += counts[i].Rejected
	}
	if l.counts.Records != l.counts.Written+l.counts.Rejected || int(l.counts.Written) != len(l.Rows) || int(l.counts.Rejected) != len(l.Rejects) {
		t.Errorf("counts %+v, but %d rows and %d rejects", l.counts, len(l.Rows), len(l.Rejects))
	}
	return l, nil, nil
}

// column returns a column's values, in order of rows.
func (l *loaded) column(t testing.TB, name string) []string {
	t.Helper()
	for i, c := range l.Columns {
		if c == name {
			var values []string
			for _, row := range l.Rows {
				values = append(values, row[i])
			}
			return values
		}
	}
	t.Fatalf("no column %s among %v", name, l.Columns)
	return nil
}
