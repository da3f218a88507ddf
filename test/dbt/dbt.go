// Package dbt builds dbt projects of our own with Tarn and compares what comes
// of it with what dbt-duckdb made of them: the status of every node and test of
// every command, and the columns, types and rows of every table and view.
//
// It promises that the answers are dbt's: testdata/NAME.expected is written by
// dbt itself (`make dbt-expected`), never by hand. It leaves to
// test/engines/dbtprojects other people's projects, and dbt at the same time.
package dbt
