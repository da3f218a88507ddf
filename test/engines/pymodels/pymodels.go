// Package pymodels is for Python models with the packages that they use: DuckDB,
// pandas, polars and pyarrow, each in virtual environments of its own making.
//
// It promises nothing to other packages: it holds tests, which the build tag
// engines switches on, as they need Python 3.11 with venv and pip. testdata/shop
// is a project, and testdata/expected.json what dbt-duckdb makes of it, written
// by `go test -tags=duckdb_arrow,engines ./test/engines/pymodels -args -expect`.
// What needs no packages is tested beside package pyprocess and in test/script.
package pymodels
