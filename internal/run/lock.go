package run

import (
	"errors"
	"io/fs"
	"os"

	"github.com/tarn-lake/tarn/internal/oslock"
)

// A lock goes with its process.
type lock struct{ file *os.File }

// acquire takes the lock at path now or returns [oslock.ErrLocked]. flags are added to
// those for opening the file.
func acquire(path string, flags int) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|flags, 0o600)
	if err != nil {
		return nil, err
	}
	if err := oslock.Try(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &lock{f}, nil
}

func (l *lock) release() error { return l.file.Close() }

// held reports whether somebody holds the lock at path. Asking takes a shared
// lock for a moment, so that those who ask at the same time do not take each
// other for the holder.
func held(path string) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = oslock.TryShared(f)
	if errors.Is(err, oslock.ErrLocked) {
		return true, f.Close()
	}
	return false, errors.Join(err, f.Close())
}
