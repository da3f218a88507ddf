// Package formats is for loading files that each format's own writer made:
// Parquet by PyArrow, Avro by fastavro, Excel by openpyxl and XlsxWriter, SQLite
// by Python's own.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Python 3.11 with venv and pip. What damaged
// files lead to is tested beside the formats.
package formats
