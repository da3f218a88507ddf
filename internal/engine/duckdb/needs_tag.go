//go:build !duckdb_arrow

package duckdb

// DuckDB's Go binding compiles its Arrow interface only under this build tag:
// go build -tags duckdb_arrow
var _ = build_with_tags_duckdb_arrow
