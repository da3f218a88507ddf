package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// A lock is an flock: it belongs to the open file, so that the kernel drops it
// when the process ends in whatever way, and two handles of one process
// exclude each other as two processes do. Go marks the file close-on-exec, so
// that no child keeps it.
type lock struct{ file *os.File }

// errLocked says that someone else holds the lock.
var errLocked = errors.New("locked")

// acquire takes the lock at path now or returns errLocked. flags are added to
// those for opening the file.
func acquire(path string, flags int) (*lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|flags, 0o600)
	if err != nil {
		return nil, err
	}
	if err := flock(f, unix.LOCK_EX|unix.LOCK_NB); err != nil {
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
	err = flock(f, unix.LOCK_SH|unix.LOCK_NB)
	if errors.Is(err, errLocked) {
		return true, f.Close()
	}
	return false, errors.Join(err, f.Close())
}

func flock(f *os.File, how int) error {
	for {
		err := unix.Flock(int(f.Fd()), how)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return errLocked
		case err != nil:
			return fmt.Errorf("lock %s: %w", f.Name(), err)
		default:
			return nil
		}
	}
}
