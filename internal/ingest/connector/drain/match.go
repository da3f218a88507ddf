package drain

// Match returns the template of a message that was learnt, after all were, and
// calls each with the words that stand for its wildcards. It returns nil for a
// message that has none.
func (t *Tree) Match(message []byte, each func(value []byte)) *Template {
	words := t.split(message)
	leaf := t.leaf(words, false)
	if leaf == nil {
		return nil
	}
	var best *Template
	most := -1
	for _, candidate := range leaf.templates {
		if constants, ok := candidate.fits(words); ok && constants > most {
			best, most = candidate, constants
		}
	}
	if best == nil {
		return nil
	}
	for i, w := range best.words {
		if w == Wildcard {
			each(words[i])
		}
	}
	return best
}

// fits reports whether the message has all words of the template that are no
// wildcards, and how many these are.
func (t *Template) fits(words [][]byte) (constants int, ok bool) {
	for i, w := range t.words {
		if w == Wildcard {
			continue
		}
		if w != string(words[i]) {
			return 0, false
		}
		constants++
	}
	return constants, true
}
