package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/failpoint"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/objstore"
)

// copiers is how many files are copied at a time.
const copiers = 4

// copyFiles copies files that are not there yet; names never change what they
// mean, so that one of the same size is the same. Those that went meanwhile are
// added to missing.
func copyFiles(ctx context.Context, from, to objstore.Store, files []lake.Needed, missing []Missing, progress func(done, of int64)) ([]Missing, error) {
	var of, done int64
	for _, f := range files {
		of += f.Size
	}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(copiers)
	for _, f := range files {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			err := copyFile(ctx, from, to, f)
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, fs.ErrNotExist) {
				missing = append(missing, Missing{f.Table, f.URI, "which was removed while the backup was made", f.Current})
				err = nil
			}
			done += f.Size
			if progress != nil {
				progress(done, of)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return missing, fmt.Errorf("copy the files of the tables: %w", err)
	}
	return missing, nil
}

func copyFile(ctx context.Context, from, to objstore.Store, f lake.Needed) (err error) {
	if info, err := to.Stat(ctx, f.Name); err == nil {
		// What is damaged here does not take the place of what may be whole there.
		if info.Size == f.Size || f.Err != nil {
			return nil
		}
		if err := to.Delete(ctx, f.Name); err != nil {
			return err
		}
	}
	in, err := from.Open(ctx, f.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := to.Create(ctx, f.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Abort()) }()
	if _, err := io.Copy(out, in); err != nil {
		return fmt.Errorf("copy %s: %w", f.Name, err)
	}
	if err := out.Commit(); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	failpoint.Hit("backup.file-copied")
	return nil
}
