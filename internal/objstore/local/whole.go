package local

import (
	"context"
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
)

// A sync of many small files one by one takes longer than one of all that the
// file system has, as each waits for the disk anew. One of all has to wait for
// what others have written, too: it is worth it as long as that is little.
const (
	// wholeFrom is from how many files and folders on all are synced.
	wholeFrom = 4
	// worthOne is how many bytes of others are written in about the time that
	// the sync of one file takes.
	worthOne = 512 << 10
)

// errApart says that the file system cannot be synced as a whole.
var errApart = errors.New("to be synced one by one")

// syncMany makes files, and folders with their entries, durable.
func (s *Store) syncMany(ctx context.Context, paths []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(paths) < wholeFrom || unwritten() > int64(len(paths))*worthOne {
		return errApart
	}
	return s.syncWhole(paths)
}

// unwritten is how many bytes wait to be written to disks.
func unwritten() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return math.MaxInt64
	}
	return unwrittenOf(string(text))
}

func unwrittenOf(meminfo string) (sum int64) {
	found := 0
	for line := range strings.Lines(meminfo) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] != "Dirty:" && fields[0] != "Writeback:" {
			continue
		}
		n, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil || fields[2] != "kB" {
			return math.MaxInt64
		}
		sum += n << 10
		found++
	}
	if found != 2 {
		return math.MaxInt64
	}
	return sum
}
