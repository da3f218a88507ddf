// Package oslock locks open files (flock). A lock belongs to the open file: the
// kernel lets go of it when the file is closed or its process ends in whatever
// way, and two handles of one process exclude each other as two processes do. Go
// marks files close-on-exec, so that no child keeps one.
//
// It leaves to others which files there are. They must not be on network disks,
// where locks lie.
package oslock

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// ErrLocked says that somebody else holds the lock.
var ErrLocked = errors.New("locked")

// Wait takes the lock, however long that takes.
func Wait(f *os.File) error { return flock(f, unix.LOCK_EX) }

// Try takes the lock now or returns [ErrLocked].
func Try(f *os.File) error { return flock(f, unix.LOCK_EX|unix.LOCK_NB) }

// TryShared takes a lock that does not exclude other shared ones, now, or
// returns [ErrLocked].
func TryShared(f *os.File) error { return flock(f, unix.LOCK_SH|unix.LOCK_NB) }

func flock(f *os.File, how int) error {
	for {
		err := unix.Flock(int(f.Fd()), how)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrLocked
		case err != nil:
			return fmt.Errorf("lock %s: %w", f.Name(), err)
		default:
			return nil
		}
	}
}
