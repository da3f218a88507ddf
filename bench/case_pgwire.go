package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/tarn-lake/tarn/test/engines/dbserver"
)

// longResult has 100 million rows.
const longResult = "SELECT range AS id, 'row ' || range AS name FROM range(100000000)"

// wiring serves rows by PostgreSQL's protocol.
func wiring() benchCase {
	var postgres *dbserver.Postgres
	var tarn string
	var served *server
	return benchCase{
		name:  "pgwire",
		about: "2 million rows of 7 columns by PostgreSQL's protocol, against PostgreSQL with the same rows, read by pgx; and 100 million with memory: 1GB",
		prepare: func(ctx context.Context, l *lab) (err error) {
			if postgres, err = dbserver.StartPostgres(ctx, "shared_buffers=512MB"); err != nil {
				return err
			}
			l.atEnd(postgres.Stop)
			columns := fmt.Sprintf(columnsOfOrders, "timestamptz '2025-01-01' + g * interval '1.5 seconds'", "(ARRAY['United Kingdom','France','Germany','Norway'])[1 + g % 4]")
			if _, err = postgres.SQL(ctx, "postgres", fmt.Sprintf("CREATE TABLE orders AS SELECT %s FROM generate_series(0::bigint, %d) g", columns, databaseRows-1),
				"CREATE INDEX ON orders (id)", "VACUUM ANALYZE orders"); err != nil {
				return err
			}
			tarn, served, err = l.servedOrders(ctx)
			if err == nil {
				l.atEnd(served.stop)
			}
			return err
		},
		figures: func(ctx context.Context, l *lab, n int) ([]figure, error) {
			m, err := l.probe(ctx, "wire", tarn, postgres.URL("postgres"), strconv.Itoa(n))
			if err != nil {
				return nil, err
			}
			var list []figure
			for _, format := range []string{"text", "binary"} {
				ours, theirs := m.median("tarn "+format), m.median("postgres "+format)
				list = append(list, figure{"rows/s, " + format, fmt.Sprintf("%.0f against %.0f: %.2f×", ours, theirs, ours/theirs), "1× or more", ""})
			}
			list = append(list, figure{"one row through an open connection, p50",
				fmt.Sprintf("%.1f ms against %.1f ms", 1000*m.median("tarn point"), 1000*m.median("postgres point")), "5 ms or less", "the gate and the engine's plan; PostgreSQL has an index"})
			long, err := l.probe(ctx, "drain", tarn, longResult)
			if err != nil {
				return nil, err
			}
			peak, err := served.peak()
			return append(list, figure{"100 million rows with memory: 1GB", fmt.Sprintf("%.0f rows, %.0f rows/s, the server held %s at most", long.median("rows"), long.median("rows/s"), peak), "", ""}), err
		},
	}
}

// servedOrders builds the table and serves it.
func (l *lab) servedOrders(ctx context.Context) (url string, s *server, err error) {
	dir, err := os.MkdirTemp(l.work, "pgwire")
	if err != nil {
		return "", nil, err
	}
	columns := fmt.Sprintf(columnsOfOrders, "timestamptz '2025-01-01' + to_milliseconds(g * 1500)", "['United Kingdom','France','Germany','Norway'][1 + g % 4]")
	for file, text := range map[string]string{
		"dbt_project.yml": "name: orders\nversion: '1.0'\n", "tarn.yml": "engine: {memory: 1GB}\n",
		"models/orders.sql": fmt.Sprintf("{{ config(materialized='table') }}\nSELECT %s FROM range(0::bigint, %d) t(g)\n", columns, databaseRows),
	} {
		if err := writeProjectFile(dir, file, text); err != nil {
			return "", nil, err
		}
	}
	if _, err := (command{args: []string{l.tarn, "build", "--project-dir", dir}}).run(ctx); err != nil {
		return "", nil, err
	}
	s, at, err := l.servePostgres(ctx, dir)
	return "postgres://bench@" + at + "/orders?sslmode=disable", s, err
}
