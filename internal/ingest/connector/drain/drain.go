// Package drain is for finding the templates of log messages: which words of
// "user anna logged in from 10.0.0.1" the program wrote, and which are values.
//
// It is the Drain algorithm of Pinjia He, Jieming Zhu, Zibin Zheng and Michael
// R. Lyu, "Drain: An Online Log Parsing Approach with Fixed Depth Tree", ICWS
// 2017: messages of as many words, and with the same first words, meet in one
// leaf of a tree of fixed depth; there a message joins the template that is most
// similar to it, if it is similar enough, and begins one of its own otherwise. A
// word in which a template and a message differ becomes a wildcard.
//
// Two things differ from the paper. Words that are numbers, addresses or ids are
// wildcards from the start, in place of the regular expressions that users of
// the paper's version write. And what is learnt is kept apart from what is asked
// for: after everything was learnt a message gets the template as it is in the
// end, so that all messages of one kind have the same.
//
// It promises that the templates follow from the messages and their order alone,
// and that memory is bounded whatever the messages are. It leaves to others
// which messages belong together.
package drain

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// Wildcard stands for a value in a template.
const Wildcard = "<*>"

// Config has the algorithm's settings; zero values are the defaults.
type Config struct {
	// Similarity is the part of a template's words that a message must share
	// with it to join it, from 0 to 1; the default is 0.4.
	Similarity float64
	// Depth is the depth of the tree, root and leaves counted; the default is 4,
	// which looks at a message's first word only.
	Depth int
	// Children bounds the words of one node; the default is 100.
	Children int
	// Templates bounds how many there are; the default is 10,000. Messages that
	// fit none of as many have none.
	Templates int
}

const (
	// maxWords is how many words of a message are told apart; what follows
	// them is one word more.
	maxWords = 128
	// maxWord is how long a word of a template may be; longer ones are values.
	maxWord = 128
)

// Tree has learnt messages. It is used by one goroutine.
type Tree struct {
	config  Config
	lengths map[int]*node
	// templates is how many there are.
	templates int
	words     [][]byte
}

// node is an inner node or a leaf.
type node struct {
	children map[string]*node
	// templates are a leaf's, in the order in which they were begun.
	templates []*Template
}

// Template is what messages of one kind have in common.
type Template struct {
	words []string
	// text and id are made when first asked for.
	text, id string
}

// New returns an empty tree.
func New(config Config) *Tree {
	if config.Similarity == 0 {
		config.Similarity = 0.4
	}
	if config.Depth == 0 {
		config.Depth = 4
	}
	if config.Children == 0 {
		config.Children = 100
	}
	if config.Templates == 0 {
		config.Templates = 10_000
	}
	return &Tree{config: config, lengths: map[int]*node{}}
}

// Text returns the template's words, with wildcards, one space between them.
func (t *Template) Text() string {
	if t.text == "" {
		t.text = strings.Join(t.words, " ")
	}
	return t.text
}

// ID returns 16 characters that follow from the text alone: templates of the
// same text have the same id, wherever they were found.
func (t *Template) ID() string {
	if t.id == "" {
		sum := fnv.New64a()
		_, _ = sum.Write([]byte(t.Text())) // never fails
		t.id = fmt.Sprintf("%016x", sum.Sum64())
	}
	return t.id
}
