package main

import (
	"context"
	"fmt"
	"path/filepath"
)

const (
	javaLogFile = "java.log"
	javaLogSize = 100e6
)

// javaLog loads a log with stack traces on one core.
var javaLog = benchCase{
	name:  "java_log",
	about: "a log of Log4j's with stack traces, 100 MB, into a committed table, on one core",
	aim:   "500,000 lines/s",
	prepare: func(ctx context.Context, l *lab) error {
		if err := peers(ctx, l); err != nil {
			return err
		}
		return l.data(javaLogFile, func(file string) error { return writeJavaLog(file, javaLogSize) })
	},
	amount: lines(javaLogFile, 0),
	unit:   "lines/s",
	sides: []side{
		{
			name:  "tarn ingest",
			reset: func(l *lab, dir string) error { return writeIngest(l, dir, javaLogFile, "\n    format: java_log\n") },
			command: func(l *lab, dir string) command {
				return command{
					args: []string{l.tarn, "ingest", "--project-dir", dir}, oneCore: true,
					env: []string{"GOMAXPROCS=1", "TARN_ENGINE_THREADS=1"},
				}
			},
			// Every physical line is part of a record.
			check: func(ctx context.Context, l *lab, dir string) error {
				return expect("SELECT sum(lines) AS lines FROM raw.records", fmt.Sprintf("%.0f", lines(javaLogFile, 0)(l)))(ctx, l, dir)
			},
		},
		{
			name: "DuckDB window + regexp_extract",
			command: func(l *lab, dir string) command {
				return command{args: l.script("peer/load_java_log.py", l.dataFile(javaLogFile), filepath.Join(dir, "log.parquet")), oneCore: true}
			},
		},
	},
}
