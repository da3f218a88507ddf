package connector

import (
	"bytes"
	"fmt"
	"slices"
)

// KeptOfLong is how much is kept of a record over the size limit.
const KeptOfLong = 64 << 10

// LongLine is a physical line that is longer than a record may be.
type LongLine struct {
	// Head is its start, Size how long it is without its line end.
	Head []byte
	Size int
	// Ended says that a line end was there.
	Ended bool
}

// SkipLongLine moves the window behind the line at its start, however long,
// without growing.
func (w *Window) SkipLongLine(eol byte) (LongLine, error) {
	head := w.Bytes()
	line := LongLine{Head: slices.Clone(head[:min(len(head), KeptOfLong)])}
	for {
		text := w.Bytes()
		if i := bytes.IndexByte(text, eol); i >= 0 {
			line.Ended = true
			line.Size += i
			if i > 0 && text[i-1] == '\r' {
				line.Size--
			}
			w.Advance(i + 1)
			return line, nil
		}
		line.Size += len(text)
		w.Advance(len(text))
		if grown, err := w.More(); err != nil || !grown {
			return line, err
		}
	}
}

// SizeViolation says that a record of size bytes is over the limit, which max_record
// sets.
func SizeViolation(size, limit int) Violation {
	return Violation{Rule: RuleSize, Reason: fmt.Sprintf("the record has %d bytes, the limit is %d (max_record); its first %d are kept", size, limit, min(size, KeptOfLong))}
}
