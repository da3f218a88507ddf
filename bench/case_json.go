package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"time"
)

const (
	jsonLinesFile = "orders.ndjson"
	jsonArrayFile = "orders.json"
	jsonSize      = 400e6
)

// jsonLines and jsonArray load the same orders, each on its line or as the
// elements of one array.
var (
	jsonLines = jsonCase("ndjson", jsonLinesFile, "NDJSON", "newline_delimited", false)
	jsonArray = jsonCase("json", jsonArrayFile, "a JSON array", "array", true)
)

func jsonCase(name, file, about, format string, array bool) benchCase {
	orders := func(l *lab) float64 {
		n, err := countLines(l.dataFile(file))
		if err != nil {
			return 0
		}
		return n
	}
	return benchCase{
		name:  name,
		about: about + " of 400 MB, orders with a struct and a list, types found out, into a committed Iceberg table with file and line of each row",
		aim:   "1.25 or less",
		prepare: func(ctx context.Context, l *lab) error {
			if err := peers(ctx, l); err != nil {
				return err
			}
			return l.data(file, func(path string) error { return writeOrdersJSON(path, jsonSize, array) })
		},
		amount: orders,
		unit:   "rows/s",
		sides: []side{
			{
				name:  "tarn ingest",
				reset: func(l *lab, dir string) error { return writeIngest(l, dir, file, "\n") },
				command: func(l *lab, dir string) command {
					return command{args: []string{l.tarn, "ingest", "--project-dir", dir}}
				},
				check: func(ctx context.Context, l *lab, dir string) error {
					return expect("SELECT count(*) FROM raw.records", fmt.Sprintf("%.0f", orders(l)))(ctx, l, dir)
				},
			},
			{
				name: "DuckDB read_json COPY",
				command: func(l *lab, dir string) command {
					return command{args: l.script("peer/load_json.py", l.dataFile(file), filepath.Join(dir, "orders.parquet"), format)}
				},
			},
		},
	}
}

// writeOrdersJSON writes orders, each on a line, of at least size bytes.
func writeOrdersJSON(file string, size int64, array bool) error {
	countries := []string{"United Kingdom", "France", "Germany", "Norway", "Portugal", "Hong Kong", "EIRE", "Singapore"}
	random := rand.New(rand.NewPCG(7, 8))
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	var written int64
	order := func(line []byte, n int) []byte {
		at = at.Add(time.Duration(random.IntN(2000)) * time.Millisecond)
		line = strconv.AppendInt(append(line, `{"id":`...), int64(n), 10)
		line = at.AppendFormat(append(line, `,"placed_at":"`...), "2006-01-02T15:04:05Z")
		line = strconv.AppendInt(append(line, `","customer":{"id":"C`...), int64(random.IntN(500_000)), 10)
		line = append(append(line, `","country":"`...), countries[random.IntN(len(countries))]...)
		line = strconv.AppendInt(append(line, `"},"quantity":`...), int64(random.IntN(100)), 10)
		line = strconv.AppendFloat(append(line, `,"price":`...), float64(random.IntN(1_000_000))/100, 'f', 2, 64)
		line = strconv.AppendBool(append(line, `,"paid":`...), random.IntN(10) > 0)
		if random.IntN(20) == 0 {
			line = append(line, `,"note":"please, ring \"twice\"","tags":["fragile","new"]}`...)
		} else {
			line = append(line, `,"note":"leave at the door","tags":[]}`...)
		}
		if written += int64(len(line)) + 1; array && n == 1 {
			line = append([]byte("["), line...)
		}
		switch {
		case array && written >= size:
			return append(line, "]\n"...)
		case array:
			return append(line, ",\n"...)
		}
		return append(line, '\n')
	}
	return writeWhile(file, "", order, func(int64, int) bool { return written < size })
}
