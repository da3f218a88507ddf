package locate

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/mem"
)

// bucketOf is a finder of one bucket, s3://b, with objects that hold their
// names.
func bucketOf(t *testing.T, names ...string) (*Finder, *mem.Store) {
	t.Helper()
	store := mem.New()
	for _, name := range names {
		if err := objstore.WriteAll(t.Context(), store, name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	return &Finder{Dir: t.TempDir(), Scratch: t.TempDir(), Buckets: func(_ context.Context, uri string) (objstore.Store, error) {
		if uri != "s3://b" {
			return nil, fs.ErrNotExist
		}
		return store, nil
	}}, store
}

func TestObjectsOfABucket(t *testing.T) {
	f, _ := bucketOf(t, "in/a.csv", "in/b.csv", "in/deep/c.csv", "in/.hidden.csv", "inner.csv", "_tmp/x.csv")
	for path, want := range map[string]string{
		"s3://b/in/a.csv":    "s3://b/in/a.csv",
		"s3://b/in/*.csv":    "s3://b/in/a.csv s3://b/in/b.csv",
		"s3://b/in":          "s3://b/in/a.csv s3://b/in/b.csv s3://b/in/deep/c.csv",
		"s3://b/in/":         "s3://b/in/a.csv s3://b/in/b.csv s3://b/in/deep/c.csv",
		"s3://b/**/[bc].csv": "s3://b/in/b.csv s3://b/in/deep/c.csv",
		"s3://b/*.csv":       "s3://b/inner.csv",
		"s3://b":             "s3://b/_tmp/x.csv s3://b/in/a.csv s3://b/in/b.csv s3://b/in/deep/c.csv s3://b/inner.csv",
		"s3://b/none/*.csv":  "",
	} {
		found, err := f.Find(t.Context(), Query{Paths: []string{path}})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if diff := cmp.Diff(want, names(found)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	if got := contents(t, f, Query{Paths: []string{"s3://b/in/a.csv"}}); got != "s3://b/in/a.csv=in/a.csv\n" {
		t.Error(got)
	}
	for path, want := range map[string]string{"s3://none/x": "!p.yml no-files", "s3:///x": "!p.yml bad-url", "s3://b*/x": "!p.yml bad-url", "s3://b/[": "!p.yml bad-pattern"} {
		if got := contents(t, f, Query{Paths: []string{path}, Place: diag.Place{File: "p.yml"}}); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestAnArchiveInABucketIsCopiedOnce(t *testing.T) {
	f, store := bucketOf(t)
	for name, packed := range map[string][]byte{"a.zip": zipOf(t, entry{"x.csv", "1", ""}), "b.tgz": gzipped(t, tarOf(t, entry{"y.csv", "2", ""}))} {
		if err := objstore.WriteAll(t.Context(), store, name, packed); err != nil {
			t.Fatal(err)
		}
	}
	if got := contents(t, f, Query{Paths: []string{"s3://b/*"}}); got != "s3://b/a.zip!/x.csv=1\ns3://b/b.tgz!/y.csv=2\n" {
		t.Error(got)
	}
}

func TestAnObjectThatOthersOverwriteIsAProblem(t *testing.T) {
	f, store := bucketOf(t, "a.csv")
	found, err := f.Find(t.Context(), Query{Paths: []string{"s3://b/a.csv"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Delete(t.Context(), "a.csv"), objstore.WriteAll(t.Context(), store, "a.csv", []byte(strings.Repeat("x", 99)))); err != nil {
		t.Fatal(err)
	}
	if _, err := content(t, found.Files[0]); err == nil || code(t, err) != "!s3://b/a.csv changed-while-read" {
		t.Error(err)
	}
}
