package main

import (
	"context"
	"fmt"
	"path/filepath"
)

const (
	logFile = "access.log"
	logSize = 500e6
)

// accessLog loads an access log on one core.
var accessLog = benchCase{
	name:  "access_log",
	about: "an Apache access log of 500 MB into a committed table, on one core",
	aim:   "1,000,000 lines/s",
	prepare: func(ctx context.Context, l *lab) error {
		if err := peers(ctx, l); err != nil {
			return err
		}
		return l.data(logFile, func(file string) error { return writeAccessLog(file, logSize) })
	},
	amount: lines(logFile, 0),
	unit:   "lines/s",
	sides: []side{
		{
			name:  "tarn ingest",
			reset: func(l *lab, dir string) error { return writeIngest(l, dir, logFile, "\n    format: access_log\n") },
			command: func(l *lab, dir string) command {
				return command{
					args: []string{l.tarn, "ingest", "--project-dir", dir}, oneCore: true,
					env: []string{"GOMAXPROCS=1", "TARN_ENGINE_THREADS=1"},
				}
			},
			check: func(ctx context.Context, l *lab, dir string) error {
				return expect("SELECT count(*) FROM raw.records", fmt.Sprintf("%.0f", lines(logFile, 0)(l)))(ctx, l, dir)
			},
		},
		{
			name: "DuckDB regexp_extract",
			command: func(l *lab, dir string) command {
				return command{args: l.script("peer/load_access_log.py", l.dataFile(logFile), filepath.Join(dir, "log.parquet")), oneCore: true}
			},
		},
	},
}
