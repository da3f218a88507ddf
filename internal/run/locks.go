package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/oslock"
)

// locks is a folder of OS locks: one for each live run, one for the writer.
type locks string

func (l locks) path(runID string) string { return filepath.Join(string(l), runID+".lock") }

func (l locks) claim(_ context.Context, r Run) (mark, error) {
	held, err := acquire(l.path(r.ID), os.O_EXCL)
	if errors.Is(err, fs.ErrExist) {
		return nil, errTaken
	}
	if err != nil {
		return nil, err
	}
	return &locked{lock: held, remove: l.path(r.ID)}, nil
}

func (l locks) live(_ context.Context, runID string) (bool, error) { return held(l.path(runID)) }

// bury has nothing to do: a lock that nobody holds stays free.
func (l locks) bury(context.Context, metadb.Tx, string) (bool, error) { return true, nil }

func (l locks) forget(runID string) error { return remove(l.path(runID)) }

func (l locks) take(_ context.Context, r Run) (mark, Holder, error) {
	path := filepath.Join(string(l), "writer.lock")
	held, err := acquire(path, 0)
	if errors.Is(err, oslock.ErrLocked) {
		return nil, holder(path), errTaken
	}
	if err != nil {
		return nil, Holder{}, err
	}
	// The file says who has it.
	text, err := json.Marshal(r.holder())
	if err == nil {
		err = held.file.Truncate(0)
	}
	if err == nil {
		_, err = held.file.WriteAt(text, 0)
	}
	if err != nil {
		return nil, Holder{}, errors.Join(fmt.Errorf("take the lake's writer lock: %w", err), held.release())
	}
	return &locked{lock: held}, Holder{}, nil
}

// locked is a lock that is held: it cannot be lost.
type locked struct {
	*lock
	remove string // the path of a file that goes with it; "" is emptied
}

func (l *locked) check(context.Context, metadb.Tx) error { return nil }

func (l *locked) renew(context.Context) (bool, error) { return true, nil }

func (l *locked) release(context.Context) error {
	if l.remove != "" {
		return errors.Join(remove(l.remove), l.lock.release())
	}
	// Emptied first, so that nobody reads the last holder as the next one.
	return errors.Join(l.file.Truncate(0), l.lock.release())
}

// holder reads who holds the writer's lock; nobody yet, if the holder is about
// to write.
func holder(path string) (h Holder) {
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &h) != nil {
		return Holder{}
	}
	return h
}

// remove deletes a file; that it is gone already is fine.
func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
