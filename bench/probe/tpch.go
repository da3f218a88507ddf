package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/engine/duckdb"
	"github.com/tarn-lake/tarn/internal/ident"
)

// tpch runs the queries of a folder over a project's lake in turn with the
// embedded engine by itself over the same files.
func tpch(ctx context.Context, dir, queries string, rounds int, m measurements) (err error) {
	a, err := app.Open(app.Options{Dir: dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	raw, err := openRaw(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	texts, err := filepath.Glob(filepath.Join(queries, "*.sql"))
	if err != nil {
		return err
	}
	slices.Sort(texts)
	for round := range rounds {
		for i, file := range texts {
			sql, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			sides := []struct {
				name  string
				query func() (array.RecordReader, error)
			}{
				{"tarn", func() (array.RecordReader, error) { return a.Query(ctx, app.QueryRequest{SQL: string(sql)}) }},
				{"duckdb", func() (array.RecordReader, error) { return raw.Query(ctx, string(sql)) }},
			}
			var rows [2]int64
			for n := range sides {
				at := (n + i + round) % 2
				took, used, count, err := drain(sides[at].query)
				if err != nil {
					return fmt.Errorf("%s: %s: %w", file, sides[at].name, err)
				}
				rows[at] = count
				if round > 0 { // the first fills the disk's cache
					query := strings.TrimSuffix(filepath.Base(file), ".sql")
					m.add(sides[at].name+" "+query, took)
					m.add("CPU of "+sides[at].name+" "+query, used)
				}
			}
			if rows[0] != rows[1] {
				return fmt.Errorf("%s: %d rows, and %d by the engine itself", file, rows[0], rows[1])
			}
		}
	}
	return nil
}

// drain reads a result to its end, and tells the seconds that it took and those
// of the cores.
func drain(query func() (array.RecordReader, error)) (took, used float64, rows int64, err error) {
	begun, before := time.Now(), cpu()
	r, err := query()
	if err != nil {
		return 0, 0, 0, err
	}
	defer r.Release()
	for r.Next() {
		rows += r.RecordBatch().NumRows()
	}
	return time.Since(begun).Seconds(), cpu() - before, rows, r.Err()
}

// openRaw opens an instance of the engine with views over the data files, as
// somebody would who has only them.
func openRaw(ctx context.Context, dir string) (engine.Session, error) {
	e, err := duckdb.Open(ctx, engine.Options{Class: engine.Writer})
	if err != nil {
		return nil, err
	}
	s, err := e.Session(ctx)
	if err != nil {
		return nil, err
	}
	tables, err := filepath.Glob(filepath.Join(dir, ".tarn", "warehouse", "tpch", "*"))
	if err != nil {
		return nil, err
	}
	sql := "CREATE SCHEMA tpch;"
	for _, table := range tables {
		if strings.Contains(filepath.Base(table), "__") {
			continue // a quarantine
		}
		sql += fmt.Sprintf("CREATE VIEW tpch.%s AS SELECT * FROM read_parquet(%s);", ident.Quote(filepath.Base(table)),
			ident.Literal(filepath.Join(table, "data", "*", "*.parquet")))
	}
	_, err = s.Exec(ctx, sql)
	return s, err
}
