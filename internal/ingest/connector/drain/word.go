package drain

// split parts a message at white space. The words are valid until the next call.
func (t *Tree) split(message []byte) [][]byte {
	words := t.words[:0]
	for at := 0; at < len(message); {
		if isSpace(message[at]) {
			at++
			continue
		}
		if len(words) == maxWords {
			words = append(words, message[at:])
			break
		}
		start := at
		for at < len(message) && !isSpace(message[at]) {
			at++
		}
		words = append(words, message[start:at])
	}
	t.words = words
	return words
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func hasDigit(word []byte) bool {
	for _, c := range word {
		if c-'0' <= 9 {
			return true
		}
	}
	return false
}

// isValue reports whether a word is a value whatever other messages have: a
// number, an address, an id, a time: at least one digit, and otherwise letters of
// hexadecimal numbers and punctuation only. The word "<*>" itself is one, so
// that it never stands for itself.
func isValue(word []byte) bool {
	if len(word) > maxWord || string(word) == Wildcard {
		return true
	}
	digit := false
	for _, c := range word {
		switch {
		case c-'0' <= 9:
			digit = true
		case 'a' <= c|0x20 && c|0x20 <= 'f', c == 'x', c == '.', c == ':', c == '-', c == '/', c == ',', c == '+', c == '%',
			c == '(', c == ')', c == '[', c == ']', c == '#', c == '$', c == '=', c == '_', c == ';', c == '\'', c == '"':
		default:
			return false
		}
	}
	return digit
}
