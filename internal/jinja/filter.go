package jinja

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// makeFilters makes the filters of jinja2.
func makeFilters() map[string]Callable {
	m := map[string]Callable{
		"default": filterDefault, "d": filterDefault,
		"attr": filterAttr, "string": filterString, "length": filterLength, "count": filterLength,
		"format": filterFormat, "tojson": filterToJSON, "items": filterItems, "safe": filterString,
		"groupby": filterGroupBy, "random": filterRandom, "filesizeformat": filterFileSize,
		"wordwrap": filterWordWrap, "pprint": filterPrettyPrint,
	}
	addTextFilters(m)
	addNumberFilters(m)
	addSequenceFilters(m)
	addPickFilters(m)
	addHTMLFilters(m)
	return m
}

func unknownFilter(pos int, name string) error {
	return &fault{pos, Error{Kind: Unknown, Name: name, Known: sortedNames(core().filters),
		Message: "there is no filter `" + name + "`"}}
}

func unknownTest(pos int, name string) error {
	return &fault{pos, Error{Kind: Unknown, Name: name, Known: sortedNames(core().tests),
		Message: "there is no test `" + name + "`"}}
}

func sortedNames(m map[string]Callable) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// textFilter makes a filter of a function over text and arguments.
func textFilter(f func(s string, b python.Bound) (any, error), params ...string) Callable {
	params = append([]string{"_value"}, params...)
	return func(c *Call) (any, error) {
		b, err := c.Bind(params...)
		if err != nil {
			return nil, err
		}
		s, err := python.Str(b.Any(0, nil))
		if err != nil {
			return nil, err
		}
		return f(s, b)
	}
}

func addTextFilters(m map[string]Callable) {
	simple := func(f func(string) string) Callable {
		return textFilter(func(s string, _ python.Bound) (any, error) { return f(s), nil })
	}
	m["upper"], m["lower"] = simple(python.Upper), simple(python.Lower)
	m["capitalize"], m["title"] = simple(python.Capitalize), simple(titleWords)
	m["trim"] = textFilter(func(s string, b python.Bound) (any, error) {
		return python.CallMethod(s, "strip", b.Any(1, nil))
	}, "chars?")
	m["replace"] = textFilter(func(s string, b python.Bound) (any, error) {
		from, err := python.Str(b.Any(1, nil))
		if err != nil {
			return nil, err
		}
		to, err := python.Str(b.Any(2, nil))
		if err != nil {
			return nil, err
		}
		n := int64(-1)
		if b.Any(3, nil) != nil {
			if n, err = b.Int(3, -1); err != nil {
				return nil, err
			}
		}
		return python.CallMethod(s, "replace", from, to, n)
	}, "old", "new", "count?")
	m["center"] = textFilter(func(s string, b python.Bound) (any, error) {
		width, err := b.Int(1, 80)
		if err != nil {
			return nil, err
		}
		return python.CallMethod(s, "center", width)
	}, "width?")
	m["wordcount"] = textFilter(func(s string, _ python.Bound) (any, error) {
		return int64(len(strings.FieldsFunc(s, func(r rune) bool { return !isWord(r) }))), nil
	})
	m["indent"] = filterIndent
	m["truncate"] = filterTruncate
}

// titleWords is the title filter: a capital after space, hyphens and brackets.
func titleWords(s string) string {
	var b strings.Builder
	first := true
	for _, r := range s {
		switch {
		case r == '-' || r == '(' || r == '{' || r == '[' || r == '<' || python.IsSpace(r):
			first = true
			b.WriteRune(r)
		case first:
			first = false
			b.WriteString(python.Upper(string(r)))
		default:
			b.WriteString(python.Lower(string(r)))
		}
	}
	return b.String()
}

func filterDefault(c *Call) (any, error) {
	b, err := c.Bind("_value", "default_value?", "boolean?")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	if _, ok := v.(*python.Undefined); ok || b.Bool(2, false) && !python.Truth(v) {
		return b.Any(1, ""), nil
	}
	return v, nil
}

