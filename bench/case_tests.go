package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// testedTable is a project that is built: a table of five million rows with
// fifty tests of its columns, and a table of keys.
const testedTable = "tested-table"

// testsTogether asks fifty tests of a table's columns. The peers run the same
// tests' SQL one after the other in DuckDB: over the same Parquet files, and
// over a table of DuckDB's own.
var testsTogether = benchCase{
	name:    "tests_together",
	about:   "50 tests of the columns of a table of 5,000,000 rows",
	aim:     "less than one after the other",
	prepare: prepareTested,
	pairs:   3,
	sides: []side{
		{name: "tarn test", command: func(l *lab, _ string) command {
			return command{args: []string{l.tarn, "test", "--quiet", "--project-dir", l.dataFile(testedTable)}}
		}},
		{name: "one by one in DuckDB, the same files", command: func(l *lab, _ string) command {
			return command{args: l.script("peer/run_tests.py", "run", l.dataFile(testedTable), "files")}
		}},
		{name: "one by one in DuckDB, its own table", command: func(l *lab, _ string) command {
			return command{args: l.script("peer/run_tests.py", "run", l.dataFile(testedTable), "table")}
		}},
	},
}

func prepareTested(ctx context.Context, l *lab) error {
	if err := peers(ctx, l); err != nil {
		return err
	}
	if err := l.data(testedTable, writeTested); err != nil {
		return err
	}
	// A lake stays where it was made.
	return l.data(testedTable+".built", func(mark string) error {
		dir := l.dataFile(testedTable)
		if err := runQuietly([]string{l.tarn, "build", "--quiet", "--project-dir", dir}); err != nil {
			return err
		}
		return errors.Join(runQuietly(l.script("peer/run_tests.py", "prepare", dir)), os.WriteFile(mark, nil, 0o644))
	})
}

// writeTested writes the project: a key, fifteen columns of few values, and
// tests that all pass.
func writeTested(dir string) error {
	var columns, tests strings.Builder
	columns.WriteString("{{ config(materialized='table') }}\nselect range as id")
	tests.WriteString("models:\n  - name: facts\n    columns:\n      - name: id\n        data_tests: [unique, not_null]\n")
	for i := range 15 {
		fmt.Fprintf(&columns, ", (range * %d) %% %d as k%d", 2*i+1, 5+i, i)
		values := make([]string, 5+i)
		for v := range values {
			values[v] = fmt.Sprint(v)
		}
		list := strings.Join(values, ", ")
		fmt.Fprintf(&tests, "      - name: k%d\n        data_tests:\n          - not_null\n          - accepted_values: {arguments: {values: [%s], quote: false}}\n"+
			"          - relationships: {arguments: {to: ref('keys'), field: id}}\n", i, list)
		if i < 3 {
			fmt.Fprintf(&tests, "          - accepted_values: {name: some_%d, arguments: {values: [%s], quote: false}, config: {where: id %% 3 = 0}}\n", i, list)
		}
	}
	columns.WriteString("\nfrom range(5000000)\n")
	for name, text := range map[string]string{
		"dbt_project.yml": "name: tested\n", "models/facts.sql": columns.String(), "models/schema.yml": tests.String(),
		"models/keys.sql": "{{ config(materialized='table') }}\nselect range as id from range(1000)\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
