package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Half of the tables are in one namespace, and the others in nested ones.
const (
	manyTables     = 100_000
	tablesAtATime  = 1000
	tablesProject  = "hundred-thousand-tables"
	oneTable       = "one-table"
	bigNamespace   = "everything"
	requestsOfEach = 300
)

// tables asks a lake of many tables for one of them.
var tables = benchCase{
	name:    "tables",
	about:   "a lake of 100,000 tables, made over REST: what other engines wait for, and what commands cost",
	prepare: prepareTables,
	figures: func(ctx context.Context, l *lab, n int) ([]figure, error) {
		figures, err := l.requests(ctx)
		if err != nil {
			return nil, err
		}
		more, err := l.commandsOverMany(ctx, n)
		return append(figures, more...), err
	},
}

// requests measures requests to a server, in turn.
func (l *lab) requests(ctx context.Context) (figures []figure, err error) {
	s, err := l.serve(ctx, l.dataFile(tablesProject))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	first := "/v1/namespaces/" + bigNamespace + "/tables?pageToken=&pageSize=100"
	took := numbers{}
	for range requestsOfEach {
		table := fmt.Sprintf("/v1/namespaces/%s/tables/table_%05d", bigNamespace, manyTables/2+rand.IntN(manyTables/2))
		tag := ""
		for _, one := range []struct {
			name, method, path string
			status             int
		}{
			{"empty", "GET", "/healthz", 200}, {"list", "GET", first, 200}, {"namespaces", "GET", "/v1/namespaces?parent=area_00", 200},
			{"head", "HEAD", table, 204}, {"load", "GET", table, 200}, {"same", "GET", table, 304},
		} {
			begun := time.Now()
			header, err := s.ask(ctx, one.method, one.path, nil, tag, one.status)
			if err != nil {
				return nil, err
			}
			took[one.name] = append(took[one.name], time.Since(begun).Seconds())
			tag = ""
			if one.name == "load" {
				tag = header.Get("ETag")
			}
		}
	}
	memory, err := s.peak()
	if err != nil {
		return nil, err
	}
	value := func(name string) string {
		return fmt.Sprintf("median %.2f ms, p99 %.2f ms", 1000*took.median(name), 1000*took.p99(name))
	}
	return []figure{
		{"first page of a list, 100 of 50,000 names", value("list"), "less than 1 s",
			fmt.Sprintf("one range of the index; a request for nothing takes %.2f ms", 1000*took.median("empty"))},
		{"namespaces in one", value("namespaces"), "", "one step in the index for each namespace of the lake"},
		{"load of one table", value("load"), "p99 less than 20 ms",
			fmt.Sprintf("%.2f ms for a request and the table's row, as HEAD has them, and %.2f ms for reading its metadata file",
				1000*took.median("head"), 1000*(took.median("load")-took.median("head")))},
		{"load of one that did not change", value("same"), "less than 5 ms",
			fmt.Sprintf("a request and the table's row, no file is read; of requests for nothing, p99 is %.2f ms", 1000*took.p99("empty"))},
		{"memory of the server, at most", memory, "", "what it keeps of the tables that were asked for, 512 at most"},
	}, nil
}

// commandsOverMany measures commands, in turn with the same in a lake of one table.
func (l *lab) commandsOverMany(ctx context.Context, n int) (figures []figure, err error) {
	for _, c := range []struct {
		args  []string
		bound string
	}{
		{[]string{"query", "select count(*) from sample"}, "reading 100,000 rows of the catalog, so that all tables are of one moment"},
		{[]string{"ls"}, "starting: it opens no table"},
		{[]string{"clean"}, "opening the catalog"},
		{[]string{"query", "select * from system.tables where table_name = 'sample'"}, "the same: one metadata file is opened"},
		{[]string{"query", "select * from system.tables limit 100"}, "the same: 100 metadata files are opened"},
		{[]string{"query", "select namespace, count(*) from system.tables group by all"}, "the same, and a row for each table: none is opened"},
		{[]string{"query", `select count(*), sum("columns") from system.tables`}, "taking 100,000 metadata files apart, on all cores"},
	} {
		var runs [2][]usage
		for range min(n, 3) {
			for i, project := range []string{tablesProject, oneTable} {
				u, err := (command{args: append([]string{l.tarn, "--project-dir", l.dataFile(project)}, c.args...)}).run(ctx)
				if err != nil {
					return nil, err
				}
				runs[i] = append(runs[i], u)
			}
		}
		value := func(of []usage) string {
			return fmt.Sprintf("%.2f s, %.2f CPU-s, %.0f MB", median(of, func(u usage) float64 { return u.wall.Seconds() }),
				median(of, func(u usage) float64 { return u.cpu.Seconds() }), median(of, func(u usage) float64 { return float64(u.peak) / 1e6 }))
		}
		figures = append(figures, figure{what: "tarn " + strings.Join(c.args, " "), value: value(runs[0]) + "; with one table " + value(runs[1]), bound: c.bound})
	}
	return figures, nil
}

// prepareTables makes the two lakes. A mark says that the large one is whole;
// one that is not goes on where it stopped.
func prepareTables(ctx context.Context, l *lab) error {
	for _, project := range []string{tablesProject, oneTable} {
		dir := l.dataFile(project)
		if err := writeProjectFile(dir, "dbt_project.yml", "name: many\nversion: '1.0'\nprofile: many\n"); err != nil {
			return err
		}
		if err := writeProjectFile(dir, "models/sample.sql", "{{ config(materialized='table') }}\nselect i as id, 'name ' || i as name from range(100000) as r(i)\n"); err != nil {
			return err
		}
		if _, err := (command{args: []string{l.tarn, "build", "--project-dir", dir}}).run(ctx); err != nil {
			return err
		}
	}
	mark := filepath.Join(l.dataFile(tablesProject), "complete")
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	fmt.Fprintln(os.Stderr, "bench: making 100,000 tables")
	s, err := l.serve(ctx, l.dataFile(tablesProject))
	if err != nil {
		return err
	}
	for n := 0; n < manyTables/tablesAtATime && err == nil; n++ {
		namespace := []string{bigNamespace}
		if n < manyTables/tablesAtATime/2 {
			namespace = []string{fmt.Sprintf("area_%02d", n/10), fmt.Sprintf("team_%03d", n)}
		}
		err = s.createTables(ctx, namespace, n*tablesAtATime, tablesAtATime)
	}
	if err = errors.Join(err, s.stop()); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o644)
}
