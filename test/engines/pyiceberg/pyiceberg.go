// Package pyiceberg is for reading and writing a lake of Tarn's with PyIceberg,
// straight from the catalog database.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Python 3.11 with venv and pip. What Tarn
// itself reads is tested beside package lake.
package pyiceberg
