package csvfile

// nullTexts are the unquoted texts that mean NULL.
type nullTexts struct {
	// empty says that the empty text is one of them.
	empty bool
	other []string
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

// has reports whether an unquoted text that is not empty means NULL.
func (n *nullTexts) has(text []byte) bool {
	for _, other := range n.other {
		if string(text) == other {
			return true
		}
	}
	return false
}
