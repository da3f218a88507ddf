package python

import (
	"errors"
	"strconv"
	"strings"
)

// strFormat is str.format(): `{}`, `{0}`, `{name}`, with attributes, items,
// conversions and format specifications.
func strFormat(v any, a *Arguments, _ Invoke) (any, error) {
	f := &braceFormat{args: a}
	text, err := f.expand(v.(string), 0)
	return text, err
}

type braceFormat struct {
	args *Arguments
	next int // the index of the next `{}`; -1 once indices are written out
}

func (f *braceFormat) expand(s string, depth int) (string, error) {
	if depth > 1 {
		return "", errors.New("`{` is nested too deep in the format")
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		if strings.HasPrefix(s[i+1:], s[i:i+1]) {
			b.WriteByte(s[i])
			s = s[i+2:]
			continue
		}
		if s[i] == '}' {
			return "", errors.New("there is a single `}` in the format")
		}
		end := fieldEnd(s[i+1:])
		if end < 0 {
			return "", errors.New("a `{` is never closed in the format")
		}
		text, err := f.field(s[i+1:i+1+end], depth)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		if b.Len() > MaxString {
			return "", ErrTooLong
		}
		s = s[i+1+end+1:]
	}
	return b.String(), nil
}

// fieldEnd returns where the `}` of a field is.
func fieldEnd(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

func (f *braceFormat) field(field string, depth int) (string, error) {
	name, spec, _ := strings.Cut(field, ":")
	name, conversion, converted := strings.Cut(name, "!")
	v, err := f.value(name)
	if err != nil {
		return "", err
	}
	if converted {
		switch conversion {
		case "s":
			v, err = Str(v)
		case "r", "a":
			v, err = Repr(v)
		default:
			err = errors.New("there is no conversion `!" + conversion + "`")
		}
		if err != nil {
			return "", err
		}
	}
	if strings.ContainsAny(spec, "{}") {
		if spec, err = f.expand(spec, depth+1); err != nil {
			return "", err
		}
	}
	return Format(v, spec)
}

// value looks up `name.attribute[item]`.
func (f *braceFormat) value(path string) (any, error) {
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		end = len(path)
	}
	v, err := f.first(path[:end])
	for rest := path[end:]; err == nil && rest != ""; {
		if rest[0] == '.' {
			n := strings.IndexAny(rest[1:], ".[")
			if n < 0 {
				n = len(rest) - 1
			}
			v, err = Attribute(v, rest[1:1+n])
			rest = rest[1+n:]
			continue
		}
		key, after, ok := strings.Cut(rest[1:], "]")
		if rest[0] != '[' || !ok {
			return nil, errors.New("a `[` is never closed in the format")
		}
		var k any = key
		if n, convErr := strconv.ParseInt(key, 10, 64); convErr == nil {
			k = n
		}
		v, err = Subscript(v, k)
		rest = after
	}
	return v, err
}

func (f *braceFormat) first(name string) (any, error) {
	i, err := strconv.Atoi(name)
	switch {
	case name == "":
		if f.next < 0 {
			return nil, errors.New("`{}` and numbered fields do not mix")
		}
		i = f.next
		f.next++
	case err == nil:
		if f.next > 0 {
			return nil, errors.New("`{}` and numbered fields do not mix")
		}
		f.next = -1
	default:
		for _, n := range f.args.Named {
			if n.Name == name {
				return n.Value, nil
			}
		}
		return nil, errors.New("there is no argument `" + name + "` for the format")
	}
	if i < 0 || i >= len(f.args.Args) {
		return nil, errors.New("there are not enough arguments for the format")
	}
	return f.args.Args[i], nil
}
