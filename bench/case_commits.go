package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/test/engines/dbserver"
)

// commitRun is writers that commit.
type commitRun struct {
	what, aim string
	postgres  bool
	// numbers are those of tables, processes, writers, commits of each, and
	// snapshots that each table keeps.
	numbers [5]int
}

// commitRuns are one table against its snapshots, and then many writers.
var commitRuns = []commitRun{
	{what: "one table, 1 writer, 1 snapshot kept", numbers: [5]int{1, 1, 1, 100, 1}},
	{what: "one table, 1 writer, 50 snapshots kept", numbers: [5]int{1, 1, 1, 100, 50}},
	{what: "one table, 1 writer, 200 snapshots kept", aim: "50 or more", numbers: [5]int{1, 1, 1, 100, 200}},
	{what: "one table, 32 writers of one process, 200 kept", numbers: [5]int{1, 1, 32, 10, 200}},
	{what: "one table, 32 writers of 4 processes, 200 kept", numbers: [5]int{1, 4, 32, 10, 200}},
	{what: "one table, 32 writers of 4 processes, 200 kept, Postgres", aim: "50 or more", postgres: true, numbers: [5]int{1, 4, 32, 10, 200}},
	{what: "32 tables, 32 writers of one process", numbers: [5]int{32, 1, 32, 20, 1}},
	{what: "32 tables, 32 writers of 4 processes", numbers: [5]int{32, 4, 32, 20, 1}},
	{what: "32 tables, 32 writers of one process, Postgres", aim: "500 or more", postgres: true, numbers: [5]int{32, 1, 32, 20, 1}},
	{what: "32 tables, 32 writers of 4 processes, Postgres", aim: "500 or more", postgres: true, numbers: [5]int{32, 4, 32, 20, 1}},
}

// committing commits one row at a time.
func committing() benchCase {
	var server *dbserver.Postgres
	return benchCase{
		name:  "commits",
		about: "commits a second of one row each, durable, with their snapshots expired as they are made",
		prepare: func(ctx context.Context, l *lab) (err error) {
			if server, err = dbserver.StartPostgres(ctx); err == nil {
				l.atEnd(server.Stop)
			}
			return err
		},
		figures: func(ctx context.Context, l *lab, n int) ([]figure, error) {
			all := make([]numbers, len(commitRuns))
			floors := map[int]numbers{1: {}, 32: {}}
			for range min(n, 3) { // in turn, so that what else the machine does falls on all
				for i, r := range commitRuns {
					m, err := l.commits(ctx, server, r)
					if err != nil {
						return nil, fmt.Errorf("%s: %w", r.what, err)
					}
					all[i] = all[i].with(m)
				}
				for at := range floors {
					m, err := l.fresh(ctx, func(dir string) []string { return []string{"floor", dir, strconv.Itoa(100 + 10*at), strconv.Itoa(at)} })
					if err != nil {
						return nil, err
					}
					floors[at] = floors[at].with(m)
				}
			}
			return commitFigures(all, floors), os.RemoveAll(filepath.Join(l.work, "run"))
		},
	}
}

func commitFigures(all []numbers, floors map[int]numbers) (figures []figure) {
	for i, r := range commitRuns {
		at := min(r.numbers[2], 32)
		figures = append(figures, figure{r.what, fmt.Sprintf("%.0f/s, %.1f ms of CPU each", all[i].median("commits a second"), 1000*all[i].median("CPU of a commit")), r.aim,
			fmt.Sprintf("%d cores allow %.0f/s of that CPU; the disk %.0f/s of the same files", cores(),
				float64(cores())/all[i].median("CPU of a commit"), floors[at].median("commits a second"))})
	}
	for _, at := range []int{1, 32} {
		figures = append(figures, figure{fmt.Sprintf("the same files written and synced, and nothing else, %d at a time", at),
			fmt.Sprintf("%.0f/s", floors[at].median("commits a second")), "", "4 files, 4 folders and the database's log: 9 syncs in three rounds"})
	}
	return figures
}

// with has the values of other numbers, too.
func (m numbers) with(other numbers) numbers {
	out := numbers{}
	for _, of := range []numbers{m, other} {
		for name, values := range of {
			out[name] = append(out[name], values...)
		}
	}
	return out
}

// commits runs one of them in a lake of its own.
func (l *lab) commits(ctx context.Context, server *dbserver.Postgres, r commitRun) (numbers, error) {
	catalog := ""
	if r.postgres {
		database := fmt.Sprintf("bench%d", time.Now().UnixNano())
		if _, err := server.SQL(ctx, "postgres", "CREATE DATABASE "+database); err != nil {
			return nil, err
		}
		catalog = server.URL(database)
	}
	return l.fresh(ctx, func(dir string) []string {
		args := []string{"commits", catalog, dir}
		if !r.postgres {
			args[1] = filepath.Join(dir, "catalog.db")
		}
		for _, n := range r.numbers {
			args = append(args, strconv.Itoa(n))
		}
		return args
	})
}

// fresh runs probe in a new folder. Those of all runs stay until the case is
// done: a file system that has just let go of many files may be slow to make new
// ones.
func (l *lab) fresh(ctx context.Context, args func(dir string) []string) (numbers, error) {
	all := filepath.Join(l.work, "run", "commits")
	if err := os.MkdirAll(all, 0o755); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(all, "")
	if err != nil {
		return nil, err
	}
	return l.probe(ctx, args(dir)...)
}
