package connectortest

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/apache/arrow-go/v18/arrow"
	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// collect loads contents, which must work.
func (c Case) collect(t *testing.T, inputs ...connector.Input) ([]connector.Counts, *Collected) {
	t.Helper()
	_, counts, collected, err := Collect(t.Context(), c.Format, inputs, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	return counts, collected
}

func (c Case) testConserved(t *testing.T) {
	content := c.mixed()
	all, got := c.collect(t, File("mixed", content))
	counts := all[0]
	if counts.Written != int64(c.good()) || counts.Rejected != int64(c.bad()) || counts.Records != counts.Written+counts.Rejected {
		t.Errorf("counts %+v; want %d written, %d rejected", counts, c.good(), c.bad())
	}
	if int64(len(got.Rows)) != counts.Written || int64(len(got.Rejects)) != counts.Rejected {
		t.Errorf("the sink got %d rows and %d rejects, the counts are %+v", len(got.Rows), len(got.Rejects), counts)
	}
	if counts.Bytes != int64(len(content)) || counts.SHA256 != sha256.Sum256(content) || counts.PrefixSHA256 != sha256.Sum256(nil) {
		t.Errorf("bytes and checksums do not match the content: %+v", counts)
	}
	if !slices.IsSorted(got.Lines) {
		t.Errorf("lines do not rise: %v", got.Lines)
	}
	for _, r := range got.Rejects {
		if len(r.Violations) == 0 || r.Violations[0].Rule == "" || r.Violations[0].Reason == "" || r.Raw == "" || r.Line < 1 {
			t.Errorf("line %d was rejected without a reason or its bytes: %+v", r.Line, r)
		}
	}
	if c.Files == nil {
		checkLines(t, content, counts, got)
	}
}

// checkLines checks lines against the content's.
func checkLines(t *testing.T, content []byte, counts connector.Counts, got *Collected) {
	t.Helper()
	lines := strings.Split(string(content), "\n")
	if counts.Lines != int64(len(lines)-1) || !counts.EndsClean {
		t.Errorf("%d lines, clean end %v; want %d, true", counts.Lines, counts.EndsClean, len(lines)-1)
	}
	for _, r := range got.Rejects {
		if want := lines[r.Line-1]; r.Raw != want {
			t.Errorf("line %d was rejected as %q, but is %q", r.Line, r.Raw, want)
		}
	}
}

func (c Case) testLineEnds(t *testing.T) {
	content := c.mixed()
	_, want := c.collect(t, File("a", content))
	for name, other := range map[string][]byte{
		"CRLF":               bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n")),
		"no end at the end":  bytes.TrimSuffix(content, []byte("\n")),
		"byte order mark":    append([]byte("\xEF\xBB\xBF"), content...),
		"blank lines at end": append(bytes.Clone(content), "\n\r\n\n"...),
	} {
		if name == "byte order mark" && len(c.Head) == 0 {
			continue // only formats with a head are made by programs that write one
		}
		_, got := c.collect(t, File("a", other))
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func (c Case) testSmallReads(t *testing.T) {
	content := c.mixed()
	_, want := c.collect(t, File("a", content))
	_, got := c.collect(t, Stream("a", int64(len(content)), func() io.Reader { return iotest.OneByteReader(bytes.NewReader(content)) }))
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func sortedRows(c *Collected) [][]string {
	return slices.SortedFunc(slices.Values(c.Rows), func(a, b []string) int {
		return cmp.Compare(strings.Join(a, "\x00"), strings.Join(b, "\x00"))
	})
}

func (c Case) testOrder(t *testing.T) {
	a, b := File("a", c.mixed()), File("b", c.many())
	_, ab := c.collect(t, a, b)
	_, ba := c.collect(t, b, a)
	if diff := gocmp.Diff(sortedRows(ab), sortedRows(ba)); diff != "" {
		t.Error(diff)
	}
}

func (c Case) testAtOnce(t *testing.T) {
	inputs := []connector.Input{File("a", c.mixed()), File("b", c.mixed()), File("c", c.mixed()), File("d", c.mixed())}
	layout, err := c.Format.Infer(t.Context(), inputs, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	group, ctx := errgroup.WithContext(t.Context())
	for _, in := range inputs {
		group.Go(func() error {
			_, err := c.Format.Read(ctx, in, layout, SinkFuncs{})
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

// testRetained keeps every batch until the end: its memory must not be used
// for another before it is released.
func (c Case) testRetained(t *testing.T) {
	inputs := []connector.Input{File("a", c.mixed()), File("b", c.mixed()), File("c", c.mixed())}
	var then, later Collected
	var kept []arrow.RecordBatch
	_, _, err := Load(t.Context(), c.Format, inputs, connector.Request{}, func() connector.Sink {
		then, kept = Collected{}, nil
		return SinkFuncs{OnRows: func(batch arrow.RecordBatch) error {
			then.take(batch)
			batch.Retain()
			kept = append(kept, batch)
			return nil
		}}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, batch := range kept {
		later.take(batch)
		batch.Release()
	}
	if diff := gocmp.Diff(then, later); diff != "" {
		t.Error(diff)
	}
}

func (c Case) testEmpty(t *testing.T) {
	inputs := []connector.Input{File("full", c.mixed())}
	if c.Files != nil {
		inputs = append(inputs, File("empty", c.Files.Empty))
	} else {
		inputs = append(inputs, File("empty", nil), File("head", text(c.Head)), File("blank", []byte("\n\r\n")))
	}
	all, got := c.collect(t, inputs...)
	if len(got.Rows) != c.good() {
		t.Errorf("%d rows, want %d", len(got.Rows), c.good())
	}
	for _, counts := range all[1:] {
		if counts.Records != 0 {
			t.Errorf("records in an empty input: %+v", counts)
		}
	}
}
