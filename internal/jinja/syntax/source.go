package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Source is a text, and where it stands.
type Source struct {
	Name, Text string
	// Line and Column are where Text begins in the author's file, from 0.
	Line, Column int
}

// Place returns the line and column of an offset in the author's file.
func (s *Source) Place(pos int) (line, column int) {
	line, column = s.placeInText(pos)
	if line == 1 {
		column += s.Column
	}
	return line + s.Line, column
}

func (s *Source) placeInText(pos int) (line, column int) {
	before := s.Text[:min(pos, len(s.Text))]
	if strings.IndexByte(before, '\r') < 0 {
		return 1 + strings.Count(before, "\n"), utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	}
	start := 0
	line = 1
	for i := range len(before) {
		switch {
		case before[i] == '\n':
		case before[i] == '\r' && !strings.HasPrefix(s.Text[i+1:], "\n"):
		default:
			continue
		}
		line, start = line+1, i+1
	}
	return line, utf8.RuneCountInString(before[start:]) + 1
}

// Error is a text that is no template, from an offset on.
type Error struct {
	Pos           int
	Message, Hint string
	// Tag is the word of a tag that means nothing, if that is what is wrong.
	Tag string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

func syntaxError(pos int, format string, args ...any) error {
	return &Error{Pos: pos, Message: fmt.Sprintf(format, args...)}
}

func errOpenComment(pos int) error {
	return syntaxError(pos, "the comment is never closed: `#}` is missing")
}

func errOpenRaw(pos int) error {
	return syntaxError(pos, "the raw block is never closed: `{%% endraw %%}` is missing")
}

func errNeverClosed(pos int, tag, end string) error {
	return syntaxError(pos, "`%s` is never closed: `{%% %s %%}` is missing", tag, end)
}
