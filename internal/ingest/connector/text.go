package connector

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// IsPlain reports whether text[lo:hi] is ASCII without NUL bytes. At least
// eight more bytes are readable behind hi.
func IsPlain(text []byte, lo, hi int) bool {
	for ; lo+8 <= hi; lo += 8 {
		// A byte that is 0 borrows, and so sets its high bit.
		if word := binary.LittleEndian.Uint64(text[lo:]); (word|(word-ones))&highs != 0 {
			return false
		}
	}
	for _, c := range text[lo:hi] {
		if c == 0 || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// IsText reports whether text[lo:hi] is UTF-8 without NUL bytes. At least
// eight more bytes are readable behind hi.
func IsText(text []byte, lo, hi int) bool {
	return IsPlain(text, lo, hi) || bytes.IndexByte(text[lo:hi], 0) < 0 && utf8.Valid(text[lo:hi])
}

// TextViolations says where a record is not text: a NUL byte, and bytes that
// are no characters in the encoding that the record was decoded from.
func TextViolations(text []byte, encoding Encoding) []Violation {
	var all []Violation
	if i := bytes.IndexByte(text, 0); i >= 0 {
		all = append(all, Violation{Rule: RuleNUL, Reason: fmt.Sprintf("a NUL byte at byte %d of the record", i+1)})
	}
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRune(text[i:])
		if c == utf8.RuneError && n == 1 {
			return append(all, Violation{Rule: RuleEncoding, Reason: encodingReason(text, i, encoding)})
		}
		i += n
	}
	return all
}

func encodingReason(text []byte, i int, encoding Encoding) string {
	if encoding == UTF8 {
		return fmt.Sprintf("byte %d of the record, 0x%02X, is not UTF-8; where the file is in another encoding, declare it", i+1, text[i])
	}
	return fmt.Sprintf("broken %s behind %q", encoding, text[max(0, i-20):i])
}
