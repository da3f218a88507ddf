package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/tarn-lake/tarn/internal/diag"
)

// maxDepth bounds how deep brackets, and lists within one line, may be nested:
// the parser's time grows with the square of it.
const maxDepth = 500

var deepList = bytes.Repeat([]byte("- "), maxDepth)

// Parse reads one document. It returns nil where the text is not YAML, which
// it reports; an empty document is a Null node.
func (r *Reader) Parse(file string, text []byte) *Node {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	start := diag.Place{File: file, Line: 1, Column: 1}
	if p := readable(file, text); p != nil {
		r.Problems.Add(p)
		return nil
	}
	f, err := parse(text)
	if err != nil {
		r.Problems.Add(syntaxProblem(file, err))
		return nil
	}
	bodies := make([]ast.Node, 0, 1)
	for _, d := range f.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType && d.Body.Type() != ast.DirectiveType {
			bodies = append(bodies, d.Body)
		}
	}
	if len(bodies) == 0 {
		return &Node{Kind: Null, Place: start}
	}
	b := &builder{reader: r, file: file, anchors: map[string]*Node{}}
	if len(bodies) > 1 {
		r.Problems.Errorf("yaml-documents", b.place(bodies[1]), "the file holds more than one YAML document").
			WithHint("remove the line `---` between them, or use several files")
	}
	root := b.node(bodies[0])
	if b.failed {
		return nil
	}
	return root
}

// readable refuses text that the parser must not be given.
func readable(file string, text []byte) *diag.Problem {
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return diag.New("yaml-syntax", placeOf(file, text, i), "the file holds a NUL byte").
			WithHint("save the file as UTF-8 text")
	}
	if !utf8.Valid(text) {
		return diag.New("yaml-syntax", placeOf(file, text, invalidAt(text)), "the file is not UTF-8 text").
			WithHint("save the file as UTF-8")
	}
	if i := bytes.Index(text, deepList); i >= 0 {
		return diag.New("yaml-syntax", placeOf(file, text, i), "lists are nested more than %d deep", maxDepth)
	}
	depth := 0
	for i, c := range text {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		}
		if depth > maxDepth {
			return diag.New("yaml-syntax", placeOf(file, text, i), "brackets are nested more than %d deep", maxDepth)
		}
	}
	return nil
}

// invalidAt returns the offset of the first byte that is not UTF-8.
func invalidAt(text []byte) int {
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRune(text[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}

func placeOf(file string, text []byte, offset int) diag.Place {
	before := text[:offset]
	line := bytes.Count(before, []byte("\n")) + 1
	last := before[bytes.LastIndexByte(before, '\n')+1:]
	return diag.Place{File: file, Line: line, Column: utf8.RuneCount(last) + 1}
}

// parse shields callers from faults of the parser: it is a large program of
// others, and the text is anybody's.
func parse(text []byte) (f *ast.File, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			f, err = nil, fmt.Errorf("the text cannot be read as YAML (%v)", fault)
		}
	}()
	return parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
}

// syntaxProblem turns an error of the parser into a problem with place.
func syntaxProblem(file string, err error) *diag.Problem {
	place := diag.Place{File: file}
	message := err.Error()
	var located yaml.Error
	if errors.As(err, &located) {
		message = located.GetMessage()
		if t := located.GetToken(); t != nil && t.Position != nil {
			place.Line, place.Column = t.Position.Line, t.Position.Column
		}
	}
	p := diag.New("yaml-syntax", place, "%s", message).WithCause(err)
	switch {
	case strings.Contains(message, "tab character"):
		p.WithHint("indent with spaces")
	case strings.Contains(message, "flow map"):
		p.WithHint("put quotes around a value that begins with `{`")
	case strings.Contains(message, "mapping value is not allowed"):
		p.WithHint("put quotes around a value that holds `: `")
	}
	return p
}
