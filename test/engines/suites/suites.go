// Package suites runs tests that other projects wrote for catalogs against
// `tarn serve`.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Python 3.11 with venv and pip. The suites are
// fetched when they are run, and are no part of this repository. Iceberg's own
// kit is in package rck, iceberg-go's suite beside serve/icebergrest.
package suites
