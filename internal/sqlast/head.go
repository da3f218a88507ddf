package sqlast

import "strings"

// Head returns the word that a statement starts with, in capitals, such as
// INSERT; of a statement that starts with WITH, the word that follows the
// common table expressions. "" is text that starts with no word.
func Head(sql string) string {
	s := scanner{rest: sql}
	word := s.next()
	for word == "(" {
		word = s.next()
	}
	if word != "WITH" {
		return onlyWord(word)
	}
	// The next word outside of parentheses that starts a statement.
	depth := 0
	for word = s.next(); word != ""; word = s.next() {
		switch word {
		case "(":
			depth++
		case ")":
			depth--
		case "SELECT", "FROM", "VALUES", "TABLE", "INSERT", "UPDATE", "DELETE", "MERGE", "PIVOT", "UNPIVOT", "DESCRIBE", "SUMMARIZE", "SHOW", "COPY":
			if depth == 0 {
				return word
			}
		}
	}
	return "WITH"
}

func onlyWord(s string) string {
	if s == "" || !isLetter(s[0]) {
		return ""
	}
	return s
}

func isLetter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// scanner splits SQL into words and signs, without what is quoted or a comment.
type scanner struct{ rest string }

// next returns a word in capitals, or one other character; "" is the end.
func (s *scanner) next() string {
	for s.rest != "" {
		if s.skip() {
			continue
		}
		if !isLetter(s.rest[0]) {
			sign := s.rest[:1]
			s.rest = s.rest[1:]
			return sign
		}
		end := 1
		for end < len(s.rest) && (isLetter(s.rest[end]) || s.rest[end] >= '0' && s.rest[end] <= '9') {
			end++
		}
		word := s.rest[:end]
		s.rest = s.rest[end:]
		return strings.ToUpper(word)
	}
	return ""
}

// skip drops a blank, a comment or something quoted from the front.
func (s *scanner) skip() bool {
	r := s.rest
	switch {
	case strings.IndexByte(" \t\r\n\f\v", r[0]) >= 0:
		s.rest = r[1:]
	case strings.HasPrefix(r, "--"):
		s.drop(2, "\n")
	case strings.HasPrefix(r, "/*"):
		s.drop(2, "*/")
	case r[0] == '\'' || r[0] == '"':
		s.drop(1, r[:1]) // a doubled quote is another quoted text
	default:
		return false
	}
	return true
}

// drop drops everything up to and with end, which is looked for from start.
func (s *scanner) drop(start int, end string) {
	if i := strings.Index(s.rest[start:], end); i >= 0 {
		s.rest = s.rest[start+i+len(end):]
		return
	}
	s.rest = ""
}
