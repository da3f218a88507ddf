package local

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/tarn-lake/tarn/internal/objstore"
)

func TestAFileSystemIsSyncedAsAWholeIfAllIsThere(t *testing.T) {
	if s := newStore(t); runtime.GOOS == "linux" && tellsAll(s) {
		write(t, s, "a/1", "a/2", "b/3")
		paths := []string{s.path("a/1"), s.path("a/2"), s.path("b/3"), s.path("a"), s.path("b"), s.root}
		if err := s.syncWhole(paths); err != nil {
			t.Error(err)
		}
		if err := s.syncWhole(append(paths, s.path("b/4"))); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("with a file that is not there: %v", err)
		}
		if err := s.syncWhole(append(paths, "/proc/self/stat")); !errors.Is(err, errApart) {
			t.Errorf("with a file of another file system: %v", err)
		}
	} else if err := s.syncWhole(nil); !errors.Is(err, errApart) {
		t.Errorf("where that cannot be: %v", err)
	}
}

// tellsAll reports whether the store found a file system that can be synced.
func tellsAll(s *Store) bool { return s.whole != nil }

func write(t *testing.T, s *Store, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := objstore.WriteAll(t.Context(), s, name, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyObjectsAreDurableWithTheirFolders(t *testing.T) {
	s := newStore(t)
	var names []string
	for i := range 100 {
		names = append(names, fmt.Sprintf("t%d/metadata/%d/m.json", i%7, i))
	}
	write(t, s, names...)
	if err := s.Sync(t.Context(), names...); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for folder := filepath.Dir(s.path(name)); folder != s.root; folder = filepath.Dir(folder) {
			if !s.isDurable(folder) {
				t.Errorf("%s was not synced", folder)
			}
		}
	}
	if err := os.Remove(s.path(names[5])); err != nil {
		t.Fatal(err)
	}
	if err := s.Sync(t.Context(), names...); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("with one that is gone: %v", err)
	}
}

func TestWhatWaitsToBeWrittenIsReadOrUnknown(t *testing.T) {
	for text, want := range map[string]int64{
		"MemTotal:  100 kB\nDirty:   12 kB\nWriteback:  3 kB\nWritebackTmp: 9 kB\n": 15 << 10,
		"Dirty: 12 kB\n":                  math.MaxInt64,
		"Dirty: 12 kB\nWriteback: 3 MB\n": math.MaxInt64,
		"Dirty: x kB\nWriteback: 3 kB\n":  math.MaxInt64,
		"":                                math.MaxInt64,
	} {
		if got := unwrittenOf(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
