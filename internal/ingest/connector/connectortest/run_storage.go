package connectortest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Gzip returns content compressed.
func Gzip(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Zstd returns content compressed.
func Zstd(t testing.TB, content []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	return w.EncodeAll(content, nil)
}

func (c Case) testCompressed(t *testing.T) {
	content := c.mixed()
	_, want := c.collect(t, File("a", content))
	gz := Gzip(t, content)
	half := len(content) / 2
	for name, stored := range map[string][]byte{
		"gzip": gz, "zstd": Zstd(t, content),
		"gzip in two members": append(Gzip(t, content[:half]), Gzip(t, content[half:])...),
	} {
		// The name says nothing: compression is found out from the bytes.
		all, got := c.collect(t, File("a", stored))
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if all[0].Bytes != int64(len(stored)) || all[0].SHA256 != sha256.Sum256(stored) || all[0].EndsClean {
			t.Errorf("%s: counts %+v are not those of the stored bytes", name, all[0])
		}
	}
}

// problemOf returns the code of the problem that loading the input ends with.
func (c Case) problemOf(t *testing.T, in connector.Input) string {
	t.Helper()
	_, _, err := Load(t.Context(), c.Format, []connector.Input{in}, connector.Request{}, func() connector.Sink { return SinkFuncs{} })
	var problem *diag.Problem
	if !errors.As(err, &problem) {
		t.Fatalf("want a problem, got %v", err)
	}
	if problem.Place.File != in.Name || problem.Hint == "" {
		t.Errorf("the problem lacks its place or a hint: %v", problem)
	}
	return problem.Code
}

func (c Case) testCutOff(t *testing.T) {
	content := c.many()
	if c.Files != nil {
		for _, size := range []int{0, 1, 10, len(content) / 3, len(content) / 2, len(content) - 1} {
			code := c.problemOf(t, File("a", content[:size]))
			if !slices.Contains([]string{"truncated", "damaged"}, code) && (size > 0 || code != "empty-input") {
				t.Errorf("cut off at %d of %d: %s", size, len(content), code)
			}
		}
		return
	}
	for name, stored := range map[string][]byte{"gzip": Gzip(t, content), "zstd": Zstd(t, content)} {
		for _, size := range []int{6, len(stored) / 2, len(stored) - 1} {
			if code := c.problemOf(t, File("a."+name, stored[:size])); code != "truncated" {
				t.Errorf("%s cut off at %d of %d: %s", name, size, len(stored), code)
			}
		}
	}
}

func (c Case) testDamaged(t *testing.T) {
	if c.Files != nil {
		c.testFlipped(t)
		return
	}
	content := c.many()
	flipped := Gzip(t, content)
	flipped[len(flipped)-6] ^= 0xFF // in the checksum
	if code := c.problemOf(t, File("a.gz", flipped)); code != "damaged" {
		t.Errorf("a flipped bit: %s", code)
	}
	behind := append(Gzip(t, content), "something else"...)
	if code := c.problemOf(t, File("a.gz", behind)); code != "damaged" {
		t.Errorf("something behind the compressed bytes: %s", code)
	}
}

func (c Case) testTail(t *testing.T) {
	before, after := text(c.Head, c.Good, c.Bad), text(c.Good, c.Bad)
	grown := append(bytes.Clone(before), after...)
	first, _ := c.collect(t, File("a", before))
	in := File("a", grown)
	in.StartOffset, in.StartLine = first[0].Bytes, first[0].Lines+1
	second, got := c.collect(t, in)
	whole, want := c.collect(t, File("a", grown))
	want.Rows, want.Lines = want.Rows[first[0].Written:], want.Lines[first[0].Written:]
	want.Rejects = want.Rejects[first[0].Rejected:]
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("the tail is not what the whole file has more: %s", diff)
	}
	wantCounts := whole[0]
	wantCounts.Records -= first[0].Records
	wantCounts.Written -= first[0].Written
	wantCounts.Rejected -= first[0].Rejected
	wantCounts.PrefixSHA256 = sha256.Sum256(before)
	if diff := gocmp.Diff(wantCounts, second[0]); diff != "" {
		t.Errorf("counts of the tail: %s", diff)
	}
}

func (c Case) testNoCleanEnd(t *testing.T) {
	content := text(c.Head, c.Good)
	all, _ := c.collect(t, File("a", content[:len(content)-1]))
	if all[0].EndsClean {
		t.Error("a file whose last line has no end claims a clean one")
	}
	if all[0].Lines != int64(len(c.Head)+len(c.Good)) {
		t.Errorf("%d lines", all[0].Lines)
	}
}
