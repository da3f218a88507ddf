package excel

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// mostText bounds the shared texts of a workbook together.
const mostText = 256 << 20

// sharedTexts reads the texts that cells refer to.
func (b *book) sharedTexts(name string) error {
	size := 0
	return b.xml(name, func(x *xmlReader) error {
		for x.next() {
			if x.start() != "si" {
				continue
			}
			text, ok := b.rich(x, "si")
			if !ok {
				return x.err
			}
			b.texts = append(b.texts, text)
			if size += len(text) + 16; size > mostText {
				return b.problem("expands-too-much", "the workbook has more than %d bytes of texts", mostText)
			}
		}
		return x.err
	})
}

// rich reads a text, which may be in runs of several styles, up to the end of
// the tag around it. How it is pronounced is left out.
func (b *book) rich(x *xmlReader, around string) (string, bool) {
	text, inText, spoken := b.scratch[:0], false, false
	for x.next() {
		switch x.start() {
		case "t":
			inText = true
		case "rPh":
			spoken = true
		}
		switch x.end() {
		case "t":
			inText = false
		case "rPh":
			spoken = false
		case around:
			b.scratch = text
			return string(unescape(text)), true
		}
		if inText && !spoken {
			text = append(text, x.text()...)
		}
	}
	return "", false
}

// unescape makes characters of _xHHHH_, as which those are written that XML does
// not have.
func unescape(text []byte) []byte {
	if !bytes.Contains(text, []byte("_x")) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if c, ok := escaped(text[i:]); ok {
			out = utf8.AppendRune(out, c)
			i += len("_x0000_") - 1
			continue
		}
		out = append(out, text[i])
	}
	return out
}

func escaped(text []byte) (rune, bool) {
	if len(text) < len("_x0000_") || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	c, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(c), err == nil
}
