package sqlast

// Part is one statement of a text, as its words and signs.
type Part struct {
	// Span is all of it, without the semicolon.
	Span
	Tokens []Token
}

// Token is a word, a sign, a text or a number.
type Token struct {
	Span
	// Word is a word in capitals, and a sign as it is; "" is another token.
	Word string
	// Quoted is a name in quotes, Text a text.
	Quoted, Text bool
}

// Split splits text into its statements and those into tokens, and reads no
// more of them.
func Split(text string) []Part {
	var out []Part
	var tokens []Token
	s := scanner{sql: text}
	for {
		t := s.next()
		if t.word != ";" && t.kind != endToken {
			tokens = append(tokens, Token{Span{t.start, t.end}, t.word, t.kind == quotedToken, t.kind == stringToken})
			continue
		}
		if len(tokens) > 0 {
			out = append(out, Part{Span{tokens[0].Start, tokens[len(tokens)-1].End}, tokens})
			tokens = nil
		}
		if t.kind == endToken {
			return out
		}
	}
}
