// Package metadata is for metadata databases on a real Postgres server: the
// contract that SQLite files keep too, connections that are lost, commands over
// it, and several processes that write at once.
//
// It promises that each test has databases of its own. The tests are those of
// `make test-engines`; it leaves to metadb what a file can show.
package metadata
