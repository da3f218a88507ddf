package csvfile

// nullTexts are the texts that mean NULL: those without quotes, unless it says so.
type nullTexts struct {
	// empty says that the empty text is one of them.
	empty bool
	other []string
	// quoted says that they mean NULL in quotes too.
	quoted bool
}

func newNullTexts(list []string, declared bool) nullTexts {
	if !declared {
		return nullTexts{empty: true}
	}
	var n nullTexts
	for _, text := range list {
		if text == "" {
			n.empty = true
		} else {
			n.other = append(n.other, text)
		}
	}
	return n
}

// mean reports whether a field's text means NULL.
func (n *nullTexts) mean(c *chunk, f field) bool {
	switch {
	case f.quoted() && !n.quoted:
		return false
	case f.empty():
		return n.empty
	}
	return len(n.other) > 0 && !f.escaped() && n.has(c.text[f.lo:f.end()])
}

// has reports whether a text that is not empty means NULL.
func (n *nullTexts) has(text []byte) bool {
	for _, other := range n.other {
		if string(text) == other {
			return true
		}
	}
	return false
}
