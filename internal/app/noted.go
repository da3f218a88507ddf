package app

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
)

// noted is the files of the project's folder, with what of them was looked at:
// files and folders, also where they are missing.
type noted struct {
	fs.FS
	mu sync.Mutex
	// seen are states as they were when a name was opened first.
	seen map[string]string
}

func newNoted(dir string) *noted { return &noted{FS: os.DirFS(dir), seen: map[string]string{}} }

// Open opens a file, and takes note of it.
func (n *noted) Open(name string) (fs.File, error) {
	n.note(name)
	return n.FS.Open(name)
}

func (n *noted) note(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, known := n.seen[name]; !known {
		n.seen[name] = n.look(name)
	}
}

// look says how a file or folder is now.
func (n *noted) look(name string) string {
	info, err := fs.Stat(n.FS, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "missing"
	case err != nil:
		return err.Error()
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano(), info.Mode())
}

// also takes note of what others have looked at.
func (n *noted) also(other *noted) {
	for name := range other.seen {
		n.note(name)
	}
}

// states are numbers that differ where a file does: as they were, and as they
// are now.
func (n *noted) states() (then, now uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	before, after := fnv.New64a(), fnv.New64a()
	for _, name := range slices.Sorted(maps.Keys(n.seen)) {
		_, _ = fmt.Fprintln(before, name, n.seen[name])
		_, _ = fmt.Fprintln(after, name, n.look(name))
	}
	return before.Sum64(), after.Sum64()
}
