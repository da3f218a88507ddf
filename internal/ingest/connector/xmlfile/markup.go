package xmlfile

import (
	"bytes"
	"regexp"
)

const (
	commentStart  = "<!--"
	sectionStart  = "<![CDATA["
	sectionEnd    = "]]>"
	documentStart = "<!DOCTYPE"
)

// scanMarkup scans what starts with <!: again says that it was no token.
func (s *scanner) scanMarkup() (found, again bool, err error) {
	rest := s.text[s.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte(commentStart)):
		s.pos, s.until = s.pos+len(commentStart), "-->"
		return false, true, nil
	case bytes.HasPrefix(rest, []byte(sectionStart)):
		return s.scanSection()
	case bytes.HasPrefix(rest, []byte(documentStart)):
		again, err = s.scanDocumentType()
		return false, again, err
	}
	for _, start := range []string{commentStart, sectionStart, documentStart} {
		if len(rest) < len(start) && start[:len(rest)] == string(rest) {
			return false, false, nil
		}
	}
	return false, false, s.bad("%q starts neither a comment nor a CDATA section nor a document type", rest[:min(len(rest), 10)])
}

// scanSection scans a CDATA section. While nothing is held it is skipped.
func (s *scanner) scanSection() (found, again bool, err error) {
	if len(s.open) == 0 {
		return false, false, s.bad("a CDATA section outside of any element")
	}
	lo := s.pos + len(sectionStart)
	if !s.hold {
		s.pos, s.until = lo, sectionEnd
		return false, true, nil
	}
	n := bytes.Index(s.text[lo:], []byte(sectionEnd))
	if n < 0 {
		return false, false, nil
	}
	flags := byte(0)
	for _, c := range s.text[lo : lo+n] {
		flags |= marks[c]
	}
	s.characters(lo, lo+n, flags&^refers)
	s.pos = lo + n + len(sectionEnd)
	return true, false, nil
}

var entityDeclaration = regexp.MustCompile(`<!ENTITY[\s%]`)

// scanDocumentType moves behind a document type. Nothing of it is used, and
// entities are refused: they can be made to grow without bound, and to fetch
// other files.
func (s *scanner) scanDocumentType() (again bool, err error) {
	if len(s.open) > 0 {
		return false, s.bad("a document type inside of an element")
	}
	end := documentTypeEnd(s.text[s.pos:])
	if end < 0 && len(s.text)-s.pos <= s.limit {
		return false, nil
	}
	if end < 0 {
		end = len(s.text) - s.pos
	}
	if at := entityDeclaration.FindIndex(s.text[s.pos : s.pos+end]); at != nil {
		s.pos += at[0]
		return false, s.problem("xml-entities", "the document type declares entities, which are not read: they can grow without bound and fetch other files").
			WithHint("nothing of it was loaded; write the file without entities, such as with xmllint --noent --dropdtd")
	}
	s.pos += end
	return true, nil
}

// documentTypeEnd returns what is behind the document type that text starts
// with, -1 where its end is not there. Quotes and comments hide brackets.
func documentTypeEnd(text []byte) int {
	depth, subset := 0, false
	for p := 0; p < len(text); p++ {
		switch c := text[p]; {
		case c == '"' || c == '\'':
			n := bytes.IndexByte(text[p+1:], c)
			if n < 0 {
				return -1
			}
			p += n + 1
		case c == '<' && bytes.HasPrefix(text[p:], []byte(commentStart)):
			n := bytes.Index(text[p+len(commentStart):], []byte("-->"))
			if n < 0 {
				return -1
			}
			p += len(commentStart) + n + 2
		case c == '[':
			subset = true
		case c == ']':
			subset = false
		case c == '<':
			depth++
		case c == '>':
			depth--
			if depth == 0 && !subset {
				return p + 1
			}
		}
	}
	return -1
}