func filterAttr(c *Call) (any, error) {
	b, err := c.Bind("_obj", "name")
	if err != nil {
		return nil, err
	}
	name, err := b.String(1, "")
	if err != nil {
		return nil, err
	}
	if u, ok := b.Any(0, nil).(*python.Undefined); ok {
		return nil, u.Err()
	}
	if v, ok := python.GetAttr(b.Any(0, nil), name); ok {
		return v, nil
	}
	return &python.Undefined{Name: name, Of: b.Any(0, nil), IsPart: true}, nil
}

func filterString(c *Call) (any, error) {
	b, err := c.Bind("_value")
	if err != nil {
		return nil, err
	}
	return python.Str(b.Any(0, nil))
}

func filterLength(c *Call) (any, error) {
	b, err := c.Bind("_value")
	if err != nil {
		return nil, err
	}
	n, ok := python.Len(b.Any(0, nil))
	if !ok {
		return nil, errors.New("a " + python.TypeName(b.Any(0, nil)) + " has no length")
	}
	return int64(n), nil
}

func filterFormat(c *Call) (any, error) {
	s, err := python.Str(c.Args[0])
	if err != nil {
		return nil, err
	}
	if len(c.Named) == 0 {
		return python.Percent(s, python.Tuple(c.Args[1:]))
	}
	if len(c.Args) > 1 {
		return nil, errors.New("takes positional or named arguments, not both")
	}
	d := python.NewDict()
	for _, n := range c.Named {
		d.SetString(n.Name, n.Value)
	}
	return python.Percent(s, d)
}

func filterItems(c *Call) (any, error) {
	b, err := c.Bind("_value")
	if err != nil {
		return nil, err
	}
	switch v := b.Any(0, nil).(type) {
	case *python.Undefined:
		return python.Iterate(v)
	case *python.Dict:
		return python.Iterate(v.Items())
	case python.Mapping:
		d, _, err := python.AsDict(v)
		if err != nil {
			return nil, err
		}
		return python.Iterate(d.Items())
	default:
		return nil, fmt.Errorf("needs a dict, not %s", python.TypeName(v))
	}
}

func filterIndent(c *Call) (any, error) {
	b, err := c.Bind("_value", "width?", "first?", "blank?")
	if err != nil {
		return nil, err
	}
	s, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	by, ok := b.Any(1, int64(4)).(string)
	if !ok {
		n, err := b.Int(1, 4)
		if err != nil {
			return nil, err
		}
		by = strings.Repeat(" ", int(max(0, min(n, 10_000))))
	}
	var lines []string
	for rest := s + "\n"; rest != ""; {
		var line string
		line, _, rest = python.CutLine(rest)
		lines = append(lines, line)
	}
	total := len(s)
	for i, line := range lines {
		if i == 0 && !b.Bool(2, false) || i > 0 && line == "" && !b.Bool(3, false) {
			continue
		}
		if total += len(by); total > python.MaxString {
			return nil, python.ErrTooLong
		}
		lines[i] = by + line
	}
	return strings.Join(lines, "\n"), nil
}

func filterTruncate(c *Call) (any, error) {
	b, err := c.Bind("_value", "length?", "killwords?", "end?", "leeway?")
	if err != nil {
		return nil, err
	}
	n, nErr := b.Int(1, 255)
	end, endErr := b.String(3, "...")
	leeway, lErr := int64(5), error(nil)
	if b.Any(4, nil) != nil {
		leeway, lErr = b.Int(4, 5)
	}
	if err := errors.Join(nErr, endErr, lErr); err != nil {
		return nil, err
	}
	if n < int64(utf8.RuneCountInString(end)) || leeway < 0 {
		return nil, errors.New("the length is shorter than the end")
	}
	if size, ok := python.Len(b.Any(0, nil)); ok && int64(size) <= n+leeway {
		return b.Any(0, nil), nil
	}
	s, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	runes := []rune(s)
	kept := string(runes[:n-int64(utf8.RuneCountInString(end))])
	if !b.Bool(2, false) {
		if i := strings.LastIndexByte(kept, ' '); i >= 0 {
			kept = kept[:i]
		}
	}
	return kept + end, nil
}

func isWord(r rune) bool {
	return r == '_' || r != utf8.RuneError && !python.IsSpace(r) && isLetterOrNumber(r)
}
