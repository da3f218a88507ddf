package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// SourceCase is what the suite needs to know about a source.
type SourceCase struct {
	Source  connector.Source
	Options map[string]connector.Option
	// Table has Records rows, Rejected of which do not fit the types that
	// Declared says.
	Table             string
	Declared          map[string]connector.DeclaredType
	Records, Rejected int64
	// Cursor and PrimaryKey are columns of the table. Grow adds New rows that
	// are behind all others by the cursor; nil where that cannot be done.
	Cursor     string
	PrimaryKey []string
	Grow       func(t *testing.T)
	New        int64
	// Keys says that the source can tell the keys of its rows.
	Keys bool
	// Refused are options with which the source cannot be opened; what is Secret
	// in them must not be seen in the error.
	Refused map[string]connector.Option
	Secret  string
	// Dir is the project's folder.
	Dir string
}

// RunSource runs the suite that every [connector.Source] passes.
func RunSource(t *testing.T, c SourceCase) {
	t.Run("records are conserved", c.testConserved)
	t.Run("any number of threads", c.testThreads)
	t.Run("parts at once", c.testAtOnce)
	t.Run("read again", c.testAgain)
	t.Run("batches outlive the call", c.testRetained)
	t.Run("failing sink", c.testFailingSink)
	t.Run("cancelled", c.testCancelled)
	t.Run("options", c.testOptions)
	if c.Keys {
		t.Run("keys", c.testKeys)
	}
	if c.Refused != nil {
		t.Run("secrets are not told", c.testSecrets)
	}
	t.Run("goes on from its state", c.testState)
}

// request asks for everything.
func (c SourceCase) request(t *testing.T) connector.SourceRequest {
	req := connector.SourceRequest{
		Table: c.Table, Cursor: c.Cursor, PrimaryKey: c.PrimaryKey, Threads: 2, Scratch: t.TempDir(), Dir: c.Dir, Keys: c.Keys,
	}
	req.Options, req.Declared, req.Evolve = c.Options, c.Declared, true
	return req
}

