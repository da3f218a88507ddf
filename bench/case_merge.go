package main

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"time"
)

const (
	mergeBase    = "merge-base.csv"
	mergeChanges = "merge-changes.csv"
	mergeRows    = 10_000_000
	mergeChanged = 100_000
)

// merge brings changes into a table: 1 % of its rows, spread over all of it.
var merge = benchCase{
	name:    "merge",
	about:   "100,000 changed rows, merged by primary key and cursor into an Iceberg table of 10,000,000 (copy-on-write)",
	aim:     "seconds; Spark 14.7 s, PyIceberg 16.9 s on this machine",
	prepare: prepareMerge,
	amount:  func(*lab) float64 { return mergeRows },
	unit:    "rows/s of the table",
	pairs:   3,
	sides: []side{
		{
			name:  "tarn ingest",
			reset: resetMerge,
			command: func(l *lab, dir string) command {
				return command{args: []string{l.tarn, "ingest", "--project-dir", dir}}
			},
			check: expect("SELECT sum(version) AS versions FROM raw.records", strconv.Itoa(mergeRows+mergeChanged)),
		},
		{
			name: "DuckDB script, Parquet to Parquet",
			reset: func(l *lab, dir string) error {
				return runQuietly(l.script("peer/merge.py", "base", l.dataFile(mergeBase), filepath.Join(dir, "base.parquet")))
			},
			command: func(l *lab, dir string) command {
				return command{args: l.script("peer/merge.py", "merge", l.dataFile(mergeChanges), filepath.Join(dir, "base.parquet"), filepath.Join(dir, "merged.parquet"))}
			},
		},
	},
}

func runQuietly(args []string) error {
	_, err := command{args: args}.run(context.Background())
	return err
}

func prepareMerge(ctx context.Context, l *lab) error {
	if err := peers(ctx, l); err != nil {
		return err
	}
	if err := l.data(mergeBase, func(file string) error { return writeVersions(file, 1, mergeRows, 1) }); err != nil {
		return err
	}
	return l.data(mergeChanges, func(file string) error { return writeVersions(file, 2, mergeChanged, mergeRows/mergeChanged) })
}

// resetMerge loads the table, and puts the changes beside its file.
func resetMerge(l *lab, dir string) error {
	settings := `
    columns: {id: long, version: long, placed_at: timestamp, customer: string, price: "decimal(18,2)", note: string}
    mode: merge
    primary_key: id
    cursor: version
`
	if err := writeIngest(l, dir, mergeBase, settings); err != nil {
		return err
	}
	if err := runQuietly([]string{l.tarn, "ingest", "--project-dir", dir}); err != nil {
		return err
	}
	if err := linkData(l, dir, mergeChanges); err != nil {
		return err
	}
	return writeProjectFile(dir, "ingest/raw.yml", "source: raw\ntables:\n  records:\n    from: file\n    path: merge-*.csv"+settings)
}

// writeVersions writes a CSV file of rows with every step-th id, in no order.
func writeVersions(file string, version, rows, step int) error {
	random := rand.New(rand.NewPCG(5, uint64(version)))
	ids := random.Perm(rows)
	return writeLines(file, "id,version,placed_at,customer,price,note\n", rows, func(line []byte, n int) []byte {
		id := ids[n-1] * step
		line = strconv.AppendInt(line, int64(id), 10)
		line = strconv.AppendInt(append(line, ','), int64(version), 10)
		at := time.Date(2025, 1, 1, 0, 0, id%30_000_000, 0, time.UTC)
		line = at.AppendFormat(append(line, ','), "2006-01-02 15:04:05")
		line = strconv.AppendInt(append(line, ",C"...), int64(random.IntN(500_000)), 10)
		line = strconv.AppendFloat(append(line, ','), float64(random.IntN(1_000_000))/100, 'f', 2, 64)
		return append(line, ",leave at the door\n"...)
	})
}
