package jinja

import (
	"errors"
	"strings"
	"unicode"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// filterWordWrap breaks lines as Python's textwrap does.
func filterWordWrap(c *Call) (any, error) {
	b, err := c.Bind("_s", "width?", "break_long_words?", "wrapstring?", "break_on_hyphens?")
	if err != nil {
		return nil, err
	}
	s, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	width, err := b.Int(1, 79)
	if err != nil {
		return nil, err
	}
	sep := "\n"
	if b.Any(3, nil) != nil {
		if sep, err = b.String(3, ""); err != nil {
			return nil, err
		}
	}
	w := &wrapper{width: int(max(-1, min(width, python.MaxString))), breakWords: b.Bool(2, true), breakHyphens: b.Bool(4, true)}
	var lines []string
	for s != "" {
		var line string
		line, _, s = python.CutLine(s)
		wrapped, err := w.wrap(line)
		if err != nil {
			return nil, err
		}
		lines = append(lines, strings.Join(wrapped, sep))
	}
	return python.JoinParts(lines, sep)
}

type wrapper struct {
	width                    int
	breakWords, breakHyphens bool
}

// isBlank is what textwrap takes for whitespace.
func isBlank(r rune) bool { return strings.ContainsRune("\t\n\v\f\r ", r) }

func allBlank(s []rune) bool { return strings.TrimFunc(string(s), python.IsSpace) == "" }

// wrap breaks one line.
func (w *wrapper) wrap(line string) ([]string, error) {
	if w.width <= 0 {
		return nil, errors.New("the width is 1 or more")
	}
	chunks := w.chunks([]rune(line))
	var lines []string
	for len(chunks) > 0 {
		if len(lines) > 0 && allBlank(chunks[0]) {
			chunks = chunks[1:]
			continue
		}
		var current [][]rune
		length := 0
		for len(chunks) > 0 && length+len(chunks[0]) <= w.width {
			current, length = append(current, chunks[0]), length+len(chunks[0])
			chunks = chunks[1:]
		}
		if len(chunks) > 0 && len(chunks[0]) > w.width {
			var head [][]rune
			head, chunks = w.long(chunks, w.width-length, len(current) == 0)
			current = append(current, head...)
		}
		if n := len(current); n > 0 && allBlank(current[n-1]) {
			current = current[:n-1]
		}
		if len(current) > 0 {
			var b strings.Builder
			for _, chunk := range current {
				b.WriteString(string(chunk))
			}
			lines = append(lines, b.String())
		}
	}
	return lines, nil
}

// long takes what fits in the rest of a line off a word that is too long for
// any line.
func (w *wrapper) long(chunks [][]rune, space int, first bool) (head, rest [][]rune) {
	word := chunks[0]
	if !w.breakWords {
		if first {
			return chunks[:1], chunks[1:]
		}
		return nil, chunks
	}
	end := min(max(space, 0), len(word))
	if w.width < 1 {
		end = 1
	}
	if w.breakHyphens && len(word) > space {
		for i := end - 1; i > 0; i-- {
			if word[i] != '-' {
				continue
			}
			if strings.Trim(string(word[:i]), "-") != "" {
				end = i + 1
			}
			break
		}
	}
	chunks[0] = word[end:]
	if end == len(word) {
		chunks = chunks[1:]
	}
	return [][]rune{word[:end]}, chunks // empty where the line is full: so does textwrap
}

// chunks cuts a line into whitespace, words, and parts of words that end with
// a hyphen or stand before dashes.
func (w *wrapper) chunks(s []rune) [][]rune {
	var out [][]rune
	for len(s) > 0 {
		n := 1
		switch {
		case isBlank(s[0]):
			for n < len(s) && isBlank(s[n]) {
				n++
			}
		case !w.breakHyphens:
			for n < len(s) && !isBlank(s[n]) {
				n++
			}
		default:
			n = w.part(out, s)
		}
		out, s = append(out, s[:n]), s[n:]
	}
	return out
}

// part returns how long the part of a word at the beginning of s is.
func (w *wrapper) part(before [][]rune, s []rune) int {
	if n := len(before); n > 0 && isWordPunctuation(last(before[n-1])) {
		if dashes := dashesAt(s, 0); dashes > 0 {
			return dashes
		}
	}
	letter := func(i int) bool {
		return i >= 0 && i < len(s) && (s[i] == '_' || unicode.IsLetter(s[i])) && s[i] != '_'
	}
	for n := 1; n <= len(s); n++ {
		if n == len(s) || isBlank(s[n]) {
			return n
		}
		if isWordPunctuation(s[n-1]) && dashesAt(s, n) > 0 {
			return n
		}
		// A hyphen after two letters, or after a letter, a hyphen and one
		// more, before two letters or a letter, a hyphen and a letter.
		if s[n] != '-' {
			continue
		}
		if n+1 > len(s) || !(letter(n-1) && letter(n-2) || letter(n-3) && s[n-2] == '-' && isWordPunctuation(s[n-1])) {
			continue
		}
		if letter(n+1) && (letter(n+2) || n+2 < len(s) && s[n+2] == '-' && letter(n+3)) {
			return n + 1
		}
	}
	return len(s)
}

// dashesAt returns how many dashes, two or more, stand before a word.
func dashesAt(s []rune, at int) int {
	n := 0
	for at+n < len(s) && s[at+n] == '-' {
		n++
	}
	if n < 2 || at+n >= len(s) || !isWord(s[at+n]) {
		return 0
	}
	return n
}

func isWordPunctuation(r rune) bool { return isWord(r) || strings.ContainsRune(`!"'&.,?`, r) }

func last(s []rune) rune { return s[len(s)-1] }
