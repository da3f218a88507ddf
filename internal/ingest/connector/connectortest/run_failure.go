package connectortest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

func (c Case) testChanged(t *testing.T) {
	content := c.mixed()
	for _, difference := range []int64{-1, +1, -int64(len(content)), 1000} {
		in := File("a", content)
		in.Size += difference
		if code := c.problemOf(t, in); code != "changed-while-read" {
			t.Errorf("%+d bytes: %s", difference, code)
		}
	}
	unknown := File("a", content)
	unknown.Size = -1
	if all, _ := c.collect(t, unknown); all[0].Bytes != int64(len(content)) {
		t.Errorf("an input of unknown size: %+v", all[0])
	}
}

func (c Case) testUnreadable(t *testing.T) {
	folder := t.TempDir()
	for code, open := range map[string]func(context.Context) (io.ReadCloser, error){
		"no-permission": func(context.Context) (io.ReadCloser, error) {
			return nil, &fs.PathError{Op: "open", Path: "a", Err: fs.ErrPermission}
		},
		"not-a-file": func(context.Context) (io.ReadCloser, error) { return os.Open(folder) },
	} {
		if got := c.problemOf(t, connector.Input{Name: "a", Size: -1, Open: open}); got != code {
			t.Errorf("want %s, got %s", code, got)
		}
	}
}

// infer infers from a good input and returns it as well.
func (c Case) infer(t *testing.T, content []byte) (*connector.Layout, connector.Input) {
	t.Helper()
	in := File("a", content)
	layout, err := c.Format.Infer(t.Context(), []connector.Input{in}, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	return layout, in
}

var errDisk = errors.New("the disk is gone")

func (c Case) testFailingReads(t *testing.T) {
	content := c.many()
	layout, in := c.infer(t, content)
	for _, size := range []int{0, 1, len(content) / 2, len(content)} {
		failing := Stream(in.Name, in.Size, func() io.Reader {
			return io.MultiReader(bytes.NewReader(content[:size]), iotest.ErrReader(errDisk))
		})
		if _, err := c.Format.Read(t.Context(), failing, layout, SinkFuncs{}); !errors.Is(err, errDisk) {
			t.Errorf("a read that fails at %d: %v", size, err)
		}
		closed := Stream(in.Name, -1, func() io.Reader {
			return io.MultiReader(bytes.NewReader(content[:size]), iotest.ErrReader(fmt.Errorf("connection closed: %w", io.EOF)))
		})
		if _, err := c.Format.Read(t.Context(), closed, layout, SinkFuncs{}); err == nil {
			t.Errorf("a connection closed at %d looks like the end", size)
		}
	}
}

func (c Case) testFailingSink(t *testing.T) {
	layout, in := c.infer(t, c.mixed())
	errFull := fmt.Errorf("the disk is full: %w", io.EOF) // an end of another kind
	for _, sink := range []SinkFuncs{
		{OnRows: func(arrow.RecordBatch) error { return errFull }},
		{OnReject: func(connector.Reject) error { return errFull }},
	} {
		if _, err := c.Format.Read(t.Context(), in, layout, sink); !errors.Is(err, errFull) {
			t.Errorf("want the sink's error, got %v", err)
		}
	}
}

func (c Case) testCancelled(t *testing.T) {
	layout, in := c.infer(t, c.mixed())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Format.Read(ctx, in, layout, SinkFuncs{}); !errors.Is(err, context.Canceled) {
		t.Errorf("want context.Canceled, got %v", err)
	}
}

func (c Case) testNoText(t *testing.T) {
	for rule, bad := range map[string]string{connector.RuleNUL: "\x00", connector.RuleEncoding: "\xFF"} {
		broken := c.Good[0] + bad
		in := File("a", text(c.Head, c.Good, []string{broken}, c.Good))
		req := connector.Request{Options: map[string]connector.Option{"encoding": {Value: "utf-8"}}}
		_, _, got, err := Collect(t.Context(), c.Format, []connector.Input{in}, req)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Rejects) != 1 || len(got.Rows) != 2*len(c.Good) {
			t.Errorf("%s: %d rows, rejects %+v", rule, len(got.Rows), got.Rejects)
			continue
		}
		if r := got.Rejects[0]; r.Raw != broken || !breaks(r, rule) {
			t.Errorf("%s: %+v", rule, r)
		}
	}
}

func breaks(r Rejected, rule string) bool {
	for _, v := range r.Violations {
		if v.Rule == rule {
			return true
		}
	}
	return false
}

// testLongLine gives a line that must not be held in memory.
func (c Case) testLongLine(t *testing.T) {
	const size = 100 << 20
	head, good := string(text(c.Head, c.Good)), string(text(c.Good))
	in := Stream("a", int64(len(head)+size+1+len(good)), func() io.Reader {
		return io.MultiReader(strings.NewReader(head), io.LimitReader(endless{}, size), strings.NewReader("\n"+good))
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, got := c.collect(t, in)
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > size {
		t.Errorf("%d bytes were allocated for it", allocated)
	}
	if len(got.Rows) != 2*len(c.Good) || len(got.Rejects) != 1 {
		t.Fatalf("%d rows, %d rejects", len(got.Rows), len(got.Rejects))
	}
	r := got.Rejects[0]
	if len(r.Raw) != connector.KeptOfLong || !breaks(r, connector.RuleSize) || !strings.Contains(r.Violations[0].Reason, "104857600 bytes") {
		t.Errorf("%d bytes kept, %+v", len(r.Raw), r.Violations)
	}
	if want := int64(len(c.Head) + len(c.Good) + 1); r.Line != want {
		t.Errorf("line %d, want %d", r.Line, want)
	}
}

// endless reads as one letter for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func (c Case) testOptions(t *testing.T) {
	names := map[string]bool{}
	for _, spec := range c.Format.Options() {
		if spec.Name == "" || spec.Doc == "" || spec.Default == "" || names[spec.Name] {
			t.Errorf("option %q is not declared well", spec.Name)
		}
		names[spec.Name] = true
	}
	if len(names) == 0 {
		return
	}
	name := c.Format.Options()[0].Name
	options := map[string]connector.Option{name[:len(name)-1]: {Value: "x", Place: diag.Place{File: "ingest/a.yml", Line: 7}}}
	_, err := c.Format.Infer(t.Context(), nil, connector.Request{Options: options})
	var problem *diag.Problem
	if !errors.As(err, &problem) || problem.Code != "unknown-option" || problem.Place.Line != 7 || !strings.Contains(problem.Hint, name) {
		t.Errorf("an unknown option: %v", err)
	}
}

func (c Case) testForeignLayout(t *testing.T) {
	in := File("a", c.mixed())
	if _, err := c.Format.Read(t.Context(), in, &connector.Layout{}, SinkFuncs{}); err == nil {
		t.Error("a layout of another format was read with")
	}
}
