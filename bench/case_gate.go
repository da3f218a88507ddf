package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// governedProject has 10,000 tables in namespaces of 100, and views over them.
const (
	governedProject = "governed"
	governedTeams   = 100
	governedTables  = 100 // of each
	governedViews   = 20
	governedRounds  = 300
)

// governed asks the gate about statements of people who may do little.
var governed = benchCase{
	name:    "gate",
	about:   "what the gate costs a statement: 1,000 policies, 10,000 tables of 12 columns without rows, 60 principals in turn",
	prepare: prepareGoverned,
	figures: func(ctx context.Context, l *lab, n int) ([]figure, error) {
		m, err := l.probe(ctx, "gate", l.dataFile(governedProject), strconv.Itoa(governedRounds*min(n, 3)))
		if err != nil {
			return nil, err
		}
		var figures []figure
		for _, what := range []string{"one table", "five tables", "a view"} {
			figures = append(figures, m.gateFigure(what))
		}
		return append(figures,
			figure{"planning one table, apart", m.milliseconds("one table: plan"), "", "the empty table's files, and the engine's plan"},
			figure{"a table that is hidden", m.milliseconds("hidden"), "", "the hint: names that one sees and that are near"},
			figure{"which of the tables one sees", m.milliseconds("seen"), "", "up to eight decisions for each of 10,000 tables"},
			figure{"compiling the policies", m.milliseconds("compile"), "", "checking each against the schema, and the names in it"}), nil
	},
}

// gateFigure is what statements of a kind cost, and where.
func (m numbers) gateFigure(what string) figure {
	part := func(name string) float64 { return 1000 * m.median(what+": "+name) }
	return figure{what, fmt.Sprintf("p50 %.2f ms, p99 %.2f ms; %.2f ms of CPU with the engine's plan", 1000*m.median(what), 1000*m.p99(what), 1000*m.mean("CPU of "+what)),
		"p99 5 ms or less",
		fmt.Sprintf("parse %.2f ms, resolve %.2f ms (%.2f ms of it the state of the catalog), decide %.2f ms, rewrite %.2f ms, each by its median",
			part("parse"), part("resolve"), part("pin"), part("decide"), part("rewrite"))}
}

func (m numbers) milliseconds(name string) string {
	return fmt.Sprintf("p50 %.2f ms, p99 %.2f ms", 1000*m.median(name), 1000*m.p99(name))
}

func (m numbers) mean(name string) float64 {
	var sum float64
	for _, v := range m[name] {
		sum += v
	}
	return sum / float64(max(len(m[name]), 1))
}

// prepareGoverned makes the tables over REST, and then builds the views. A mark
// says that all is there.
func prepareGoverned(ctx context.Context, l *lab) error {
	dir := l.dataFile(governedProject)
	mark := filepath.Join(dir, "complete")
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	if err := writeProjectFile(dir, "dbt_project.yml", "name: governed\nversion: '1.0'\nprofile: governed\n"); err != nil {
		return err
	}
	for i := range governedViews {
		sql := fmt.Sprintf("{{ config(materialized='view') }}\nselect a.column_01, b.column_02, c.column_03 from team_%03[1]d.table_%05[2]d a join team_%03[1]d.table_%05[3]d b using (column_01) left join team_%03[1]d.table_%05[4]d c using (column_01)\n",
			i, i*governedTables, i*governedTables+1, i*governedTables+2)
		if err := writeProjectFile(dir, fmt.Sprintf("models/view_%02d.sql", i), sql); err != nil {
			return err
		}
	}
	s, err := l.serve(ctx, dir)
	if err != nil {
		return err
	}
	for i := 0; i < governedTeams && err == nil; i++ {
		err = s.createTables(ctx, []string{fmt.Sprintf("team_%03d", i)}, i*governedTables, governedTables)
	}
	if err = errors.Join(err, s.stop()); err != nil {
		return err
	}
	if _, err := (command{args: []string{l.tarn, "build", "--project-dir", dir}}).run(ctx); err != nil {
		return err
	}
	return os.WriteFile(mark, nil, 0o644)
}
