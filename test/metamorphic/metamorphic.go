// Package metamorphic tests that how things come does not matter. Records: in
// one file or in many, in any order, compressed or not, read by one thread or
// several, in one load or in several, the table and its quarantine are the same.
// Models: built by increments in any order or by a full refresh, by one thread
// or eight, in pieces or as a whole, published one by one or all at once.
//
// It promises that records, partings and projects are drawn at random; failures
// of records are shrunk to a small case, those of projects name their SEED. It
// leaves what happens when processes die to test/process, and replays to
// package ingest.
package metamorphic
