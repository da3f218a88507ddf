package jsonfile

import (
	"bytes"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// lookedAt is how many lines are looked at to find out what a file is.
const lookedAt = 100

// looksLikeLines finds out whether the lines of a file are values of their own.
// They are where the first line is one, or most of the first lines are. A file
// that starts with an array is a document.
func looksLikeLines(head []byte, whole, inDoubt bool) bool {
	trimmed := bytes.TrimLeft(head, " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == '[' {
		return false
	}
	end := bytes.LastIndexByte(trimmed, '\n') + 1
	if whole {
		end = len(trimmed)
	}
	if end == 0 {
		return inDoubt
	}
	q := newParser(record.NewNames(), nil)
	var rec record.Record
	values, lines := 0, 0
	text := append(append([]byte(nil), trimmed[:end]...), make([]byte, connector.Padding)...)
	for lo := 0; lo < end && lines < lookedAt; {
		hi := lo + bytes.IndexByte(append(text[lo:end:end], '\n'), '\n')
		line := bytes.TrimSpace(text[lo:hi])
		if len(line) > 0 {
			rec.Reset(0)
			q.line(&rec, text, lo, hi, connector.UTF8)
			if q.state == done {
				values++
			}
			if lines++; lines == 1 && values == 1 {
				return true
			}
		}
		lo = hi + 1
	}
	if values == 0 {
		return inDoubt && !spansLines(trimmed)
	}
	return 2*values > lines
}

// spansLines reports whether a text starts like a value of several lines.
func spansLines(text []byte) bool {
	line, _, more := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSpace(line)
	return more && len(line) == 1 && line[0] == '{'
}
