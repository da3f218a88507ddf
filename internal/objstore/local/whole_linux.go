package local

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// openWhole opens the folder that stands for its file system. Who has it open
// hears of every write that fails from then on.
func openWhole(root string) *os.File {
	if !tellsFailures() {
		return nil
	}
	f, err := os.Open(root)
	if err != nil {
		return nil
	}
	return f
}

// tellsFailures reports whether a sync of a file system tells of writes that
// failed, as it does from Linux 5.8 on.
var tellsFailures = sync.OnceValue(func() bool {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return false
	}
	return isFrom(unix.ByteSliceToString(name.Release[:]), 5, 8)
})

func isFrom(release string, major, minor int) bool {
	first, rest, _ := strings.Cut(release, ".")
	second, _, _ := strings.Cut(rest, ".")
	second, _, _ = strings.Cut(second, "-")
	a, err := strconv.Atoi(first)
	if err != nil {
		return false
	}
	b, err := strconv.Atoi(second)
	return err == nil && (a > major || a == major && b >= minor)
}

// syncWhole syncs the file system if it has all of the paths.
func (s *Store) syncWhole(paths []string) error {
	if s.whole == nil {
		return errApart
	}
	var root, info syscall.Stat_t
	if err := syscall.Fstat(int(s.whole.Fd()), &root); err != nil {
		return errApart
	}
	for _, path := range paths {
		if err := syscall.Lstat(path, &info); err != nil {
			return &os.PathError{Op: "sync", Path: path, Err: err}
		}
		if info.Dev != root.Dev {
			return errApart
		}
	}
	if err := unix.Syncfs(int(s.whole.Fd())); err != nil {
		return fmt.Errorf("sync the file system of %s: %w", s.root, err)
	}
	return nil
}
