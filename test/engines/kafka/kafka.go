// Package kafka is for the record of statements in a real broker of Kafka, which
// is killed meanwhile.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Java and Maven. What the record is made of it
// leaves to the tests of audit.
package kafka
