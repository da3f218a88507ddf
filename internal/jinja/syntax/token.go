package syntax

import "github.com/tarn-lake/tarn/internal/jinja/python"

// tokenKind is the kind of a token.
type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokText
	tokPrintBegin // {{
	tokPrintEnd   // }}
	tokTagBegin   // {%
	tokTagEnd     // %}
	tokName
	tokString
	tokInt
	tokFloat
	tokOp
)

// token is one word of a template. Text holds names and operators as written,
// and the contents of text and strings with newlines and escapes resolved.
type token struct {
	kind tokenKind
	pos  int
	text string
}

// is reports whether the token is that operator.
func (t token) is(op string) bool { return t.kind == tokOp && t.text == op }

// word reports whether the token is that name.
func (t token) word(name string) bool { return t.kind == tokName && t.text == name }

// String describes the token in an error.
func (t token) String() string {
	switch t.kind {
	case tokEOF:
		return "the end of the template"
	case tokText:
		return "text"
	case tokPrintBegin:
		return "`{{`"
	case tokPrintEnd:
		return "`}}`"
	case tokTagBegin:
		return "`{%`"
	case tokTagEnd:
		return "`%}`"
	case tokString:
		return "the string " + python.Quote(t.text)
	default:
		return "`" + t.text + "`"
	}
}
