package main

import (
	"context"
	"fmt"
	"strings"
)

// cases is every case, in the order of the report.
var cases = []benchCase{shop, csv, jsonLines, jsonArray, accessLog, javaLog, xml, merge, postgres(), mysql(), memory, dbtCompile, dbtBuild, dbtParse, testsTogether, listing, version, tables, planning, queries, governed, committing(), wiring()}

const manyModels = "two-thousand-models-of-rows"

// listing loads a large project and lists it.
var listing = benchCase{
	name:  "ls",
	about: "tarn ls on 2,000 models",
	aim:   "less than 1 s",
	prepare: func(_ context.Context, l *lab) error {
		return l.data(manyModels, func(dir string) error { return writeModels(dir, 2000) })
	},
	sides: []side{{name: "tarn ls", command: func(l *lab, _ string) command {
		return command{args: []string{l.tarn, "ls", "--project-dir", l.dataFile(manyModels)}}
	}}},
}

// version starts and ends.
var version = benchCase{
	name:  "version",
	about: "tarn version",
	aim:   "less than 100 ms",
	sides: []side{{name: "tarn version", command: func(l *lab, _ string) command {
		return command{args: []string{l.tarn, "version"}}
	}}},
}

// expect checks that a query over the project in the run's folder gives one
// value.
func expect(query, value string) func(context.Context, *lab, string) error {
	return func(ctx context.Context, l *lab, dir string) error {
		out := l.output(ctx, l.tarn, "query", "--project-dir", dir, "--output", "csv", query)
		if rows := strings.Fields(out); len(rows) != 2 || rows[1] != value {
			return fmt.Errorf("%s is %q, not %s", query, out, value)
		}
		return nil
	}
}
