// Package objstoretest is for the suite that every member of objstore passes.
//
// It promises to test the contract of [objstore.Store] and nothing beyond it.
// It leaves to the members what is theirs alone.
package objstoretest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/objstore"
)

// Run runs the suite; open returns an empty store.
func Run(t *testing.T, open func(*testing.T) objstore.Store) {
	for name, test := range map[string]func(*testing.T, objstore.Store){
		"an object appears with its commit":         appearsWithCommit,
		"an aborted object never appears":           abortLeavesNothing,
		"an object is never overwritten":            neverOverwritten,
		"of concurrent creators one wins":           oneCreatorWins,
		"a missing object is ErrNotExist":           missing,
		"a folder is not an object":                 folder,
		"names that leave the root are refused":     badNames,
		"List yields what is below, in order":       list,
		"DeletePrefix takes what is below and only": deletePrefix,
		"deleting what is not there is fine":        deleteMissing,
		"URI and Name are each other's reverse":     uri,
		"a file reads, seeks and reads at":          readSeek,
		"a List that is left stops":                 listStops,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func write(t *testing.T, s objstore.Store, name, data string) {
	t.Helper()
	if err := objstore.WriteAll(context.Background(), s, name, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, s objstore.Store, prefix string) []string {
	t.Helper()
	var out []string
	for info, err := range s.List(context.Background(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, info.Name)
	}
	return out
}

func wantContent(t *testing.T, s objstore.Store, name, want string) {
	t.Helper()
	got, err := objstore.ReadAll(context.Background(), s, name)
	if err != nil || string(got) != want {
		t.Errorf("%s = %q, %v; want %q", name, got, err, want)
	}
}

func appearsWithCommit(t *testing.T, s objstore.Store) {
	ctx := context.Background()
	w, err := s.Create(ctx, "a/b/1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "content"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stat(ctx, "a/b/1"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the commit: %v", err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil {
		t.Errorf("Abort after Commit: %v", err)
	}
	wantContent(t, s, "a/b/1", "content")
	info, err := s.Stat(ctx, "a/b/1")
	if err != nil || info.Name != "a/b/1" || info.Size != 7 || info.ModTime.IsZero() {
		t.Errorf("Stat = %+v, %v", info, err)
	}
	if err := s.Sync(ctx, "a/b/1"); err != nil {
		t.Errorf("Sync: %v", err)
	}
	if err := w.Commit(); err == nil {
		t.Error("a second commit succeeded")
	}
}

func abortLeavesNothing(t *testing.T, s objstore.Store) {
	w, err := s.Create(context.Background(), "a/1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "half"); err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, s, ""); got != nil {
		t.Errorf("left: %v", got)
	}
	write(t, s, "a/1", "whole")
	wantContent(t, s, "a/1", "whole")
}

func neverOverwritten(t *testing.T, s objstore.Store) {
	ctx := context.Background()
	w, err := s.Create(ctx, "a/1")
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, "a/1", "first")
	if err := w.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the later commit: %v", err)
	}
	if err := objstore.WriteAll(ctx, s, "a/1", []byte("third")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a later create: %v", err)
	}
	wantContent(t, s, "a/1", "first")
	if diff := cmp.Diff([]string{"a/1"}, names(t, s, "")); diff != "" {
		t.Error(diff)
	}
}

func oneCreatorWins(t *testing.T, s objstore.Store) {
	var wg sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wg.Go(func() {
			results[i] = objstore.WriteAll(context.Background(), s, "same", fmt.Append(nil, i))
		})
	}
	wg.Wait()
	winner := -1
	for i, err := range results {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			t.Errorf("%d and %d both won", winner, i)
		case !errors.Is(err, fs.ErrExist):
			t.Errorf("%d: %v", i, err)
		}
	}
	wantContent(t, s, "same", fmt.Sprint(winner))
}

func missing(t *testing.T, s objstore.Store) {
	ctx := context.Background()
	_, openErr := s.Open(ctx, "no/such")
	_, statErr := s.Stat(ctx, "no/such")
	for op, err := range map[string]error{"Open": openErr, "Stat": statErr, "Sync": s.Sync(ctx, "no/such")} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s = %v", op, err)
		}
	}
}

func folder(t *testing.T, s objstore.Store) {
	ctx := context.Background()
	write(t, s, "a/b/1", "x")
	if _, err := s.Open(ctx, "a/b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open = %v", err)
	}
	if _, err := s.Stat(ctx, "a/b"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Stat = %v", err)
	}
}

func badNames(t *testing.T, s objstore.Store) {
	ctx := context.Background()
	for _, name := range []string{"", ".", "..", "../x", "/x", "a//b", "a/../../x", "a/"} {
		if err := objstore.WriteAll(ctx, s, name, nil); err == nil {
			t.Errorf("Create(%q) succeeded", name)
		}
		if _, err := s.Open(ctx, name); err == nil {
			t.Errorf("Open(%q) succeeded", name)
		}
		if err := s.DeletePrefix(ctx, name); err == nil {
			t.Errorf("DeletePrefix(%q) succeeded", name)
		}
	}
}
