package csvfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// reject adds the record at text[lo:hi] to the chunk's rejects.
func (r *records) reject(lo, hi int, violations []connector.Violation) {
	if hi-lo > r.maxRecord {
		hi = min(hi, lo+rejectedHead)
	}
	r.rejectBytes(r.text[lo:hi], violations)
}

func (r *records) rejectBytes(text []byte, violations []connector.Violation) {
	r.chunk.rejects = append(r.chunk.rejects, connector.Reject{
		Line: r.line, Raw: r.dialect.encoding.Raw(text), Violations: violations,
	})
}

// rejectFirstLine rejects the first physical line of a record whose quote is
// never closed; the next record starts behind it.
func (r *records) rejectFirstLine(f fault, field int) {
	if r.done && f == openQuote {
		r.openAtEnd = true
	}
	lo := r.pos
	next := r.scanner.lineEnd(r.text, lo) + 1
	hi := r.trimEnd(lo, next-1)
	r.reject(lo, hi, r.violations(lo, hi, openQuote, field))
	r.pos = next
	r.line++
}

// violations are what is wrong with the shape of the record at text[lo:hi],
// in which found fields came before a fault.
func (r *records) violations(lo, hi int, f fault, found int) []connector.Violation {
	var all []connector.Violation
	add := func(rule, reason string, args ...any) {
		all = append(all, connector.Violation{Rule: rule, Reason: fmt.Sprintf(reason, args...)})
	}
	if hi-lo > r.maxRecord {
		add(connector.RuleSize, "the record has %d bytes, the limit is %d (max_record)", hi-lo, r.maxRecord)
	}
	switch {
	case f == openQuote:
		add(connector.RuleQuote, "the quote that opens field %d is never closed properly", found+1)
	case f == textAfterQuote:
		add(connector.RuleQuote, "text behind the closing quote of field %d", found)
	case found != r.width:
		add(connector.RuleColumns, "expected %d fields, got %d", r.width, found)
	}
	return append(all, textViolations(r.text[lo:hi], r.dialect.encoding)...)
}

// textViolations finds NUL bytes and what is no text in the encoding.
func textViolations(text []byte, encoding connector.Encoding) []connector.Violation {
	var all []connector.Violation
	if i := bytes.IndexByte(text, 0); i >= 0 {
		all = append(all, connector.Violation{Rule: connector.RuleNUL, Reason: fmt.Sprintf("a NUL byte at byte %d of the record", i+1)})
	}
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRune(text[i:])
		if c == utf8.RuneError && n == 1 {
			all = append(all, connector.Violation{Rule: connector.RuleEncoding, Reason: encodingReason(text, i, encoding)})
			break
		}
		i += n
	}
	return all
}

func encodingReason(text []byte, i int, encoding connector.Encoding) string {
	if encoding == connector.UTF8 {
		return fmt.Sprintf("byte %d of the record, 0x%02X, is not UTF-8; where the file is in another encoding, declare it", i+1, text[i])
	}
	return fmt.Sprintf("broken %s behind %q", encoding, tail(text[:i], 20))
}

func tail(text []byte, n int) []byte { return text[max(0, len(text)-n):] }

// oversize rejects a line that is longer than a record may be, keeping only
// its start. The window is at its start and shows no line end.
func (r *records) oversize() error {
	head := r.window.Bytes()
	head = slices.Clone(head[:min(len(head), rejectedHead)])
	size := 0
	for {
		text := r.window.Bytes()
		if i := bytes.IndexByte(text, r.dialect.eol); i >= 0 {
			size += i
			if i > 0 && text[i-1] == '\r' {
				size--
			}
			r.window.Advance(i + 1)
			break
		}
		size += len(text)
		r.window.Advance(len(text))
		grown, err := r.window.More()
		if err != nil {
			return err
		}
		if !grown {
			if r.cut() {
				return io.EOF
			}
			r.cutAtEnd, r.done = true, true
			break
		}
	}
	r.scanner.hopeless = 0
	r.rejectBytes(head, []connector.Violation{{
		Rule:   connector.RuleSize,
		Reason: fmt.Sprintf("the record has %d bytes, the limit is %d (max_record); its first %d are kept", size, r.maxRecord, len(head)),
	}})
	r.line++
	r.view()
	return nil
}

// isPlain reports whether text[lo:hi] is ASCII without NUL. At least eight
// more bytes are readable behind hi.
func isPlain(text []byte, lo, hi int) bool {
	for ; lo+8 <= hi; lo += 8 {
		if word := binary.LittleEndian.Uint64(text[lo:]); (word|(word-ones))&highs != 0 {
			return false
		}
	}
	for _, c := range text[lo:hi] {
		if c-1 >= utf8.RuneSelf-1 {
			return false
		}
	}
	return true
}

// isText reports whether text[lo:hi] is UTF-8 without NUL.
func isText(text []byte, lo, hi int) bool {
	return isPlain(text, lo, hi) || bytes.IndexByte(text[lo:hi], 0) < 0 && utf8.Valid(text[lo:hi])
}
