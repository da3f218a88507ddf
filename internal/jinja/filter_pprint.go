package jinja

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// pageWidth is how long lines of pprint get.
const pageWidth = 80

func filterPrettyPrint(c *Call) (any, error) {
	b, err := c.Bind("_value")
	if err != nil {
		return nil, err
	}
	p := &pretty{}
	p.value(b.Any(0, nil), 0, 0, 0)
	return p.b.String(), p.err
}

// pretty writes values on several lines where one is too short for them, as
// Python's pprint does.
type pretty struct {
	b   strings.Builder
	err error
}

// oneLine is repr, with the keys of dicts in order.
func (p *pretty) oneLine(v any, depth int) string {
	if depth > python.MaxDepth {
		p.err = python.ErrTooDeep
		return ""
	}
	switch v := v.(type) {
	case *python.Dict:
		parts := make([]string, v.Len())
		for i, e := range p.entries(v) {
			parts[i] = p.oneLine(e[0], depth+1) + ": " + p.oneLine(e[1], depth+1)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case *python.List:
		return "[" + p.join(v.Items, depth) + "]"
	case python.Tuple:
		if len(v) == 1 {
			return "(" + p.join(v, depth) + ",)"
		}
		return "(" + p.join(v, depth) + ")"
	}
	s, err := python.Repr(v)
	if err != nil {
		p.err = err
	}
	return s
}

func (p *pretty) join(items []any, depth int) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = p.oneLine(item, depth+1)
	}
	return strings.Join(parts, ", ")
}

// entries returns the entries of a dict in order of their keys, or of types and
// texts where keys have no order.
func (p *pretty) entries(d *python.Dict) [][2]any {
	list := make([][2]any, d.Len())
	for i := range list {
		list[i][0], list[i][1] = d.Entry(i)
	}
	slices.SortStableFunc(list, func(a, b [2]any) int {
		if less, err := python.Order("<", a[0], b[0]); err == nil {
			if less {
				return -1
			}
			if more, _ := python.Order("<", b[0], a[0]); more { // what compares one way compares the other
				return 1
			}
			return 0
		}
		return strings.Compare(python.TypeName(a[0]), python.TypeName(b[0]))
	})
	return list
}

// value writes v at an indent; allowance is what has to follow on its last line.
func (p *pretty) value(v any, indent, allowance, depth int) {
	line := p.oneLine(v, 0)
	if p.err != nil || p.b.Len() > python.MaxString || utf8.RuneCountInString(line) <= pageWidth-indent-allowance {
		p.b.WriteString(line)
		return
	}
	switch v := v.(type) {
	case *python.Dict:
		p.dict(v, indent, allowance, depth)
	case *python.List:
		p.items("[", v.Items, "]", indent, allowance, depth)
	case python.Tuple:
		end := ")"
		if len(v) == 1 {
			end = ",)"
		}
		p.items("(", v, end, indent, allowance, depth)
	case string:
		p.text(v, indent, allowance, depth)
	default:
		p.b.WriteString(line)
	}
}

func (p *pretty) items(open string, items []any, end string, indent, allowance, depth int) {
	p.b.WriteString(open)
	for i, item := range items {
		rest := 1
		if i == len(items)-1 {
			rest = allowance + len(end)
		}
		p.value(item, indent+1, rest, depth+1)
		if i < len(items)-1 {
			p.b.WriteString(",\n" + strings.Repeat(" ", indent+1))
		}
	}
	p.b.WriteString(end)
}

func (p *pretty) dict(d *python.Dict, indent, allowance, depth int) {
	p.b.WriteByte('{')
	for i, e := range p.entries(d) {
		rest := 1
		if i == d.Len()-1 {
			rest = allowance + 1
		}
		key := p.oneLine(e[0], 0)
		p.b.WriteString(key + ": ")
		p.value(e[1], indent+utf8.RuneCountInString(key)+3, rest, depth+1)
		if i < d.Len()-1 {
			p.b.WriteString(",\n" + strings.Repeat(" ", indent+1))
		}
	}
	p.b.WriteByte('}')
}

// text writes a long string as several literals, cut at lines and words.
func (p *pretty) text(s string, indent, allowance, depth int) {
	if s == "" {
		p.b.WriteString("''")
		return
	}
	if depth == 0 {
		indent, allowance = indent+1, allowance+1
	}
	var chunks []string
	for s != "" {
		var line, end string
		line, end, s = python.CutLine(s)
		chunks = append(chunks, literals(line+end, pageWidth-indent, allowance, s == "")...)
	}
	if len(chunks) == 1 {
		p.b.WriteString(chunks[0])
		return
	}
	text := strings.Join(chunks, "\n"+strings.Repeat(" ", indent))
	if depth == 0 {
		text = "(" + text + ")"
	}
	p.b.WriteString(text)
}

// literals cuts one line into literals that fit.
func literals(line string, width, allowance int, last bool) []string {
	room := width
	if last {
		room -= allowance
	}
	if whole := python.Quote(line); utf8.RuneCountInString(whole) <= room {
		return []string{whole}
	}
	var out []string
	current := ""
	words := wordsWithSpace(line)
	for i, word := range words {
		room := width
		if last && i == len(words)-1 {
			room -= allowance
		}
		if current != "" && utf8.RuneCountInString(python.Quote(current+word)) > room {
			out = append(out, python.Quote(current))
			current = ""
		}
		current += word
	}
	if current != "" {
		out = append(out, python.Quote(current))
	}
	return out
}

// wordsWithSpace cuts a line into words, each with the whitespace after it.
func wordsWithSpace(line string) []string {
	var out []string
	runes := []rune(line)
	for start := 0; start < len(runes); {
		end := start
		for end < len(runes) && !python.IsSpace(runes[end]) {
			end++
		}
		for end < len(runes) && python.IsSpace(runes[end]) {
			end++
		}
		out = append(out, string(runes[start:end]))
		start = end
	}
	return out
}
