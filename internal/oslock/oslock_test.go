package oslock

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestALockExcludesOtherHandlesUntilItIsClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second := handle(t, path), handle(t, path)
	if err := Try(first); err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func(*os.File) error{"Try": Try, "TryShared": TryShared} {
		if err := try(second); !errors.Is(err, ErrLocked) {
			t.Errorf("%s of a locked file: %v, want ErrLocked", name, err)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Wait(second); err != nil {
		t.Fatal(err)
	}
}

func TestSharedLocksExcludeOnlyOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, second, third := handle(t, path), handle(t, path), handle(t, path)
	if err := errors.Join(TryShared(first), TryShared(second)); err != nil {
		t.Fatal(err)
	}
	if err := Try(third); !errors.Is(err, ErrLocked) {
		t.Errorf("Try of a shared file: %v, want ErrLocked", err)
	}
}

func handle(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}
