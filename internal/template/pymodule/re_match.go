package pymodule

import (
	"errors"
	"fmt"
	"sync"

	"github.com/dlclark/regexp2/v2"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// match is what a pattern found.
type match struct {
	of    *pattern
	text  []rune
	spans [][2]int // of the groups, in characters; -1: it took no part
	last  int      // the group that matched last; 0 for none
}

func (p *pattern) match(re *regexp2.Regexp, text []rune, from int) (*match, error) {
	found, err := re.FindRunesMatchStartingAt(text, from)
	if err != nil {
		return nil, fmt.Errorf("matching %s was stopped: %w", quoted(p.text), err)
	}
	if found == nil {
		return nil, nil
	}
	m := &match{of: p, text: text, spans: make([][2]int, p.groups+1)}
	m.spans[0] = [2]int{found.RuneIndex, found.RuneIndex + found.RuneLength}
	for i := 1; i <= p.groups; i++ {
		m.spans[i] = [2]int{-1, -1}
		if g := found.GroupByNumber(i); g != nil && len(g.Captures) > 0 {
			m.spans[i] = [2]int{g.RuneIndex, g.RuneIndex + g.RuneLength}
			if m.last == 0 || m.spans[i][1] > m.spans[m.last][1] {
				m.last = i
			}
		}
	}
	return m, nil
}

// at returns the match that begins exactly at from, or none.
func (p *pattern) at(re *regexp2.Regexp, text []rune, from int) (*match, error) {
	m, err := p.match(re, text, from)
	if m != nil && m.spans[0][0] != from {
		m = nil
	}
	return m, err
}

// each calls f for one match after the other, as Python goes through a text: a
// match of nothing may follow any other, but not stand where one of nothing was.
func (p *pattern) each(text []rune, f func(*match) (bool, error)) error {
	re, from := p.find, 0
	for from <= len(text) {
		m, err := p.match(re, text, from)
		if err != nil || m == nil {
			return err
		}
		if more, err := f(m); err != nil || !more {
			return err
		}
		from = m.spans[0][1]
		re = p.find
		if m.spans[0][0] == m.spans[0][1] {
			re = p.advance
		}
	}
	return nil
}

// group returns the text of a group; nil if it took no part.
func (m *match) group(i int) any {
	if m.spans[i][0] < 0 {
		return nil
	}
	return string(m.text[m.spans[i][0]:m.spans[i][1]])
}

// index finds a group by number or name.
func (m *match) index(key any) (int, error) {
	switch k := key.(type) {
	case int64:
		if k >= 0 && int(k) < len(m.spans) {
			return int(k), nil
		}
	case string:
		for i, n := range m.of.names {
			if n == k && n != "" {
				return i, nil
			}
		}
	}
	return 0, errors.New("no such group")
}

// Attr returns a part or a method.
func (m *match) Attr(name string) (any, bool) {
	switch name {
	case "string":
		return string(m.text), true
	case "re":
		return m.of, true
	case "pos":
		return 0, true
	case "endpos":
		return len(m.text), true
	case "lastindex":
		if m.last == 0 {
			return nil, true
		}
		return m.last, true
	case "lastgroup":
		if m.last == 0 || m.of.names[m.last] == "" {
			return nil, true
		}
		return m.of.names[m.last], true
	}
	return bound(m, name, matchMethods())
}

var matchMethods = sync.OnceValue(func() map[string]method[*match] {
	span := func(pick func([2]int) any) method[*match] {
		return func(m *match, c *jinja.Call) (any, error) {
			b, err := c.Bind("_group?")
			if err != nil {
				return nil, err
			}
			i, err := m.index(b.Any(0, int64(0)))
			return pick(m.spans[i]), err
		}
	}
	return map[string]method[*match]{
		"group": matchGroup, "groups": matchGroups, "groupdict": matchGroupDict, "expand": matchExpand,
		"start": span(func(s [2]int) any { return s[0] }),
		"end":   span(func(s [2]int) any { return s[1] }),
		"span":  span(func(s [2]int) any { return python.Tuple{int64(s[0]), int64(s[1])} }),
	}
})

func matchGroup(m *match, c *jinja.Call) (any, error) {
	if len(c.Named) > 0 {
		return nil, errors.New("takes no named arguments")
	}
	if len(c.Args) == 0 {
		return m.group(0), nil
	}
	out := make(python.Tuple, len(c.Args))
	for i, key := range c.Args {
		n, err := m.index(key)
		if err != nil {
			return nil, err
		}
		out[i] = m.group(n)
	}
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

func matchGroups(m *match, c *jinja.Call) (any, error) {
	b, err := c.Bind("default?")
	if err != nil {
		return nil, err
	}
	out := python.Tuple{}
	for i := 1; i < len(m.spans); i++ {
		v := m.group(i)
		if v == nil {
			v = b.Any(0, nil)
		}
		out = append(out, v)
	}
	return out, nil
}

func matchGroupDict(m *match, c *jinja.Call) (any, error) {
	b, err := c.Bind("default?")
	if err != nil {
		return nil, err
	}
	d := python.NewDict()
	for i, name := range m.of.names {
		if name == "" {
			continue
		}
		v := m.group(i)
		if v == nil {
			v = b.Any(0, nil)
		}
		d.SetString(name, v)
	}
	return d, nil
}

func matchExpand(m *match, c *jinja.Call) (any, error) {
	b, err := c.Bind("template")
	if err != nil {
		return nil, err
	}
	s, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	return m.expand(s)
}

// Item is group.
func (m *match) Item(key any) (any, bool, error) {
	i, err := m.index(key)
	if err != nil {
		return nil, false, nil //nolint:nilerr // what is not there is undefined
	}
	return m.group(i), true, nil
}

// TypeName is Python's.
func (m *match) TypeName() string { return "re.Match" }

// Str prints where it is and what it found.
func (m *match) Str() string {
	text, _ := m.group(0).(string)
	r := []rune(quoted(text))
	return fmt.Sprintf("<re.Match object; span=(%d, %d), match=%s>", m.spans[0][0], m.spans[0][1], string(r[:min(len(r), 50)]))
}
