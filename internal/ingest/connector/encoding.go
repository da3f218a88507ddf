package connector

import (
	"bytes"
	"unicode/utf8"
)

// Encoding is how characters are stored; "" means to find out.
type Encoding string

// The encodings.
const (
	UTF8        Encoding = "utf-8"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	Latin1      Encoding = "latin-1"
	Windows1252 Encoding = "windows-1252"
)

// Encodings are the words for an option's choices.
var Encodings = []string{string(UTF8), string(UTF16LE), string(UTF16BE), string(Latin1), string(Windows1252)}

var boms = []struct {
	encoding Encoding
	bytes    []byte
}{
	{UTF8, []byte{0xEF, 0xBB, 0xBF}},
	{UTF16LE, []byte{0xFF, 0xFE}},
	{UTF16BE, []byte{0xFE, 0xFF}},
}

// ByteBased reports whether a line end is a byte of its own in the encoding.
func (e Encoding) ByteBased() bool { return e != UTF16LE && e != UTF16BE }

// BOM returns the length of the byte order mark that head starts with, if it
// is this encoding's.
func (e Encoding) BOM(head []byte) int {
	for _, b := range boms {
		if b.encoding == e && bytes.HasPrefix(head, b.bytes) {
			return len(b.bytes)
		}
	}
	return 0
}

// SniffEncoding finds out an encoding from the first bytes of a text.
//
// A byte order mark decides. Else NUL bytes at every other place mean UTF-16.
// Else it is UTF-8, unless the sample holds bytes that are not UTF-8 and not
// one character that is UTF-8 with several bytes: then it is one byte per
// character, Windows-1252 where bytes are used that are no letters in Latin-1.
// A text that is UTF-8 but for some bytes stays UTF-8: those records are
// rejected, never guessed at.
func SniffEncoding(head []byte, whole bool) Encoding {
	for _, b := range boms {
		if bytes.HasPrefix(head, b.bytes) {
			return b.encoding
		}
	}
	if e := sniffUTF16(head); e != "" {
		return e
	}
	if !whole {
		head = trimPartialRune(head)
	}
	if utf8.Valid(head) || hasMultibyteRune(head) {
		return UTF8
	}
	for _, c := range head {
		if 0x80 <= c && c < 0xA0 {
			return Windows1252
		}
	}
	return Latin1
}

// sniffUTF16 looks for text most of whose characters are ASCII: NUL in more
// than two fifths of the places of one parity and in almost none of the other.
func sniffUTF16(head []byte) Encoding {
	var nul [2]int
	for i, c := range head {
		if c == 0 {
			nul[i&1]++
		}
	}
	pairs := len(head) / 2
	switch {
	case pairs < 2:
		return ""
	case nul[1]*5 > pairs*2 && nul[0]*20 < nul[1]:
		return UTF16LE
	case nul[0]*5 > pairs*2 && nul[1]*20 < nul[0]:
		return UTF16BE
	}
	return ""
}

// trimPartialRune drops a character that the end of a sample cut in two.
func trimPartialRune(head []byte) []byte {
	for k := 1; k <= min(utf8.UTFMax-1, len(head)); k++ {
		tail := head[len(head)-k:]
		if utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return head[:len(head)-k]
			}
			break
		}
	}
	return head
}

func hasMultibyteRune(text []byte) bool {
	for len(text) > 0 {
		_, n := utf8.DecodeRune(text)
		if n > 1 {
			return true
		}
		text = text[n:]
	}
	return false
}
