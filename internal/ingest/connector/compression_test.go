package connector

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"

	"github.com/tarn-lake/tarn/internal/diag"
)

const small = "id\n1\n2\n"

// smallBzip2 is small, as bzip2 makes it; the standard library only reads.
const smallBzip2 = "425a68393141592653596ac360200000034900001030000420200030cd00c3414169c5dc914e14241ab0d80800"

func bzipped(t *testing.T) []byte {
	t.Helper()
	b, err := hex.DecodeString(smallBzip2)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// packed is content behind a compressing writer.
func packed(t *testing.T, content io.Reader, writer func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := writer(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipper(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }

func xzer(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) }

func zstder(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }

func opener(stored []byte) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(stored)), nil }
}

// expand returns what stored bytes become, or the code of the problem.
func expand(t *testing.T, stored []byte, limits Limits) (size int64, text, problem string) {
	t.Helper()
	in := Input{Name: "x", Size: int64(len(stored)), Limits: limits, Open: opener(stored)}
	c, err := OpenContent(t.Context(), in, "", true)
	if err == nil {
		var head bytes.Buffer
		size, err = io.Copy(&head, io.LimitReader(struct{ io.Reader }{c}, 100))
		if err == nil {
			var more int64
			more, err = io.Copy(io.Discard, struct{ io.Reader }{c})
			size += more
		}
		text = head.String()
		if closeErr := c.Close(); closeErr != nil {
			t.Error(closeErr)
		}
	}
	var p *diag.Problem
	if errors.As(err, &p) {
		return size, text, p.Code
	}
	if err != nil {
		t.Fatal(err)
	}
	return size, text, ""
}

func TestCompressionIsFoundInTheContent(t *testing.T) {
	gz, x, bz := packed(t, strings.NewReader(small), gzipper), packed(t, strings.NewReader(small), xzer), bzipped(t)
	z := packed(t, strings.NewReader(small), zstder)
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, c := range map[string]struct {
		stored        []byte
		text, problem string
	}{
		"gzip":                              {gz, small, ""},
		"gzip in two members":               {join(gz, gz), small + small, ""},
		"gzip with NUL bytes behind":        {join(gz, make([]byte, 9000)), small, ""},
		"gzip with a line behind":           {join(gz, []byte("3\n")), small, "damaged"},
		"gzip with a line behind NUL bytes": {join(gz, []byte("\x00\x003\n")), small, "damaged"},
		"gzip whose second member is cut":   {join(gz, gz[:5]), small, "truncated"},
		"gzip that is cut":                  {gz[:len(gz)-3], "", "truncated"},
		"bzip2":                             {bz, small, ""},
		"bzip2 in two streams":              {join(bz, bz), small + small, ""},
		"bzip2 with a line behind":          {join(bz, []byte("3\n4\n")), small, "damaged"},
		"bzip2 that is cut":                 {bz[:len(bz)-3], "", "truncated"},
		"a text that starts like bzip2":     {[]byte("BZh9,name\n1,2\n"), "BZh9,name\n1,2\n", ""},
		"xz":                                {x, small, ""},
		"xz in two streams":                 {join(x, x), small + small, ""},
		"xz with padding":                   {join(x, make([]byte, 8)), small, ""},
		"xz with a line behind":             {join(x, []byte("3\n4\n")), small, "truncated"},
		"xz that is cut":                    {x[:len(x)-3], "", "truncated"},
		"xz that asks for 4 GB of memory":   {hungry(x), "", "damaged"},
		"zstd":                              {z, small, ""},
		"zstd with a line behind":           {join(z, []byte("3,4,5\n6,7,8\n")), small, "damaged"},
		"an empty gzip":                     {packed(t, strings.NewReader(""), gzipper), "", ""},
		"an empty xz":                       {packed(t, strings.NewReader(""), xzer), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, text, problem := expand(t, c.stored, Limits{})
			if problem != c.problem {
				t.Fatalf("problem %q, want %q", problem, c.problem)
			}
			if diff := cmp.Diff(c.text, text); problem == "" && diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hungry makes the block header of an xz file ask for the largest dictionary.
func hungry(x []byte) []byte {
	x = bytes.Clone(x)
	i := 12 + bytes.Index(x[12:], []byte{0x21, 1}) + 2
	x[i] = 40
	return x
}

// zeros is a source of n NUL bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestWhatExpandsTooMuchIsStopped(t *testing.T) {
	const size = 160 << 20
	gz := packed(t, zeros(size), gzipper)
	for _, c := range []struct {
		name    string
		stored  []byte
		limits  Limits
		problem string
		most    int64
	}{
		{"over the ratio", gz, Limits{}, "expands-too-much", RatioFrom + 1<<20},
		{"over a lower size", gz, Limits{Expanded: 1 << 20}, "expands-too-much", 2 << 20},
		{"within a higher ratio", gz, Limits{Ratio: 2000}, "", size},
		{"without a ratio", gz, Limits{Ratio: -1}, "", size},
		{"zstd", packed(t, zeros(size), zstder), Limits{}, "expands-too-much", RatioFrom + 1<<20},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, _, problem := expand(t, c.stored, c.limits)
			if problem != c.problem || n > c.most {
				t.Errorf("problem %q after %d bytes, want %q and at most %d", problem, n, c.problem, c.most)
			}
		})
	}
}
