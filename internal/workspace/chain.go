package workspace

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// chain reads several streams of the same columns, each opened when the one
// before it has ended. It is released once.
type chain struct {
	array.RecordReader // the one that is read
	open               []func() (array.RecordReader, error)
	err                error
}

// begin opens the first stream.
func (c *chain) begin() (err error) {
	c.RecordReader, err = c.open[0]()
	c.open = c.open[1:]
	return err
}

// Next reads the next batch.
func (c *chain) Next() bool {
	for c.err == nil {
		if c.RecordReader.Next() {
			return true
		}
		if c.err = c.RecordReader.Err(); c.err != nil || len(c.open) == 0 {
			return false
		}
		next, err := c.open[0]()
		if err != nil {
			c.err = err
			return false
		}
		c.RecordReader.Release()
		c.RecordReader, c.open = next, c.open[1:]
	}
	return false
}

// Record is the old name of RecordBatch.
func (c *chain) Record() arrow.RecordBatch { return c.RecordBatch() }

// Err tells how reading ended.
func (c *chain) Err() error { return c.err }
