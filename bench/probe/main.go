// Command probe takes times inside of one process that starting one would
// hide: of planning, of statements, and of commits.
//
// It promises that what it measures is the product's own code, and what it
// makes is made by the product's own commits. It leaves to bench what the
// figures are compared with.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/metadb"
	"github.com/tarn-lake/tarn/internal/objstore"
	"github.com/tarn-lake/tarn/internal/objstore/local"
	"github.com/tarn-lake/tarn/test/concurrency"
)

// measurements are times in seconds, and other numbers, by name.
type measurements map[string][]float64

func (m measurements) add(name string, value float64) { m[name] = append(m[name], value) }

// with adds the values of others.
func (m measurements) with(others measurements) {
	for name, values := range others {
		m[name] = append(m[name], values...)
	}
}

// took adds how long something takes, and what the cores do meanwhile.
func (m measurements) took(name string, fn func() error) error {
	begun, before := time.Now(), cpu()
	err := fn()
	m.add(name, time.Since(begun).Seconds())
	m.add("CPU of "+name, cpu()-before)
	return err
}

// cpu is how many seconds of the cores the process has used.
func cpu() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func main() {
	concurrency.Main()
	m := measurements{}
	err := run(context.Background(), os.Args[1:], m)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(m)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, m measurements) error {
	switch {
	case len(args) == 2 && args[0] == "fill":
		return fill(ctx, args[1], m)
	case len(args) == 2 && args[0] == "plan":
		return plan(ctx, args[1], m)
	case len(args) == 3 && args[0] == "gate":
		rounds, err := strconv.Atoi(args[2])
		if err != nil {
			return err
		}
		return govern(ctx, args[1], rounds, m)
	case len(args) == 3 && args[0] == "drain":
		return long(ctx, args[1], args[2], m)
	case len(args) == 4 && args[0] == "wire":
		rounds, err := strconv.Atoi(args[3])
		if err != nil {
			return err
		}
		return wire(ctx, args[1], args[2], rounds, m)
	case len(args) == 4 && args[0] == "tpch":
		rounds, err := strconv.Atoi(args[3])
		if err != nil {
			return err
		}
		return tpch(ctx, args[1], args[2], rounds, m)
	}
	if len(args) == 5 && args[0] == "mixed" {
		return mix(ctx, args[1], args[2], args[3], args[4], m)
	}
	if numbers, err := integers(args); err == nil {
		switch {
		case len(numbers) == 2 && args[0] == "replay-fill":
			return fillReplay(ctx, args[1], numbers[0], numbers[1])
		case len(numbers) == 3 && args[0] == "replay":
			return replay(ctx, args[1], numbers[0], numbers[1], numbers[2], m)
		case len(numbers) == 5 && args[0] == "commits":
			return commitAll(ctx, args[1], args[2], numbers, m)
		case len(numbers) == 2 && args[0] == "floor":
			return floor(ctx, args[1], numbers[0], numbers[1], m)
		}
	}
	return errors.New("probe fill DIR, probe plan DIR, probe gate DIR ROUNDS, probe wire TARN POSTGRES ROUNDS, probe drain URL SQL, probe tpch PROJECT QUERIES ROUNDS, probe floor DIR COMMITS AT-ONCE, " +
		"probe commits CATALOG DIR TABLES PROCESSES WRITERS COMMITS-OF-EACH KEPT, probe mixed POSTGRES HTTP CLIENTS DURATION, " +
		"probe replay-fill DIR USERS TABLES, probe replay ADDRESS QUERIES USERS TABLES")
}

// integers are those that arguments end in, after the word and the folders.
func integers(args []string) (numbers []int, err error) {
	if len(args) == 0 {
		return nil, nil
	}
	for _, arg := range args[min(len(args), map[string]int{"commits": 3, "floor": 2, "replay-fill": 2, "replay": 2}[args[0]]):] {
		n, err := strconv.Atoi(arg)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// inLake opens the lake below a folder, and closes it after fn.
func inLake(ctx context.Context, dir string, wrap func(objstore.Store) objstore.Store, fn func(*lake.Lake) error) (err error) {
	store, err := local.New(filepath.Join(dir, "warehouse"))
	if err != nil {
		return err
	}
	db, err := metadb.Open(ctx, filepath.Join(dir, "catalog.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	l, err := lake.Open(ctx, lake.Options{DB: db, Store: wrap(store)})
	if err != nil {
		return err
	}
	return fn(l)
}
