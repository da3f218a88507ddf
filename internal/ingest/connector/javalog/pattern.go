package javalog

import (
	"fmt"
	"strconv"
	"strings"
)

// conversion is one converter as it is written: %-5level{a}{b}.
type conversion struct {
	width   int
	word    string
	options []string
}

// parsePattern takes a pattern apart.
func parsePattern(pattern string) ([]element, error) {
	var elements []element
	for at := 0; at < len(pattern); {
		switch {
		case strings.HasPrefix(pattern[at:], "${"):
			end := strings.IndexByte(pattern[at:], '}')
			if end < 0 {
				return nil, fmt.Errorf("%q is never closed", pattern[at:])
			}
			elements = append(elements, element{kind: text, column: propertyName(pattern[at+2 : at+end])})
			at += end + 1
		case pattern[at] == '\\' && at+1 < len(pattern):
			elements = addLiteral(elements, unescape(pattern[at+1]))
			at += 2
		case pattern[at] != '%':
			elements = addLiteral(elements, pattern[at:at+1])
			at++
		default:
			var inner []element
			var err error
			if inner, at, err = parseConversion(pattern, at+1); err != nil {
				return nil, err
			}
			for _, e := range inner {
				if e.kind == literal {
					elements = addLiteral(elements, string(e.text))
				} else if e.kind != rest {
					elements = append(elements, e)
				}
			}
		}
	}
	return elements, nil
}

// propertyName makes a column's name of ${PID:-x} or ${sys:app.name}.
func propertyName(reference string) string {
	name, _, _ := strings.Cut(reference, ":-")
	name = name[strings.LastIndexByte(name, ':')+1:]
	if name == "PID" {
		return "process_id"
	}
	return columnName(name)
}

// columnName makes a column's name of a key.
func columnName(key string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z' {
			return r
		}
		return '_'
	}, key))
}

func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	default:
		return string(c)
	}
}

func addLiteral(elements []element, more string) []element {
	if n := len(elements); n > 0 && elements[n-1].kind == literal && more != "\n" && string(elements[n-1].text) != "\n" {
		elements[n-1].text = append(elements[n-1].text, more...)
		return elements
	}
	return append(elements, element{kind: literal, text: []byte(more)})
}

// parseConversion reads what stands behind a percent sign.
func parseConversion(pattern string, at int) ([]element, int, error) {
	width, at := parseWidth(pattern, at)
	if at < len(pattern) && pattern[at] == '(' {
		return parseGroup(pattern, at, '(', ')')
	}
	if at < len(pattern) && pattern[at] == '%' {
		return []element{{kind: literal, text: []byte("%")}}, at + 1, nil
	}
	end := at
	for end < len(pattern) && 'a' <= pattern[end]|0x20 && pattern[end]|0x20 <= 'z' {
		end++
	}
	for _, d := range decorations {
		if pattern[at:end] == d && end < len(pattern) && (pattern[end] == '{' || pattern[end] == '(') {
			return parseDecoration(pattern, end)
		}
	}
	known, size := longest(pattern[at:end])
	if size == 0 {
		return nil, 0, fmt.Errorf("%%%s is no converter that values can be read back from", pattern[at:end])
	}
	c := conversion{width: width, word: pattern[at : at+size]}
	at += size
	for at < len(pattern) && pattern[at] == '{' {
		n := strings.IndexByte(pattern[at:], '}')
		if n < 0 {
			return nil, 0, fmt.Errorf("%q is never closed", pattern[at:])
		}
		c.options = append(c.options, pattern[at+1:at+n])
		at += n + 1
	}
	e, err := c.element(known)
	return []element{e}, at, err
}

// longest returns the longest converter that the word starts with.
func longest(word string) (converter, int) {
	for size := len(word); size > 0; size-- {
		if c, ok := converters[word[:size]]; ok {
			return c, size
		}
	}
	return converter{}, 0
}

// parseWidth reads -20.30 and returns the least width.
func parseWidth(pattern string, at int) (int, int) {
	start := at
	for at < len(pattern) && (pattern[at] == '-' || pattern[at]-'0' <= 9) {
		at++
	}
	width, _ := strconv.Atoi(strings.TrimLeft(pattern[start:at], "-"))
	if at < len(pattern) && pattern[at] == '.' {
		for at++; at < len(pattern) && (pattern[at] == '-' || pattern[at]-'0' <= 9); {
			at++
		}
	}
	return min(width, 1000), at
}

// parseGroup parses what stands between brackets as a pattern of its own.
func parseGroup(pattern string, at int, open, shut byte) ([]element, int, error) {
	depth := 0
	for i := at; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				elements, err := parsePattern(pattern[at+1 : i])
				return elements, i + 1, err
			}
		}
	}
	return nil, 0, fmt.Errorf("%q is never closed", pattern[at:])
}

// parseDecoration parses %highlight{inner}{colours} or %clr(inner){colours}.
func parseDecoration(pattern string, at int) ([]element, int, error) {
	shut := byte('}')
	if pattern[at] == '(' {
		shut = ')'
	}
	elements, at, err := parseGroup(pattern, at, pattern[at], shut)
	for err == nil && at < len(pattern) && pattern[at] == '{' {
		n := strings.IndexByte(pattern[at:], '}')
		if n < 0 {
			return nil, 0, fmt.Errorf("%q is never closed", pattern[at:])
		}
		at += n + 1
	}
	return elements, at, err
}

// element makes the element of a converter.
func (c conversion) element(known converter) (element, error) {
	e := element{kind: known.kind, column: known.column, width: c.width}
	switch {
	case known.kind == literal:
		e.text = []byte("\n")
	case known.kind == date:
		format := ""
		if len(c.options) > 0 {
			format = c.options[0]
		}
		var err error
		e.date, err = parseDateFormat(format)
		return e, err
	case known.column == "mdc" && len(c.options) == 1 && !strings.Contains(c.options[0], ","):
		key, _, _ := strings.Cut(c.options[0], ":-")
		e.column = "mdc_" + columnName(key)
	case known.column == "property" && len(c.options) == 1:
		e.column = propertyName(c.options[0])
	}
	return e, nil
}
