// Package metadata is for metadata databases on a real Postgres server: the
// contract that SQLite files keep too, connections that are lost, commands over
// it, and several processes that write at once. The tests are those of
// `make test-engines`.
package metadata
