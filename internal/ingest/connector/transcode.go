package connector

import (
	"encoding/binary"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Decode returns r's text as UTF-8. What is no text in the encoding becomes
// bytes that are not valid UTF-8, from which [Encoding.Raw] makes the stored
// bytes again. UTF-8 is passed through as it is.
func (e Encoding) Decode(r io.Reader) io.Reader {
	switch e {
	case UTF16LE:
		return &decoder{source: r, unit: 2, decode: utf16Decoder(binary.LittleEndian)}
	case UTF16BE:
		return &decoder{source: r, unit: 2, decode: utf16Decoder(binary.BigEndian)}
	case Latin1:
		return &decoder{source: r, unit: 1, decode: singleByteDecoder(&latin1Runes)}
	case Windows1252:
		return &decoder{source: r, unit: 1, decode: singleByteDecoder(&windowsRunes)}
	default:
		return r
	}
}

// Raw returns the stored bytes of text that Decode made; for UTF-8 that is
// text itself.
func (e Encoding) Raw(text []byte) []byte {
	switch e {
	case UTF16LE:
		return rawUTF16(text, binary.LittleEndian)
	case UTF16BE:
		return rawUTF16(text, binary.BigEndian)
	case Latin1:
		return rawSingleByte(text, nil)
	case Windows1252:
		return rawSingleByte(text, windowsBytes)
	default:
		return text
	}
}

// decoder turns chunks of stored bytes into UTF-8.
type decoder struct {
	source io.Reader
	unit   int
	// decode appends the text of in to out and returns how much of in it used;
	// at the end it uses everything.
	decode func(out, in []byte, end bool) ([]byte, int)
	in     []byte
	text   []byte
	rest   []byte
	err    error
}

func (d *decoder) Read(p []byte) (int, error) {
	for len(d.rest) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		kept := len(d.in)
		d.in = slices.Grow(d.in, 64<<10)
		n, err := d.source.Read(d.in[kept:cap(d.in)])
		d.err = err
		d.in = d.in[:kept+n]
		text, used := d.decode(d.text[:0], d.in, err == io.EOF)
		d.text, d.rest = text, text
		d.in = d.in[:copy(d.in, d.in[used:])]
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

// danglingByte starts the three bytes that stand for the last byte of UTF-16
// with an odd number of bytes.
const danglingByte = 0xFF

func utf16Decoder(order binary.ByteOrder) func(out, in []byte, end bool) ([]byte, int) {
	return func(out, in []byte, end bool) ([]byte, int) {
		i := 0
		for ; i+2 <= len(in); i += 2 {
			unit := rune(order.Uint16(in[i:]))
			switch {
			case unit < utf8.RuneSelf:
				out = append(out, byte(unit))
				continue
			case !utf16.IsSurrogate(unit):
				out = utf8.AppendRune(out, unit)
				continue
			case i+4 <= len(in):
				if r := utf16.DecodeRune(unit, rune(order.Uint16(in[i+2:]))); r != utf8.RuneError {
					out = utf8.AppendRune(out, r)
					i += 2
					continue
				}
			case !end:
				return out, i
			}
			// Half of a pair: written as a character of its own it is no UTF-8.
			out = append(out, 0xE0|byte(unit>>12), 0x80|byte(unit>>6)&0x3F, 0x80|byte(unit)&0x3F)
		}
		if end && i < len(in) {
			out = append(out, danglingByte, 0x80|in[i]>>4, 0x80|in[i]&0xF)
			i++
		}
		return out, i
	}
}

func rawUTF16(text []byte, order binary.AppendByteOrder) []byte {
	raw := make([]byte, 0, 2*len(text))
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r != utf8.RuneError || n > 1:
			raw = appendUTF16(raw, r, order)
		case i+3 <= len(text) && text[i] == danglingByte:
			raw = append(raw, text[i+1]<<4|text[i+2]&0xF)
			n = 3
		case i+3 <= len(text):
			raw = order.AppendUint16(raw, uint16(text[i])<<12|uint16(text[i+1]&0x3F)<<6|uint16(text[i+2]&0x3F))
			n = 3
		}
		i += n
	}
	return raw
}

func appendUTF16(raw []byte, r rune, order binary.AppendByteOrder) []byte {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		raw = order.AppendUint16(raw, uint16(high))
		return order.AppendUint16(raw, uint16(low))
	}
	return order.AppendUint16(raw, uint16(r))
}

// The tables of the encodings with one byte per character. The five bytes that
// Windows-1252 leaves undefined stand for themselves, as browsers have it.
var (
	latin1Runes  = runesOf(charmap.ISO8859_1)
	windowsRunes = runesOf(charmap.Windows1252)
	windowsBytes = bytesOf(&windowsRunes)
)

func runesOf(m *charmap.Charmap) (runes [256]rune) {
	for i := range runes {
		runes[i] = m.DecodeByte(byte(i))
		if runes[i] == utf8.RuneError {
			runes[i] = rune(i)
		}
	}
	return runes
}

func bytesOf(runes *[256]rune) map[rune]byte {
	m := map[rune]byte{}
	for i, r := range runes {
		m[r] = byte(i)
	}
	return m
}

func singleByteDecoder(runes *[256]rune) func(out, in []byte, end bool) ([]byte, int) {
	return func(out, in []byte, _ bool) ([]byte, int) {
		for _, c := range in {
			if c < utf8.RuneSelf {
				out = append(out, c)
			} else {
				out = utf8.AppendRune(out, runes[c])
			}
		}
		return out, len(in)
	}
}

func rawSingleByte(text []byte, table map[rune]byte) []byte {
	raw := make([]byte, 0, len(text))
	for _, r := range string(text) {
		if c, ok := table[r]; ok {
			raw = append(raw, c)
		} else {
			raw = append(raw, byte(r))
		}
	}
	return raw
}
