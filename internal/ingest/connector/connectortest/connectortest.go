// Package connectortest is for testing formats: the suite that every
// [connector.Format] passes, and inputs and sinks for tests.
//
// It promises that a format that passes [Run] keeps the invariants of package
// connector. It leaves to each format what its own inputs mean.
package connectortest

import (
	"bytes"
	"testing"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Case is what the suite needs to know about a format.
type Case struct {
	Format connector.Format
	// Options are set in every test.
	Options map[string]connector.Option
	// Head starts an input and holds no record, such as a header line; Good and
	// Bad are whole records, one a line, in ASCII. Every record in Bad is
	// rejected, and none in Good.
	Head, Good, Bad []string
	// Misfit tests the words of contracts; nil where columns are fixed.
	Misfit *Misfit
	// Files stand for all of these where records are no lines.
	Files *Files
}

// text returns lines with an end each.
func text(lines ...[]string) []byte {
	var b bytes.Buffer
	for _, part := range lines {
		for _, line := range part {
			b.WriteString(line + "\n")
		}
	}
	return b.Bytes()
}

// Run runs the suite.
func Run(t *testing.T, c Case) {
	if c.Options != nil {
		c.Format = configured(c.Format, c.Options)
	}
	t.Run("records are conserved", c.testConserved)
	t.Run("small reads", c.testSmallReads)
	t.Run("inputs in any order", c.testOrder)
	t.Run("inputs at once", c.testAtOnce)
	t.Run("batches outlive the call", c.testRetained)
	t.Run("empty inputs", c.testEmpty)
	t.Run("cut off", c.testCutOff)
	t.Run("damaged", c.testDamaged)
	t.Run("changed while read", c.testChanged)
	t.Run("unreadable", c.testUnreadable)
	t.Run("failing reads", c.testFailingReads)
	t.Run("failing sink", c.testFailingSink)
	t.Run("cancelled", c.testCancelled)
	t.Run("options", c.testOptions)
	t.Run("a layout of another format", c.testForeignLayout)
	if c.Files == nil {
		c.runLines(t)
	} else if f, ok := c.Format.(connector.Replayer); ok {
		t.Run("rejects read again", func(t *testing.T) { c.testRejectsAgain(t, f) })
	}
}

// runLines runs the tests of formats whose records are lines.
func (c Case) runLines(t *testing.T) {
	t.Run("line ends", c.testLineEnds)
	t.Run("compressed", c.testCompressed)
	t.Run("a grown file's tail", c.testTail)
	t.Run("no clean end", c.testNoCleanEnd)
	t.Run("bytes that are no text", c.testNoText)
	t.Run("encodings", c.testEncodings)
	t.Run("a line of 100 MB", c.testLongLine)
	if c.Misfit != nil {
		t.Run("contracts", c.testContract)
	}
	if f, ok := c.Format.(connector.Replayer); ok {
		t.Run("records read again", func(t *testing.T) { c.testReplay(t, f) })
	}
}

// mixed has a bad record behind every good one, as far as they go.
func (c Case) mixed() []byte {
	if c.Files != nil {
		return c.Files.Mixed
	}
	lines := append([]string(nil), c.Head...)
	for i := range max(len(c.Good), len(c.Bad)) {
		if i < len(c.Good) {
			lines = append(lines, c.Good[i])
		}
		if i < len(c.Bad) {
			lines = append(lines, c.Bad[i])
		}
	}
	return text(lines)
}

// many has many good records and no bad ones.
func (c Case) many() []byte {
	if c.Files != nil {
		return c.Files.Many
	}
	return append(text(c.Head), bytes.Repeat(text(c.Good), 2000)...)
}

// good and bad are how many records of mixed are.
func (c Case) good() int {
	if c.Files != nil {
		return c.Files.Good
	}
	return len(c.Good)
}

func (c Case) bad() int {
	if c.Files != nil {
		return c.Files.Bad
	}
	return len(c.Bad)
}
