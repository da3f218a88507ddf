package objstoretest

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/objstore"
)

func list(t *testing.T, s objstore.Store) {
	for _, name := range []string{"b/2", "a/x-1", "a/x/2", "a/x/1", "a.b", "ab/1", "a/10"} {
		write(t, s, name, name)
	}
	for prefix, want := range map[string][]string{
		"":     {"a.b", "a/10", "a/x-1", "a/x/1", "a/x/2", "ab/1", "b/2"},
		"a":    {"a/10", "a/x-1", "a/x/1", "a/x/2"},
		"a/x":  {"a/x/1", "a/x/2"},
		"none": nil,
	} {
		if diff := cmp.Diff(want, names(t, s, prefix)); diff != "" {
			t.Errorf("List(%q): %s", prefix, diff)
		}
	}
}

func deletePrefix(t *testing.T, s objstore.Store) {
	for _, name := range []string{"a/x/1", "a/x/y/2", "a/xx/3", "b"} {
		write(t, s, name, name)
	}
	if err := s.DeletePrefix(context.Background(), "a/x"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a/xx/3", "b"}, names(t, s, "")); diff != "" {
		t.Error(diff)
	}
	write(t, s, "a/x/1", "again")
	wantContent(t, s, "a/x/1", "again")
}

func deleteMissing(t *testing.T, s objstore.Store) {
	ctx := context.Background()
	write(t, s, "a/1", "x")
	if err := s.Delete(ctx, "a/1", "a/2", "z"); err != nil {
		t.Error(err)
	}
	if err := s.DeletePrefix(ctx, "nothing/here"); err != nil {
		t.Error(err)
	}
	if got := names(t, s, ""); got != nil {
		t.Errorf("left: %v", got)
	}
}

func uri(t *testing.T, s objstore.Store) {
	for _, name := range []string{"a", "main/x/data/1.parquet", "with space/and#hash", "%2e%2e/ä"} {
		got, found := s.Name(s.URI(name))
		if !found || got != name {
			t.Errorf("Name(URI(%q)) = %q, %v", name, got, found)
		}
	}
	for _, other := range []string{"", "nowhere://a", s.URI(""), s.URI("..") + "/../x"} {
		if name, found := s.Name(other); found {
			t.Errorf("Name(%q) = %q", other, name)
		}
	}
}

func readSeek(t *testing.T, s objstore.Store) {
	write(t, s, "a", "0123456789")
	f, err := s.Open(context.Background(), "a")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	if f.Size() != 10 {
		t.Errorf("Size = %d", f.Size())
	}
	at := make([]byte, 3)
	if n, err := f.ReadAt(at, 4); n != 3 || err != nil || string(at) != "456" {
		t.Errorf("ReadAt = %q, %v", at[:n], err)
	}
	if n, err := f.ReadAt(at, 9); n != 1 || !errors.Is(err, io.EOF) {
		t.Errorf("ReadAt past the end = %d, %v", n, err)
	}
	if _, err := f.Seek(-2, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(f); string(rest) != "89" || err != nil {
		t.Errorf("the rest = %q, %v", rest, err)
	}
}

func listStops(t *testing.T, s objstore.Store) {
	for _, name := range []string{"a/1", "a/2", "a/3"} {
		write(t, s, name, name)
	}
	seen := 0
	for range s.List(context.Background(), "a") {
		seen++
		break
	}
	if seen != 1 {
		t.Errorf("%d objects after the break", seen)
	}
}
