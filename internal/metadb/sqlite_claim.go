package metadb

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/tarn-lake/tarn/internal/oslock"
)

// claimFiles is how many lock files a database has beside it. Names that share
// one wait for each other, which does no harm.
const claimFiles = 64

// claim locks files, which the kernel lets go of when the process ends in
// whatever way. All take them in the same order.
func (db *file) claim(ctx context.Context, names []string) (c *Claim, err error) {
	var numbers []int
	for _, name := range names {
		h := fnv.New32a()
		_, _ = h.Write([]byte(name)) // never fails
		numbers = append(numbers, int(h.Sum32()%claimFiles))
	}
	slices.Sort(numbers)
	var held []*os.File
	c = &Claim{release: func() {
		for _, f := range held {
			_ = f.Close() // which unlocks it
		}
	}}
	folder := db.path + "-claims"
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	for _, n := range slices.Compact(numbers) {
		f, waited, err := lockFile(ctx, filepath.Join(folder, strconv.Itoa(n)))
		if err != nil {
			c.Release()
			return nil, fmt.Errorf("claim: %w", err)
		}
		held, c.waited = append(held, f), c.waited || waited
	}
	return c, nil
}

// lockFile waits for the lock of a file. Who gives up leaves a thread waiting,
// which takes the lock and lets it go.
func lockFile(ctx context.Context, path string) (_ *os.File, waited bool, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, err
	}
	err = oslock.Try(f)
	if err == nil {
		return f, false, nil
	}
	if !errors.Is(err, oslock.ErrLocked) {
		return nil, false, errors.Join(err, f.Close())
	}
	done := make(chan error)
	go func() {
		err := oslock.Wait(f)
		select {
		case done <- err:
		case <-ctx.Done():
			_ = f.Close() // which unlocks it
		}
	}()
	select {
	case err := <-done:
		if err != nil {
			return nil, true, errors.Join(err, f.Close())
		}
		return f, true, nil
	case <-ctx.Done():
		return nil, true, ctx.Err()
	}
}
