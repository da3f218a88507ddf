package drain

// Learn takes a message in.
func (t *Tree) Learn(message []byte) {
	words := t.split(message)
	leaf := t.leaf(words, true)
	if leaf == nil {
		return
	}
	if best := leaf.similar(words, t.config.Similarity); best != nil {
		best.generalise(words)
		return
	}
	if t.templates >= t.config.Templates {
		return
	}
	t.templates++
	leaf.templates = append(leaf.templates, begin(words))
}

// leaf returns the leaf that a message of these words leads to; nil where there
// is none. A node that is full, and words with digits, lead on by the wildcard.
func (t *Tree) leaf(words [][]byte, grow bool) *node {
	at := t.lengths[len(words)]
	if at == nil {
		if !grow {
			return nil
		}
		at = &node{}
		t.lengths[len(words)] = at
	}
	for i := range min(t.config.Depth-3, len(words)) {
		if at = at.child(words[i], t.config.Children, grow); at == nil {
			return nil
		}
	}
	return at
}

// child returns the node for a word.
func (n *node) child(word []byte, limit int, grow bool) *node {
	value := len(word) > maxWord || hasDigit(word)
	if !value {
		if found, ok := n.children[string(word)]; ok {
			return found
		}
		value = len(n.children) >= limit
	}
	if value {
		if found, ok := n.children[Wildcard]; ok {
			return found
		}
	}
	if !grow {
		return nil
	}
	if n.children == nil {
		n.children = map[string]*node{}
	}
	made, name := &node{}, Wildcard
	if !value {
		name = string(word)
	}
	n.children[name] = made
	return made
}

// similar returns the template that shares most words with a message, and of
// those the one with most wildcards, if that are enough.
func (n *node) similar(words [][]byte, least float64) *Template {
	var best *Template
	most, mostFree := -1, -1
	for _, t := range n.templates {
		same, free := 0, 0
		for i, w := range t.words {
			if w == Wildcard {
				free++
			} else if w == string(words[i]) {
				same++
			}
		}
		if same > most || same == most && free > mostFree {
			best, most, mostFree = t, same, free
		}
	}
	// Words that are values on both sides say nothing; a message of nothing
	// else joins the template of nothing else.
	if best == nil || float64(most) < least*float64(len(words)-both(best.words, words)) {
		return nil
	}
	return best
}

// both counts the places where a template has a wildcard and a message a value.
func both(template []string, words [][]byte) (n int) {
	for i, w := range template {
		if w == Wildcard && isValue(words[i]) {
			n++
		}
	}
	return n
}

// generalise makes wildcards of the words that differ.
func (t *Template) generalise(words [][]byte) {
	for i, w := range t.words {
		if w != Wildcard && w != string(words[i]) {
			t.words[i] = Wildcard
		}
	}
}

// begin makes a template of a message.
func begin(words [][]byte) *Template {
	t := &Template{words: make([]string, len(words))}
	for i, w := range words {
		t.words[i] = Wildcard
		if !isValue(w) {
			t.words[i] = string(w)
		}
	}
	return t
}
