package xmlfile

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	// deepest is how deep elements nest, and mostAttributes how many an element
	// has.
	deepest        = 1000
	mostAttributes = 1000
)

// errTooLong is for what does not fit into the window's limit.
var errTooLong = errors.New("more text than may be held")

type tokenKind uint8

const (
	// startTag opens an element; empty says that it closes it as well.
	startTag tokenKind = iota
	endTag
	// text is characters between tags, or a CDATA section. While nothing is held
	// a token may be a part of it.
	text
)

// span is a part of the window's text, or of the arena.
type span struct {
	lo, hi int32
	arena  bool
}

// attribute is an attribute of a start tag, its value decoded.
type attribute struct {
	name  int32
	value span
}

// token is what the scanner is at. Offsets count from the start of the window.
type token struct {
	kind       tokenKind
	name       int32
	lo, hi     int
	empty      bool
	attributes []attribute
	// value is a text, decoded where text is held; blank says that it is spaces.
	value span
	blank bool
	// violations reject the record that the token is in.
	violations []connector.Violation
}

// scanner cuts XML into tokens. Comments, instructions and the document type
// are none.
type scanner struct {
	token
	window *connector.Window
	// text is what the window shows, pos is behind the token.
	text []byte
	pos  int
	// hold keeps the text from the window's start on in view, up to limit bytes.
	hold  bool
	limit int
	// released is how much of the text is before the window, last the last byte
	// of that.
	released int64
	last     byte
	// line is the number of the line at text[counted].
	line    int64
	counted int
	// until is the end of the comment or instruction that pos is in.
	until string
	// open are the names of the elements that pos is inside of.
	open  []int32
	names names
	// arena holds decoded text.
	arena []byte
	// tag numbers the start tags.
	tag int64
	// input is for messages.
	input string
}

// next moves to the next token, or returns io.EOF behind the last.
func (s *scanner) next() error {
	if !s.hold {
		s.arena = s.arena[:0]
	}
	s.violations = s.violations[:0]
	for {
		found, err := s.scan()
		if found || err != nil {
			return err
		}
		more, err := s.more()
		if err != nil {
			return err
		}
		if !more {
			return s.atEnd()
		}
	}
}

// more brings more text into view and reports whether there was any.
func (s *scanner) more() (bool, error) {
	if !s.hold {
		s.release(s.pos)
	}
	if len(s.text) > s.limit {
		if s.hold {
			return false, errTooLong
		}
		return false, s.problem("too-large", "a tag or document type of more than %d bytes (max_record) starts here", s.limit)
	}
	more, err := s.window.More()
	s.text = s.window.Bytes()
	return more, err
}

// release forgets the text before n, which is counted from the start.
func (s *scanner) release(n int) {
	s.mark(n)
	s.window.Advance(n)
	s.released += int64(n)
	if n > 0 {
		s.last = s.text[n-1]
	}
	s.text, s.pos, s.counted = s.text[n:], s.pos-n, s.counted-n
}

// mark returns the number of the line at text[at]; the next one is not before.
func (s *scanner) mark(at int) int64 {
	if at > s.counted {
		s.line += int64(bytes.Count(s.text[s.counted:at], newline))
		s.counted = at
	}
	return s.line
}

var newline = []byte{'\n'}

// atEnd is for the end of the input.
func (s *scanner) atEnd() error {
	if s.pos == len(s.text) && len(s.open) == 0 && s.until == "" {
		return io.EOF
	}
	where := "in the middle of a tag, a comment or a document type"
	if n := len(s.open); n > 0 {
		where = "inside of <" + s.names.list[s.open[n-1]].full + ">"
	}
	return s.problem("truncated", "the XML ends too early, %s: it was cut off", where).
		WithHint("nothing of it was loaded; fetch the whole file again")
}

// problem is for what is wrong at pos.
func (s *scanner) problem(code, message string, args ...any) *diag.Problem {
	return diag.New(code, diag.Place{File: s.input, Line: int(s.mark(min(s.pos, len(s.text))))}, message, args...)
}

// bad is for XML that cannot be read on.
func (s *scanner) bad(message string, args ...any) *diag.Problem {
	hint := "nothing of it was loaded; whoever makes the file has to mend it"
	if len(s.open) > 0 && strings.EqualFold(s.names.list[s.open[0]].full, "html") {
		hint = "this is a web page, not data: an error or a login, as servers send them; nothing of it was loaded"
	}
	return s.problem("bad-xml", message, args...).WithHint("%s", hint)
}

// scan finds the next token in the text that is in view; found is false where
// that is too little.
func (s *scanner) scan() (found bool, err error) {
	for s.pos < len(s.text) {
		if s.until != "" {
			if !s.skip() {
				return false, nil
			}
			continue
		}
		if s.text[s.pos] != '<' {
			return s.scanText()
		}
		if s.pos+1 == len(s.text) {
			return false, nil
		}
		switch s.text[s.pos+1] {
		case '/':
			return s.scanEnd()
		case '?':
			s.pos, s.until = s.pos+2, "?>"
		case '!':
			found, again, err := s.scanMarkup()
			if !again {
				return found, err
			}
		default:
			return s.scanStart()
		}
	}
	return false, nil
}

// skip moves behind the end of a comment or instruction, if that is in view.
func (s *scanner) skip() bool {
	i := bytes.Index(s.text[s.pos:], []byte(s.until))
	if i < 0 {
		s.pos = max(s.pos, len(s.text)-len(s.until)+1)
		return false
	}
	s.pos, s.until = s.pos+i+len(s.until), ""
	return true
}

// scanEnd scans an end tag.
func (s *scanner) scanEnd() (bool, error) {
	n := bytes.IndexByte(s.text[s.pos:], '>')
	if n < 0 {
		return false, nil
	}
	name := bytes.TrimRight(s.text[s.pos+2:s.pos+n], spaces)
	last := len(s.open) - 1
	if last < 0 {
		return false, s.bad("</%s> closes nothing: no element is open", shown(name))
	}
	if open := s.names.list[s.open[last]].full; open != string(name) {
		return false, s.bad("</%s> closes <%s>: the tags do not match", shown(name), shown([]byte(open)))
	}
	s.kind, s.name, s.lo, s.hi = endTag, s.open[last], s.pos, s.pos+n+1
	s.open = s.open[:last]
	s.pos = s.hi
	return true, nil
}

// shown is a name for a message.
func shown(name []byte) []byte { return name[:min(len(name), 60)] }
