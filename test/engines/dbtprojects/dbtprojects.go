// Package dbtprojects builds public dbt projects with dbt-duckdb and with Tarn,
// and compares what comes of it: `make dbt-projects PROJECTS=folder`.
//
// It promises that what differs is said: the status of every node and test of
// every step, and the rows, columns and types of every table and view. What dbt
// itself makes differently each time is told apart by building twice with dbt.
// A run that compares nothing fails. The projects are not part of this
// repository; docs/dbt-projects.md says how to come by them.
package dbtprojects
