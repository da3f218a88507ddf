package logfmt

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// parser reads lines.
type parser struct {
	flags bool
	names *record.Names
	plain []byte
}

// departure is where a line departs from the format.
type departure struct {
	at   int
	what string
}

// parse adds the pairs of a line to rec.
func (p *parser) parse(rec *record.Record, line []byte) *departure {
	p.plain = p.plain[:0]
	pairs := 0
	for at := 0; ; {
		for at < len(line) && (line[at] == ' ' || line[at] == '\t') {
			at++
		}
		if at == len(line) {
			break
		}
		start := at
		for at < len(line) && line[at] > ' ' && line[at] != '=' && line[at] != '"' {
			at++
		}
		key := line[start:at]
		switch {
		case len(key) == 0:
			return &departure{at, "no key"}
		case at < len(line) && line[at] == '=':
			next, d := p.value(rec, key, line, at+1)
			if d != nil {
				return d
			}
			at = next
			pairs++
		case at < len(line) && line[at] == '"':
			return &departure{at, "a quote inside a key"}
		case p.flags:
			rec.Add(p.names.ID(key), record.True, nil)
		default:
			return &departure{start, "a word without ="}
		}
	}
	if pairs == 0 {
		return &departure{0, "no pair of key=value"}
	}
	return nil
}

// value adds the value at a place and returns where it ends.
func (p *parser) value(rec *record.Record, key, line []byte, at int) (int, *departure) {
	name := p.names.ID(key)
	if at < len(line) && line[at] == '"' {
		text, next := p.quoted(line, at+1)
		switch {
		case next == 0:
			return 0, &departure{at, "a quote that is never closed"}
		case next < len(line) && line[next] != ' ' && line[next] != '\t':
			return 0, &departure{next, "text behind a closing quote"}
		}
		rec.Add(name, record.Text, text)
		return next, nil
	}
	end := at
	for end < len(line) && line[end] != ' ' && line[end] != '\t' {
		if line[end] == '"' {
			return 0, &departure{end, "a quote inside a value that is not quoted"}
		}
		end++
	}
	text := line[at:end]
	if len(text) == 0 || string(text) == "null" {
		rec.Add(name, record.Null, nil)
	} else {
		rec.Add(name, record.Guess, text)
	}
	return end, nil
}

// quoted reads up to the closing quote and returns where that ends; 0 where
// there is none. Escapes that mean nothing stay as they are.
func (p *parser) quoted(line []byte, at int) (text []byte, next int) {
	n := bytes.IndexByte(line[at:], '"')
	if n < 0 {
		return nil, 0
	}
	if bytes.IndexByte(line[at:at+n], '\\') < 0 {
		return line[at : at+n], at + n + 1
	}
	start := len(p.plain)
	for i := at; i < len(line); {
		switch c := line[i]; {
		case c == '"':
			return p.plain[start:len(p.plain):len(p.plain)], i + 1
		case c == '\\' && i+1 < len(line):
			i += p.escape(line[i:])
		default:
			p.plain = append(p.plain, c)
			i++
		}
	}
	return nil, 0
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', '\'': '\''}

// escape adds what an escape stands for and returns how long it is.
func (p *parser) escape(text []byte) int {
	if plain, ok := escapes[text[1]]; ok {
		p.plain = append(p.plain, plain)
		return 2
	}
	if r, ok := hex(text); ok && r != 0 {
		if utf16.IsSurrogate(r) {
			if low, ok := hex(text[6:]); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					p.plain = utf8.AppendRune(p.plain, pair)
					return 12
				}
			}
		} else {
			p.plain = utf8.AppendRune(p.plain, r)
			return 6
		}
	}
	p.plain = append(p.plain, text[0])
	return 1
}

// hex reads \uXXXX.
func hex(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 32)
	return rune(n), err == nil
}
