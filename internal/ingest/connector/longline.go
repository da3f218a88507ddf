package connector

import (
	"bytes"
	"fmt"
)

// KeptOfLong is how much is kept of a record over the size limit.
const KeptOfLong = 64 << 10

// LongLine is a physical line that is longer than a record may be.
type LongLine struct {
	// Head is its start, Size how long it is without its line end, Skipped how
	// far the window was moved.
	Head          []byte
	Size, Skipped int
	// Ended says that a line end was there.
	Ended bool
}

// SkipLongLine moves the window behind the line at its start, however long,
// without growing.
func (w *Window) SkipLongLine(eol byte) (LongLine, error) {
	var line LongLine
	var last byte
	for more := true; more; {
		text := w.Bytes()
		if i := bytes.IndexByte(text, eol); i >= 0 {
			text, line.Ended = text[:i], true
		}
		if len(text) > 0 {
			last = text[len(text)-1]
		}
		line.Head = append(line.Head, text[:min(len(text), KeptOfLong-len(line.Head))]...)
		line.Size += len(text)
		w.Advance(len(text))
		if line.Ended {
			break
		}
		var err error
		if more, err = w.More(); err != nil {
			return line, err
		}
	}
	line.Skipped = line.Size
	if line.Ended {
		w.Advance(1)
		line.Skipped++
	}
	if last == '\r' {
		line.Size--
		line.Head = line.Head[:min(len(line.Head), line.Size)]
	}
	return line, nil
}

// SizeViolation says that a record of size bytes is over the limit, which the
// option max_record sets.
func SizeViolation(size, limit int) Violation {
	return Violation{Rule: RuleSize, Reason: fmt.Sprintf("the record has %d bytes, the limit is %d (max_record); its first %d are kept", size, limit, min(size, KeptOfLong))}
}
