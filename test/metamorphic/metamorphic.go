// Package metamorphic tests that how records come does not matter: in one file
// or in many, in any order, compressed or not, read by one thread or several,
// in one load or in several, the table and its quarantine are the same.
//
// It promises that records and their partings are drawn at random, and that a
// failure is shrunk to a small case. It leaves what happens when processes die
// to test/process, and replays to package ingest.
package metamorphic
