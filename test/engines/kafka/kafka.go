// Package kafka is for the record of statements in a real broker of Kafka.
//
// It promises nothing to other packages: it holds a test, which the build tag
// engines switches on, as it needs Java and Maven.
package kafka
