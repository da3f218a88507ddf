// Package interop is for tables that Tarn and other engines share: Spark with
// Iceberg's own runtime, PyIceberg and DuckDB's iceberg extension work on the
// same catalog database and the same warehouse.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on. It needs Python 3.11 with venv and pip, Java 17 and
// Maven, and takes minutes. An engine that is missing fails it.
package interop
