// Package matrix lets each engine write tables through `tarn serve` that each
// of the others reads.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Python 3.11 with venv and pip, Maven, Java 17
// for Spark and Java 25 for Trino. What each operation comes to is in
// testdata/rows.txt; what an engine cannot do is in cannot_test.go, and tried
// again in every run.
package matrix
