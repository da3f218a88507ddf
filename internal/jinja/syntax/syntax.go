// Package syntax reads Jinja templates: it turns a text into a tree.
//
// A text goes through the lexer, which cuts it into tokens, and the parser,
// which follows jinja2's grammar rule by rule; symbols settles which names of
// each scope start undefined. [Parse] reads a text or a part of one, [Scan]
// finds the definitions in a file that may hold anything else.
//
// It promises that every node knows its offset in the text as it was written,
// that what is no template is an [Error] with an offset, and that no text,
// however deep it nests, exhausts the stack. A tree is not changed once it is
// read.
//
// It leaves to others what names, filters and tests mean (a [Language] says
// which there are) and what a tree gives: package jinja.
package syntax

// Tree is a text that was read.
type Tree struct {
	Body []Node
	// Blank are the names that start undefined: those that are assigned before
	// they are read.
	Blank []string
	// Blocks are the blocks, and Extends is whether it has a parent.
	Blocks  []*Block
	Extends bool
}

// Parse reads a part of a source.
func Parse(src *Source, from, to int, lang *Language) (*Tree, error) {
	p := &parser{src: src, lang: lang}
	body, err := p.parse(from, to)
	if err != nil {
		return nil, err
	}
	t := &Tree{Body: body, Blocks: p.blocks, Extends: p.extends}
	if p.assigns {
		t.Blank = blankNames(body)
	}
	return t, nil
}
