package pymodule

import (
	"fmt"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// patternCall is a method of patterns, and a function of the module, which
// takes the pattern before and the flags after its parameters.
type patternCall struct {
	params int
	call   func(p *pattern, c *jinja.Call) (any, error)
}

var patternCalls = sync.OnceValue(func() map[string]patternCall {
	return map[string]patternCall{
		"search":    {1, searching(func(p *pattern, text []rune, from int) (*match, error) { return p.match(p.find, text, from) })},
		"match":     {1, searching(func(p *pattern, text []rune, from int) (*match, error) { return p.at(p.find, text, from) })},
		"fullmatch": {1, searching(func(p *pattern, text []rune, from int) (*match, error) { return p.at(p.whole, text, from) })},
		"findall":   {1, patternFindAll},
		"finditer":  {1, patternFindIter},
		"split":     {2, patternSplit},
		"sub":       {3, patternSub},
		"subn":      {3, patternSubN},
	}
})

// searching makes a method of what finds one match.
func searching(find func(p *pattern, text []rune, from int) (*match, error)) func(*pattern, *jinja.Call) (any, error) {
	return func(p *pattern, c *jinja.Call) (any, error) {
		text, from, err := p.subject(c)
		if err != nil {
			return nil, err
		}
		m, err := find(p, text, from)
		if m == nil {
			return nil, err
		}
		return m, err
	}
}

// subject reads the text to look at, and the part of it to look at.
func (p *pattern) subject(c *jinja.Call) (text []rune, from int, err error) {
	b, err := c.Bind("string", "pos?", "endpos?")
	if err != nil {
		return nil, 0, err
	}
	s, err := b.String(0, "")
	if err != nil {
		return nil, 0, fmt.Errorf("looks at a str, not %s", python.TypeName(b.Any(0, nil)))
	}
	text = []rune(s)
	n, err := b.Int(1, 0)
	if err != nil {
		return nil, 0, err
	}
	end, err := b.Int(2, int64(len(text)))
	if err != nil {
		return nil, 0, err
	}
	end = max(0, min(end, int64(len(text))))
	return text[:end], int(max(0, min(n, end))), nil
}

// value is what findall gives for a match: all of it, its group, or its groups.
func (m *match) value() any {
	if m.of.groups == 0 {
		return m.group(0)
	}
	out := make(python.Tuple, m.of.groups)
	for i := range out {
		if out[i] = m.group(i + 1); out[i] == nil {
			out[i] = ""
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return out
}

func patternFindAll(p *pattern, c *jinja.Call) (any, error) {
	out := python.NewList()
	text, _, err := p.subject(c)
	if err != nil {
		return nil, err
	}
	err = p.each(text, func(m *match) (bool, error) {
		out.Items = append(out.Items, m.value())
		return true, c.Step(1)
	})
	return out, err
}

func patternFindIter(p *pattern, c *jinja.Call) (any, error) {
	var out []any
	text, _, err := p.subject(c)
	if err != nil {
		return nil, err
	}
	err = p.each(text, func(m *match) (bool, error) {
		out = append(out, m)
		return true, c.Step(1)
	})
	return over(out), err
}

func patternSplit(p *pattern, c *jinja.Call) (any, error) {
	b, err := c.Bind("string", "maxsplit?")
	if err != nil {
		return nil, err
	}
	s, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	limit, err := b.Int(1, 0)
	if err != nil {
		return nil, err
	}
	text, at, out := []rune(s), 0, python.NewList()
	if limit >= 0 {
		err = p.each(text, func(m *match) (bool, error) {
			out.Items = append(out.Items, string(text[at:m.spans[0][0]]))
			for i := 1; i <= p.groups; i++ {
				out.Items = append(out.Items, m.group(i))
			}
			at = m.spans[0][1]
			limit--
			return limit != 0, c.Step(1)
		})
	}
	out.Items = append(out.Items, string(text[at:]))
	return out, err
}

func patternSub(p *pattern, c *jinja.Call) (any, error) {
	text, _, err := p.substitute(c)
	return text, err
}

func patternSubN(p *pattern, c *jinja.Call) (any, error) {
	text, n, err := p.substitute(c)
	return python.Tuple{text, n}, err
}

// substitute replaces matches by a template or by what a function returns, and
// counts them.
func (p *pattern) substitute(c *jinja.Call) (string, int64, error) {
	b, err := c.Bind("repl", "string", "count?")
	if err != nil {
		return "", 0, err
	}
	s, err := b.String(1, "")
	if err != nil {
		return "", 0, err
	}
	limit, err := b.Int(2, 0)
	if err != nil {
		return "", 0, err
	}
	text, at, n := []rune(s), 0, int64(0)
	var out strings.Builder
	err = p.each(text, func(m *match) (bool, error) {
		by, err := m.replacement(c, b.Any(0, nil))
		if err != nil {
			return false, err
		}
		out.WriteString(string(text[at:m.spans[0][0]]))
		out.WriteString(by)
		at = m.spans[0][1]
		n++
		return n != limit, c.Step(1)
	})
	out.WriteString(string(text[at:]))
	return out.String(), n, err
}

func (m *match) replacement(c *jinja.Call, by any) (string, error) {
	if template, ok := by.(string); ok {
		return m.expand(template)
	}
	v, err := c.Invoke(by, m)
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("the function that replaces returns str, not %s", python.TypeName(v))
	}
	return s, nil
}
