package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const tpchProject = "tpch"

// queries runs TPC-H's, through Tarn and by the engine alone.
var queries = benchCase{
	name:    "tpch",
	about:   "TPC-H at scale 1: the 22 queries through the gate, and by the embedded engine over the same Parquet files",
	prepare: prepareTPCH,
	figures: func(ctx context.Context, l *lab, n int) ([]figure, error) {
		m, err := l.probe(ctx, "tpch", l.dataFile(tpchProject), filepath.Join(l.root, "bench", "tpch"), strconv.Itoa(n+1))
		if err != nil {
			return nil, err
		}
		return []figure{m.compare("", "", "1.10 or less"), m.compare("CPU of ", " of CPU", "")}, nil
	},
}

// compare tells the ratio of sums, and the query where Tarn is worst.
func (m numbers) compare(kind, unit, aim string) figure {
	var ours, theirs, worst, logs float64
	var where string
	queries := 0
	for name := range m {
		query, found := strings.CutPrefix(name, kind+"tarn ")
		if !found {
			continue
		}
		a, b := m.median(name), m.median(kind+"duckdb "+query)
		ours, theirs = ours+a, theirs+b
		var ratios []float64
		for i, v := range m[name] {
			ratios = append(ratios, v/m[kind+"duckdb "+query][i])
		}
		slices.Sort(ratios)
		r := middle(ratios)
		if r > worst {
			worst, where = r, query
		}
		logs += math.Log(r)
		queries++
	}
	return figure{what: "tarn : duckdb, sums of medians" + unit,
		value: fmt.Sprintf("%.2f (%.2f s : %.2f s), geometric mean of %d queries %.2f, worst %.2f in %s",
			ours/theirs, ours, theirs, queries, math.Exp(logs/float64(queries)), worst, where),
		aim: aim, bound: fmt.Sprintf("the engine, which runs both over the same files; the way through the gate makes a difference of %.1f ms a query",
			1000*(ours-theirs)/float64(queries))}
}

// prepareTPCH makes the data and loads it.
func prepareTPCH(ctx context.Context, l *lab) error {
	if err := peers(ctx, l); err != nil {
		return err
	}
	err := l.data("tpch-sf1", func(dir string) error {
		_, err := command{args: []string{filepath.Join(l.work, "venv", "bin", "tpchgen-cli"), "parquet", "-s", "1", "--output-dir", dir}}.run(ctx)
		return err
	})
	if err != nil {
		return err
	}
	project := l.dataFile(tpchProject)
	sources := "source: tpch\ntables:\n"
	for _, table := range []string{"customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"} {
		sources += fmt.Sprintf("  %s:\n    from: file\n    path: ../tpch-sf1/%s.parquet\n", table, table)
	}
	if err := writeProjectFile(project, "ingest/tpch.yml", sources); err != nil {
		return err
	}
	if err := writeProjectFile(project, "dbt_project.yml", "name: tpch\nversion: '1.0'\nprofile: tpch\n"); err != nil {
		return err
	}
	_, err = command{args: []string{l.tarn, "ingest", "--project-dir", project}}.run(ctx) // what is loaded is skipped
	return err
}
