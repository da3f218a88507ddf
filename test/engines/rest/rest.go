// Package rest is for engines that use a lake of Tarn's through `tarn serve`.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Python 3.11 with venv and pip. Iceberg's own
// kit is in package rck.
package rest