// open opens the source; the test closes it.
func (c SourceCase) open(t *testing.T, req connector.SourceRequest) connector.Reading {
	t.Helper()
	r, err := c.Source.Open(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// rows reads all parts, one behind the other, with wider types where asked for.
func (c SourceCase) rows(t *testing.T, r connector.Reading) ([]string, connector.Counts) {
	t.Helper()
	layout := r.Layout()
	for range 2*len(layout.Columns) + 1 {
		got, sum := &Collected{}, connector.Counts{}
		var err error
		for i := range r.Parts() {
			var counts connector.Counts
			before := int64(len(got.Rows) + len(got.Rejects))
			if counts, err = r.Read(t.Context(), i, layout, got.Sink()); err != nil {
				break
			}
			if n := int64(len(got.Rows)+len(got.Rejects)) - before; counts.Records != n || counts.Records != counts.Written+counts.Rejected {
				t.Errorf("part %d: counts %+v, but the sink got %d records", i, counts, n)
			}
			sum.Records += counts.Records
			sum.Written += counts.Written
			sum.Rejected += counts.Rejected
		}
		var wider *connector.WidenError
		if errors.As(err, &wider) {
			layout = layout.Widen(wider)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		return rowTexts(got), sum
	}
	t.Fatal("the load started over more often than its columns can widen")
	return nil, connector.Counts{}
}

// rowTexts are rows and rejects as texts, in an order that parts do not change.
func rowTexts(c *Collected) []string {
	var all []string
	for _, row := range c.Rows {
		all = append(all, strings.Join(row, "|"))
	}
	for _, reject := range c.Rejects {
		all = append(all, "rejected: "+reject.Raw)
	}
	slices.Sort(all)
	return all
}

func (c SourceCase) testConserved(t *testing.T) {
	r := c.open(t, c.request(t))
	_, counts := c.rows(t, r)
	if counts.Records != c.Records || counts.Rejected != c.Rejected {
		t.Errorf("%+v, want %d records and %d rejects", counts, c.Records, c.Rejected)
	}
	for _, p := range r.Parts() {
		if p.Name == "" || c.Secret != "" && strings.Contains(p.Name, c.Secret) {
			t.Errorf("the part is called %q", p.Name)
		}
	}
}

func (c SourceCase) testThreads(t *testing.T) {
	var want []string
	for _, threads := range []int{1, 2, 7} {
		req := c.request(t)
		req.Threads = threads
		got, _ := c.rows(t, c.open(t, req))
		if want == nil {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with %d threads: %s", threads, diff)
		}
	}
}

func (c SourceCase) testAtOnce(t *testing.T) {
	r := c.open(t, c.request(t))
	var written int64
	results := make(chan connector.Counts)
	for i := range r.Parts() {
		go func() {
			counts, err := r.Read(t.Context(), i, r.Layout(), SinkFuncs{})
			if err != nil {
				t.Error(err)
			}
			results <- counts
		}()
	}
	for range r.Parts() {
		written += (<-results).Records
	}
	if written != c.Records {
		t.Errorf("%d records, want %d", written, c.Records)
	}
}

func (c SourceCase) testAgain(t *testing.T) {
	r := c.open(t, c.request(t))
	first, _ := c.rows(t, r)
	second, _ := c.rows(t, r)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
}

func (c SourceCase) testRetained(t *testing.T) {
	r := c.open(t, c.request(t))
	var kept []arrow.RecordBatch
	later := &Collected{}
	for i := range r.Parts() {
		_, err := r.Read(t.Context(), i, r.Layout(), SinkFuncs{OnRows: func(b arrow.RecordBatch) error {
			b.Retain()
			kept = append(kept, b)
			return nil
		}, OnReject: later.Sink().Reject})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range kept {
		later.take(b)
		b.Release()
	}
	want, _ := c.rows(t, r)
	if diff := cmp.Diff(want, rowTexts(later)); diff != "" {
		t.Error(diff)
	}
}

func (c SourceCase) testFailingSink(t *testing.T) {
	r := c.open(t, c.request(t))
	full := errors.New("the disk is full")
	_, err := r.Read(t.Context(), 0, r.Layout(), SinkFuncs{
		OnRows: func(arrow.RecordBatch) error { return full }, OnReject: func(connector.Reject) error { return full },
	})
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if _, counts := c.rows(t, r); counts.Records != c.Records {
		t.Errorf("afterwards there are %d records", counts.Records)
	}
}

func (c SourceCase) testCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := c.Source.Open(ctx, c.request(t)); err == nil {
		if _, err = r.Read(ctx, 0, r.Layout(), SinkFuncs{}); err == nil {
			t.Error("it went on")
		}
		_ = r.Close() // its context is over
	}
	r := c.open(t, c.request(t))
	if _, err := r.Read(ctx, 0, r.Layout(), SinkFuncs{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func (c SourceCase) testOptions(t *testing.T) {
	req := c.request(t)
	req.Options = map[string]connector.Option{"no_such_option": {Value: true, Place: diag.Place{File: "x.yml", Line: 3}}}
	for name, o := range c.Options {
		req.Options[name] = o
	}
	_, err := c.Source.Open(t.Context(), req)
	if err == nil || !strings.Contains(err.Error(), `x.yml:3: unknown-option: unknown option "no_such_option"`) {
		t.Errorf("got %v", err)
	}
	names := map[string]bool{}
	for _, spec := range c.Source.Options() {
		if spec.Name == "" || spec.Doc == "" || spec.Default == "" || names[spec.Name] {
			t.Errorf("option %+v", spec)
		}
		names[spec.Name] = true
	}
}

func (c SourceCase) testKeys(t *testing.T) {
	r := c.open(t, c.request(t))
	got := &Collected{}
	if err := r.ReadKeys(t.Context(), got.Sink()); err != nil {
		t.Fatal(err)
	}
	if int64(len(got.Rows)) != c.Records || !slices.EqualFunc(got.Columns, c.PrimaryKey, strings.EqualFold) {
		t.Errorf("%d keys of columns %v, want %d of %v", len(got.Rows), got.Columns, c.Records, c.PrimaryKey)
	}
}

func (c SourceCase) testSecrets(t *testing.T) {
	req := c.request(t)
	req.Options = c.Refused
	r, err := c.Source.Open(t.Context(), req)
	if err == nil {
		t.Error("it opened", r.Close())
		return
	}
	var all []string
	for e := err; e != nil; e = errors.Unwrap(e) {
		all = append(all, fmt.Sprintf("%v %+v %#v", e, e, e))
	}
	if strings.Contains(strings.Join(all, " "), c.Secret) {
		t.Errorf("the error tells the secret: %v", err)
	}
}

// testState comes last: it changes what the source holds.
func (c SourceCase) testState(t *testing.T) {
	r := c.open(t, c.request(t))
	c.rows(t, r)
	state, err := r.State()
	if err != nil {
		t.Fatal(err)
	}
	if c.Secret != "" && strings.Contains(string(state), c.Secret) {
		t.Error("the state holds a secret")
	}
	if c.Grow == nil {
		return
	}
	next := func() (connector.Counts, []byte) {
		req := c.request(t)
		req.State = state
		r := c.open(t, req)
		_, counts := c.rows(t, r)
		s, err := r.State()
		if err != nil {
			t.Fatal(err)
		}
		return counts, s
	}
	if counts, _ := next(); counts.Records != 0 {
		t.Errorf("%d records are new where nothing is", counts.Records)
	}
	c.Grow(t)
	counts, after := next()
	if counts.Records != c.New {
		t.Errorf("%d records are new, want %d", counts.Records, c.New)
	}
	state = after
	if counts, _ := next(); counts.Records != 0 {
		t.Errorf("then %d records are new again", counts.Records)
	}
}
