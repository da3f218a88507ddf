package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/objstoretest"
)

func newStore(t *testing.T) *Store {
	t.Helper()
	s, err := New(filepath.Join(t.TempDir(), "warehouse"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLocalKeepsTheContract(t *testing.T) {
	objstoretest.Run(t, func(t *testing.T) objstore.Store { return newStore(t) })
}

func TestDeletingTheLastObjectRemovesTheFoldersAboveIt(t *testing.T) {
	ctx, s := context.Background(), newStore(t)
	for _, name := range []string{"a/b/c/1", "a/b/d/2"} {
		if err := objstore.WriteAll(ctx, s, name, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.DeletePrefix(ctx, "a/b/c"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.path("a/b/d")); err != nil {
		t.Errorf("the neighbour went too: %v", err)
	}
	if err := s.Delete(ctx, "a/b/d/2"); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(s.root)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Buffers are used again: a writer that is done must not reach that of another.
func TestAWriterThatIsDoneTakesNothing(t *testing.T) {
	ctx, s := context.Background(), newStore(t)
	done, err := s.Create(ctx, "1")
	if err != nil {
		t.Fatal(err)
	}
	if err := done.Abort(); err != nil {
		t.Fatal(err)
	}
	next, err := s.Create(ctx, "2")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := done.Write([]byte("late")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a late write: %v", err)
	}
	if _, err := next.Write([]byte("whole")); err != nil {
		t.Fatal(err)
	}
	if err := next.Commit(); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(s.path("2")); string(content) != "whole" {
		t.Errorf("the other object is %q, %v", content, err)
	}
}

func TestAnUncommittedObjectGoesWithItsPrefixAndIsNotListed(t *testing.T) {
	ctx, s := context.Background(), newStore(t)
	w, err := s.Create(ctx, "stage/1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	for info, err := range s.List(ctx, "") {
		t.Errorf("listed: %v, %v", info, err)
	}
	if err := s.DeletePrefix(ctx, "stage"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.path("stage")); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
	if err := w.Commit(); err == nil {
		t.Error("a writer whose prefix was deleted committed")
	}
}

func TestNameTakesPathsOfThisStoreOnly(t *testing.T) {
	s := newStore(t)
	for _, c := range []struct {
		uri, want string
		found     bool
	}{
		{s.URI("a/b"), "a/b", true},
		{s.path("a/b"), "a/b", true},
		{"file:" + s.path("a/b"), "a/b", true},
		{s.URI("../x"), "", false},
		{s.root + "-other/a", "", false},
		{"s3://bucket/a", "", false},
	} {
		name, found := s.Name(c.uri)
		if found != c.found || (found && name != c.want) {
			t.Errorf("Name(%q) = %q, %v; want %q, %v", c.uri, name, found, c.want, c.found)
		}
	}
}

func TestManySyncTheSameFoldersTogether(t *testing.T) {
	s := newStore(t)
	var group errgroup.Group
	for i := range 50 {
		group.Go(func() error {
			name := fmt.Sprintf("t/metadata/%d/%d.json", i%3, i)
			if err := objstore.WriteAll(t.Context(), s, name, []byte("{}")); err != nil {
				return err
			}
			return s.Sync(t.Context(), name)
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"t", "t/metadata", "t/metadata/0", "t/metadata/1", "t/metadata/2"} {
		if !s.isDurable(s.path(folder)) {
			t.Errorf("%s was not synced", folder)
		}
	}
	if len(s.folders) != 0 {
		t.Errorf("%d folders are still being synced", len(s.folders))
	}
	if err := s.syncEntries(s.path("nowhere")); err == nil {
		t.Error("a folder that is not there was synced")
	}
}

func TestSyncedFoldersAreSyncedAgainAfterTheyWereRemoved(t *testing.T) {
	ctx, s := context.Background(), newStore(t)
	for range 2 {
		if err := objstore.WriteAll(ctx, s, "t/data/1", []byte("x")); err != nil {
			t.Fatal(err)
		}
		if err := s.Sync(ctx, "t/data/1"); err != nil {
			t.Fatal(err)
		}
		if !s.isDurable(s.path("t/data")) || !s.isDurable(s.path("t")) {
			t.Errorf("folders not synced: %v", s.places)
		}
		if err := s.DeletePrefix(ctx, "t"); err != nil {
			t.Fatal(err)
		}
		if len(s.places.below) != 0 {
			t.Errorf("still thought to be durable: %v", s.places)
		}
	}
}
