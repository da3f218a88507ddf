package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// hugeModels is a project of ten thousand models.
const hugeModels = "ten-thousand-models-of-rows"

// dbtCompile parses a project of 2,000 models and compiles every one. dbt does
// it without its cache of an earlier parse, as Tarn has none.
var dbtCompile = benchCase{
	name:    "dbt_compile",
	about:   "parse and compile 2,000 models",
	aim:     "less than 1 s",
	prepare: prepareModels,
	pairs:   3,
	sides: []side{
		{name: "tarn compile", reset: copyModels, command: func(l *lab, dir string) command {
			return command{args: []string{l.tarn, "compile", "--quiet", "--project-dir", dir}}
		}},
		{name: "dbt compile", reset: copyModels, command: func(l *lab, dir string) command {
			return l.dbt(dir, "--no-partial-parse", "compile")
		}},
	},
}

// dbtBuild builds those models. Two sides are the SQL itself, without
// dependencies, journal, tests or publication: the compiled statements one after
// the other in one DuckDB process. One makes tables in a DuckDB database; the
// other makes each table as a Parquet file that the next ones read, as anything
// must that ends in Parquet files, and syncs none.
var dbtBuild = benchCase{
	name:    "dbt_build",
	about:   "build 2,000 models with 100 to 1,000 rows each: 50 views, 1,950 tables",
	aim:     "at most 5 ms a model over the SQL itself",
	prepare: prepareModels,
	pairs:   3,
	pieces:  2000,
	piece:   "model",
	keeps:   true,
	sides: []side{
		{
			name: "tarn build", reset: copyModels,
			command: func(l *lab, dir string) command {
				return command{args: []string{l.tarn, "build", "--quiet", "--project-dir", dir}}
			},
			check: expect("SELECT count(*) FROM system.tables WHERE kind = 'view' OR rows BETWEEN 100 AND 1000", "2000"),
		},
		sqlItself("SQL to tables of DuckDB", "tables"),
		sqlItself("SQL to Parquet files by DuckDB", "files"),
		{name: "dbt build", reset: copyModels, command: func(l *lab, dir string) command { return l.dbt(dir, "build") }},
	},
}

// sqlItself runs the compiled models with a script that fails if one is empty.
func sqlItself(name, how string) side {
	return side{name: name, reset: compiledModels, command: func(l *lab, dir string) command {
		return command{args: l.script("peer/run_models.py", filepath.Join(dir, "target"), filepath.Join(dir, "tarn.duckdb"), how)}
	}}
}

// dbtParse parses 10,000 models.
var dbtParse = benchCase{
	name:  "dbt_parse",
	about: "parse 10,000 models",
	aim:   "less than 5 s and 1 GB",
	prepare: func(_ context.Context, l *lab) error {
		return l.data(hugeModels, func(dir string) error { return writeModels(dir, 10_000) })
	},
	pairs: 3,
	sides: []side{{name: "tarn parse", command: func(l *lab, _ string) command {
		return command{args: []string{l.tarn, "parse", "--project-dir", l.dataFile(hugeModels)}}
	}}},
}

// dbt is a command of dbt-duckdb on a project that has a profiles.yml.
func (l *lab) dbt(dir string, args ...string) command {
	all := append([]string{filepath.Join(l.work, "venv", "bin", "dbt"), "--quiet"}, args...)
	return command{
		args: append(all, "--project-dir", dir, "--profiles-dir", dir, "--profile", "many"),
		env:  []string{"DBT_SEND_ANONYMOUS_USAGE_STATS=false", "DBT_LOG_PATH=" + filepath.Join(dir, "logs")},
	}
}

func prepareModels(ctx context.Context, l *lab) error {
	if err := peers(ctx, l); err != nil {
		return err
	}
	return l.data(manyModels, func(dir string) error { return writeModels(dir, 2000) })
}

// copyModels makes a fresh copy of the project, with a profile for dbt.
func copyModels(l *lab, dir string) error {
	profile := fmt.Sprintf("many:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: %q, threads: %d}\n", filepath.Join(dir, "many.duckdb"), cores())
	return errors.Join(os.CopyFS(dir, os.DirFS(l.dataFile(manyModels))), os.WriteFile(filepath.Join(dir, "profiles.yml"), []byte(profile), 0o644))
}

// compiledModels has the project compiled by Tarn, with its manifest.
func compiledModels(l *lab, dir string) error {
	if err := copyModels(l, dir); err != nil {
		return err
	}
	_, err := command{args: []string{l.tarn, "compile", "--quiet", "--project-dir", dir}}.run(context.Background())
	return err
}
