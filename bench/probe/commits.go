package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/local"
	"github.com/tarn-lake/tarn/test/concurrency"
)

// commitAll lets writers commit to tables of a new lake: as many snapshots as are
// kept are there before the time counts.
func commitAll(ctx context.Context, catalog, dir string, numbers []int, m measurements) error {
	j := concurrency.Job{Catalog: catalog, Warehouse: filepath.Join(dir, "warehouse"),
		Tables: numbers[0], Writers: numbers[2], Commits: numbers[3], Keep: numbers[4]}
	if err := j.Prepare(ctx); err != nil {
		return err
	}
	// Tables of their own, which nobody else writes to, are filled by one process, too.
	before := j
	before.Commits = j.Keep * j.Tables / j.Writers
	if err := before.Run(ctx, 1); err != nil {
		return err
	}
	begun, used := time.Now(), cpuOfAll()
	if err := j.Run(ctx, numbers[1]); err != nil {
		return err
	}
	n := j.Writers * j.Commits
	m.add("commits a second", float64(n)/time.Since(begun).Seconds())
	m.add("CPU of a commit", (cpuOfAll()-used)/float64(n))
	times, _, err := j.Rows(ctx)
	if err != nil {
		return err
	}
	rows := 0
	for _, n := range times {
		rows += n
	}
	if want := n + before.Commits*before.Writers; rows != want {
		return fmt.Errorf("the tables have %d rows after %d commits", rows, want)
	}
	return nil
}

// cpuOfAll is how many seconds of the cores this process has used, and those
// that it has waited for.
func cpuOfAll() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u); err != nil {
		return 0
	}
	return cpu() + time.Duration(u.Utime.Nano()+u.Stime.Nano()).Seconds()
}

// sizes are about those of the files of a commit to a table of 200 snapshots:
// rows, a manifest, the list of manifests, and the metadata file.
var sizes = map[string]int{"data/%d/row.parquet": 500, "metadata/%d/m.avro": 4_000, "metadata/%d/list.avro": 8_000, "metadata/%d/metadata.json": 120_000}

// floor writes and syncs what commits have to and nothing else: the files and
// their folders as the lake's store does, and then the log of the database.
func floor(ctx context.Context, dir string, n, at int, m measurements) error {
	store, err := local.New(dir)
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(at)
	begun := time.Now()
	for i := range n {
		group.Go(func() error {
			var names []string
			for pattern, size := range sizes {
				name := path.Join("t"+strconv.Itoa(i%at), fmt.Sprintf(pattern, i))
				if err := objstore.WriteAll(ctx, store, name, make([]byte, size)); err != nil {
					return err
				}
				names = append(names, name)
			}
			if err := store.Sync(ctx, names...); err != nil {
				return err
			}
			if _, err := log.WriteAt(make([]byte, 8192), int64(i)*8192); err != nil {
				return err
			}
			return log.Sync()
		})
	}
	err = group.Wait()
	m.add("commits a second", float64(n)/time.Since(begun).Seconds())
	return errors.Join(err, log.Close())
}
