package javalog

import (
	"bytes"
	"strconv"
)

func quote(text []byte) string { return strconv.Quote(string(text)) }

// literal matches the element's text at a place and returns where it ends, or
// -1. Its spaces at the end may lack at the end of a line, as editors strip
// them; padded says that any number of spaces stands for its first ones.
func (e *element) literal(text []byte, at int, padded bool) int {
	want := e.text
	if padded && want[0] == ' ' {
		for at+1 < len(text) && text[at] == ' ' && text[at+1] == ' ' {
			at++
		}
		for len(want) > 1 && want[1] == ' ' {
			want = want[1:]
		}
	}
	have := text[at:]
	if bytes.HasPrefix(have, want) {
		return at + len(want)
	}
	if string(want) == "\n" && bytes.HasPrefix(have, []byte("\r\n")) {
		return at + 2
	}
	n := lineEnd(have)
	if bytes.HasPrefix(want, have[:n]) && len(bytes.TrimRight(want[n:], " ")) == 0 {
		return at + n
	}
	return -1
}

// lineEnd is how long the first line of text is.
func lineEnd(text []byte) int {
	n := bytes.IndexByte(text, '\n')
	if n < 0 {
		return len(text)
	}
	if n > 0 && text[n-1] == '\r' {
		n--
	}
	return n
}

// skipPadding moves behind the spaces that pad the level before element i, but
// not over those that the layout has itself.
func (l *layout) skipPadding(text []byte, at, i int) int {
	end := at
	for end < len(text) && text[end] == ' ' {
		end++
	}
	if end > at && i+1 < len(l.before) && l.before[i+1].kind == literal && l.before[i+1].text[0] == ' ' {
		return end - 1
	}
	if i+1 == len(l.before) { // a message follows without any text between
		return min(end, max(at, at+l.before[i].width))
	}
	return end
}

// valueEnd returns where the value of element i ends that starts at a place: at
// the next literal, on the same line, behind the least width; -1 is nowhere.
func (l *layout) valueEnd(text []byte, at, i int) int {
	line := at + lineEnd(text[at:])
	if i+1 == len(l.before) || string(l.before[i+1].text) == "\n" {
		return line
	}
	from := at + l.before[i].width
	if from > line {
		return -1
	}
	n := bytes.Index(text[from:line], l.before[i+1].text)
	if n < 0 {
		return -1
	}
	return from + n
}

// tail matches the elements behind the message at the end of a text, from right
// to left, and returns where the message ends.
func (l *layout) tail(text []byte, m *match) (int, *departure) {
	end := len(text)
	for i := len(l.behind) - 1; i >= 0; i-- {
		e := &l.behind[i]
		if e.kind == literal {
			if !bytes.HasSuffix(text[:end], e.text) {
				return end, &departure{end, "no " + quote(e.text) + " behind the message"}
			}
			m.behind[i] = part{end - len(e.text), end}
			end -= len(e.text)
			continue
		}
		n := bytes.LastIndex(text[:end], l.behind[i-1].text)
		if n < 0 {
			return end, &departure{end, "no " + quote(l.behind[i-1].text) + " behind the message"}
		}
		lo := n + len(l.behind[i-1].text)
		if e.kind == number && !isNumber(bytes.TrimSpace(text[lo:end])) {
			return lo, &departure{lo, "no number for " + e.column}
		}
		m.behind[i] = part{lo, end}
		end = lo
	}
	return end, nil
}

// isNumber reports whether a value is a number, or what loggers write where
// they have none.
func isNumber(value []byte) bool {
	if len(value) == 0 || string(value) == "?" || string(value) == "-" {
		return true
	}
	_, err := strconv.ParseInt(string(value), 10, 64)
	return err == nil
}

// isLevel reports whether a word is a level of Log4j, Logback, Commons Logging or
// java.util.logging.
func isLevel(word []byte) bool {
	switch string(word) {
	case "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL",
		"SEVERE", "WARNING", "CONFIG", "FINE", "FINER", "FINEST", "NOTICE", "CRITICAL":
		return true
	}
	return false
}
