// Package sql tests that a statement has one answer: the files in testdata are
// statements with what they return, or with the error that they end in, and
// each is put over every protocol that takes SQL, to a lake of its own.
//
// It promises that the protocols agree in names, rows and errors. It leaves to
// others how each writes a value (serve/pgwire, cell), and other programs
// (test/engines).
package sql
