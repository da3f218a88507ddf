package syntax

import (
	"slices"
	"strings"
)

// scanner finds definitions in a file without reading what is around them.
type scanner struct {
	src   *Source
	lang  *Language
	kinds []string
	pos   int
	found func(from, to int) error
	// open is the definition being read, if its word is not empty; around are
	// the `if`s and `for`s that are open otherwise.
	open   scanned
	around []scanned
}

type scanned struct {
	word string
	pos  int
}

// Scan finds the definitions of the given kinds in a file, all kinds if none is
// given, and hands each one's extent to found, in their order. The rest of the
// file may hold anything, and definitions do not stand inside each other, or
// inside `if` and `for`.
func Scan(src *Source, lang *Language, kinds []string, found func(from, to int) error) error {
	if len(kinds) == 0 {
		kinds = append(kinds, "macro")
		for word := range lang.Tags {
			kinds = append(kinds, word)
		}
	}
	s := &scanner{src: src, lang: lang, kinds: kinds, found: found}
	return s.scan()
}

func (s *scanner) scan() error {
	src := s.src.Text
	for {
		at := nextOpening(src, s.pos)
		if at < 0 {
			break
		}
		var err error
		switch src[at+1] {
		case '#':
			end := strings.Index(src[at+2:], "#}")
			if end < 0 {
				return errOpenComment(at)
			}
			s.pos = at + 2 + end + 2
		case '{':
			s.pos, err = skipTag(src, at, "}}")
		default:
			err = s.tag(at)
		}
		if err != nil {
			return err
		}
	}
	if s.open.word != "" {
		return errNeverClosed(s.open.pos, s.open.word, "end"+s.open.word)
	}
	return nil
}

// tag reads the tag that begins at an offset.
func (s *scanner) tag(at int) error {
	src := s.src.Text
	_, after := marker(src, at+2)
	if from, ok := rawBegin(src, after); ok {
		_, end, ok := rawEnd(src, from, "endraw")
		if !ok {
			return errOpenRaw(at)
		}
		s.pos = end
		return nil
	}
	word := wordAt(src, skipSpace(src, after))
	end, err := skipTag(src, at, "%}")
	if err != nil {
		return err
	}
	s.pos = end
	switch {
	case s.open.word != "" && word == "end"+s.open.word:
		return s.close(end)
	case slices.Contains(s.kinds, word):
		return s.begin(word, at)
	case s.open.word != "":
	case word == "if" || word == "for":
		s.around = append(s.around, scanned{word, at})
	case (word == "endif" || word == "endfor") && len(s.around) > 0:
		s.around = s.around[:len(s.around)-1]
	}
	return nil
}

func (s *scanner) begin(word string, at int) error {
	outer := s.open
	if n := len(s.around); n > 0 {
		outer = s.around[n-1]
	}
	if outer.word != "" {
		line, _ := s.src.Place(outer.pos)
		return syntaxError(at, "`%s` stands inside the `%s` of line %d: it belongs at the top of the file",
			word, outer.word, line)
	}
	s.open = scanned{word, at}
	if !s.lang.Tags[word].Raw {
		return nil
	}
	_, end, ok := rawEnd(s.src.Text, s.pos, "end"+word)
	if !ok {
		return errNeverClosed(at, word, "end"+word)
	}
	s.pos = end
	return s.close(end)
}

// close hands on the block that ends at an offset.
func (s *scanner) close(end int) error {
	from := s.open.pos
	s.open = scanned{}
	return s.found(from, end)
}

// wordAt returns the word that begins at an offset.
func wordAt(src string, pos int) string {
	end := pos
	for end < len(src) && (src[end] == '_' || src[end]|0x20 >= 'a' && src[end]|0x20 <= 'z' || isDigit(src[end])) {
		end++
	}
	return src[pos:end]
}

// skipTag returns where a tag ends that begins at an offset; closings in
// strings are none.
func skipTag(src string, at int, closing string) (int, error) {
	for i := at + 2; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\'' || c == '"':
			for i++; i < len(src) && src[i] != c; i++ {
				if src[i] == '\\' {
					i++
				}
			}
		case strings.HasPrefix(src[i:], closing):
			return i + 2, nil
		}
	}
	return 0, syntaxError(at, "the tag is never closed: `%s` is missing", closing)
}
