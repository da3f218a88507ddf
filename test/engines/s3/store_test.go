//go:build engines

package s3

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/objstoretest"
	"github.com/tarn-lake/tarn/internal/objstore/s3"
)

func open(t *testing.T) objstore.Store {
	t.Helper()
	s, err := s3.New(t.Context(), nextPrefix())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestS3KeepsTheContract(t *testing.T) {
	start(t)
	objstoretest.Run(t, open)
}

// pattern is n bytes that are nowhere the same.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> (i % 13))
	}
	return b
}

func TestLargeObjectsGoInPartsAndAppearWhole(t *testing.T) {
	dir := start(t)
	ctx, s := context.Background(), open(t)
	content := pattern(40<<20 + 123)
	w, err := s.Create(ctx, "big")
	if err != nil {
		t.Fatal(err)
	}
	for rest := content; len(rest) > 0; {
		n := min(len(rest), 3<<20)
		if _, err := w.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if _, err := s.Stat(ctx, "big"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before the commit: %v", err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	got, err := objstore.ReadAll(ctx, s, "big")
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
	late, err := s.Create(ctx, "late")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := objstore.WriteAll(ctx, s, "late", []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := late.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over an object that came in between: %v", err)
	}
	if got, err := objstore.ReadAll(ctx, s, "late"); string(got) != "first" || err != nil {
		t.Errorf("that object has become %.20q, %v", got, err)
	}
	left := 0
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(p, "multipart") {
			left++
		}
		return nil
	})
	if left > 0 {
		t.Errorf("%d parts are left", left)
	}
}

func TestOfConcurrentLargeObjectsOneWins(t *testing.T) {
	start(t)
	s := open(t)
	var wg sync.WaitGroup
	won := make([]bool, 3)
	for i := range won {
		wg.Go(func() {
			content := bytes.Repeat([]byte{byte(i)}, 17<<20)
			err := objstore.WriteAll(context.Background(), s, "same", content)
			if won[i] = err == nil; err != nil && !errors.Is(err, fs.ErrExist) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, err := objstore.ReadAll(context.Background(), s, "same")
	if err != nil || len(got) != 17<<20 || !won[got[0]] {
		t.Errorf("%d bytes, winners %v, %v", len(got), won, err)
	}
	n := 0
	for _, w := range won {
		if w {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d winners", n)
	}
}

func TestAnObjectThatOthersOverwriteIsNotMixed(t *testing.T) {
	start(t)
	s := open(t)
	if err := objstore.WriteAll(t.Context(), s, "a", []byte("before")); err != nil {
		t.Fatal(err)
	}
	f, err := s.Open(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if err := objstore.WriteAll(t.Context(), s, "a", []byte("behind")); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(f); !errors.Is(err, objstore.ErrChanged) {
		t.Errorf("read %q, %v", text, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}

}

func TestWhatIsNotAllowedSaysSo(t *testing.T) {
	start(t)
	for name, c := range map[string]struct {
		uri  string
		env  map[string]string
		want error
		text string
	}{
		"no such bucket": {"s3://nowhere/x", nil, fs.ErrNotExist, ""},
		"a wrong key":    {"s3://lake/x", map[string]string{"AWS_SECRET_ACCESS_KEY": "wrong"}, fs.ErrPermission, ""},
		"nobody":         {"s3://lake/x", map[string]string{"AWS_SECRET_ACCESS_KEY": "", "AWS_ACCESS_KEY_ID": ""}, fs.ErrPermission, "without credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			s, err := s3.New(t.Context(), c.uri)
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range s.List(t.Context(), "") {
				if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
					t.Error(err)
				}
				return
			}
			t.Error("listed")
		})
	}
}
