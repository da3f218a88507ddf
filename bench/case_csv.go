package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

const (
	ordersFile  = "orders.csv"
	ordersSize  = 400e6
	orders4File = "orders-4gb.csv"
	orders4Size = 4e9
)

// csv loads one file with declared columns.
var csv = benchCase{
	name:    "csv",
	about:   "one CSV file of 400 MB, columns declared, into a committed Iceberg table with file and line of each row",
	aim:     "1.00 or less with line numbers, 1.50 or less without",
	prepare: prepareOrders(ordersFile, ordersSize),
	amount:  lines(ordersFile, 1),
	unit:    "rows/s",
	sides: []side{
		loadOrders("tarn ingest", ordersFile),
		copyOrders("DuckDB COPY with line numbers", "--lines"),
		copyOrders("DuckDB COPY"),
	},
}

// memory loads ten times as much with little memory.
var memory = benchCase{
	name:    "memory",
	about:   "one CSV file of 4 GB with engine.memory at 512MB",
	aim:     "1 GB resident or less, the whole process",
	prepare: prepareOrders(orders4File, orders4Size),
	amount:  lines(orders4File, 1),
	unit:    "rows/s",
	pairs:   1,
	sides:   []side{loadOrders("tarn ingest", orders4File, "TARN_ENGINE_MEMORY=512MB")},
}

func prepareOrders(name string, size int64) func(context.Context, *lab) error {
	return func(ctx context.Context, l *lab) error {
		if err := peers(ctx, l); err != nil {
			return err
		}
		return l.data(name, func(file string) error { return writeEvents(file, size) })
	}
}

// loadOrders is Tarn's side: a project of one file.
func loadOrders(name, file string, env ...string) side {
	return side{
		name: name,
		reset: func(l *lab, dir string) error {
			return writeIngest(l, dir, file, `
    columns:
      id: long
      placed_at: timestamp
      customer: string
      country: string
      quantity: long
      price: decimal(18,2)
      paid: boolean
      note: string
`)
		},
		command: func(l *lab, dir string) command {
			return command{args: []string{l.tarn, "ingest", "--project-dir", dir}, env: env}
		},
		check: func(ctx context.Context, l *lab, dir string) error {
			return expect("SELECT count(*) FROM raw.records", fmt.Sprintf("%.0f", lines(file, 1)(l)))(ctx, l, dir)
		},
	}
}

// copyOrders is the peer's side.
func copyOrders(name string, flags ...string) side {
	return side{name: name, command: func(l *lab, dir string) command {
		args := l.script("peer/load_csv.py", l.dataFile(ordersFile), filepath.Join(dir, "orders.parquet"))
		return command{args: append(args, flags...)}
	}}
}

// writeIngest makes a project that loads one file of the lab into
// raw.records. The file is a hard link: nothing is copied.
func writeIngest(l *lab, dir, file, settings string) error {
	if err := linkData(l, dir, file); err != nil {
		return err
	}
	if err := writeProjectFile(dir, "dbt_project.yml", "name: load\nversion: '1.0'\n"); err != nil {
		return err
	}
	return writeProjectFile(dir, "ingest/raw.yml",
		"source: raw\ntables:\n  records:\n    from: file\n    path: "+file+settings)
}

func linkData(l *lab, dir, file string) error {
	return os.Link(l.dataFile(file), filepath.Join(dir, file))
}

// lines returns the number of lines of a file, less those of its header.
func lines(file string, header float64) func(*lab) float64 {
	return func(l *lab) float64 {
		n, err := countLines(l.dataFile(file))
		if err != nil {
			return 0
		}
		return n - header
	}
}
