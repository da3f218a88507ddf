package python

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// addStringSearch adds the methods that look for something in a string, take
// it off its ends, or split at it.
func addStringSearch(m map[string]method) {
	both := func(s, set string) string { return strings.Trim(s, set) }
	m["strip"] = on(takes("_chars?"), strip(strings.TrimFunc, both))
	m["lstrip"] = on(takes("_chars?"), strip(strings.TrimLeftFunc, strings.TrimLeft))
	m["rstrip"] = on(takes("_chars?"), strip(strings.TrimRightFunc, strings.TrimRight))
	m["split"] = on(takes("sep?", "maxsplit?"), strSplit)
	m["rsplit"] = on(takes("sep?", "maxsplit?"), strSplitRight)
	m["startswith"] = on(takes("_prefix", "_start?", "_end?"), affix(strings.HasPrefix))
	m["endswith"] = on(takes("_suffix", "_start?", "_end?"), affix(strings.HasSuffix))
	m["find"] = on(takes("_sub", "_start?", "_end?"), find(strings.Index, false))
	m["rfind"] = on(takes("_sub", "_start?", "_end?"), find(strings.LastIndex, false))
	m["index"] = on(takes("_sub", "_start?", "_end?"), find(strings.Index, true))
	m["rindex"] = on(takes("_sub", "_start?", "_end?"), find(strings.LastIndex, true))
	m["count"] = on(takes("_sub", "_start?", "_end?"), strCount)
	m["ljust"] = on(takes("_width", "_fill?"), pad(func(n int) int { return 0 }))
	m["rjust"] = on(takes("_width", "_fill?"), pad(func(n int) int { return n }))
	m["center"] = on(takes("_width", "_fill?"), strCenter)
}

func strip(space func(string, func(rune) bool) string, chars func(s, set string) string) func(string, Bound) (any, error) {
	return func(s string, b Bound) (any, error) {
		if b.Any(0, nil) == nil {
			return space(s, IsSpace), nil
		}
		set, err := b.String(0, "")
		return chars(s, set), err
	}
}

func separator(b Bound) (sep string, limit int, err error) {
	if b.Any(0, nil) != nil {
		if sep, err = b.String(0, ""); err == nil && sep == "" {
			err = errors.New("the separator is empty")
		}
	}
	n, intErr := b.Int(1, -1)
	return sep, int(min(n, MaxItems)), errors.Join(err, intErr)
}

func strSplit(s string, b Bound) (any, error) {
	sep, limit, err := separator(b)
	switch {
	case err != nil:
		return nil, err
	case sep == "":
		return stringList(fields(s, limit)), nil
	case limit < 0:
		return stringList(strings.Split(s, sep)), nil
	}
	return stringList(strings.SplitN(s, sep, limit+1)), nil
}

// fields splits at whitespace, limit times at most if it is not negative.
func fields(s string, limit int) []string {
	if limit < 0 {
		return strings.FieldsFunc(s, IsSpace)
	}
	var parts []string
	for s = strings.TrimLeftFunc(s, IsSpace); s != ""; s = strings.TrimLeftFunc(s, IsSpace) {
		i := strings.IndexFunc(s, IsSpace)
		if i < 0 || len(parts) == limit {
			return append(parts, s)
		}
		parts = append(parts, s[:i])
		s = s[i:]
	}
	return parts
}

func strSplitRight(s string, b Bound) (any, error) {
	sep, limit, err := separator(b)
	if err != nil {
		return nil, err
	}
	if limit < 0 {
		return strSplit(s, b)
	}
	var parts []string
	if sep == "" {
		s = strings.TrimRightFunc(s, IsSpace)
	}
	for len(parts) < limit {
		i := strings.LastIndex(s, sep)
		n := len(sep)
		if sep == "" {
			i, n = strings.LastIndexFunc(s, IsSpace), 1
		}
		if i < 0 {
			break
		}
		if sep == "" {
			n = len(s[i:]) - len(strings.TrimLeftFunc(s[i:], IsSpace))
		}
		parts = append(parts, s[i+n:])
		if s = s[:i]; sep == "" {
			s = strings.TrimRightFunc(s, IsSpace)
		}
	}
	if sep != "" || strings.TrimLeftFunc(s, IsSpace) != "" {
		parts = append(parts, s)
	}
	slices.Reverse(parts)
	return stringList(parts), nil
}

func stringList(parts []string) *List {
	l := &List{Items: make([]any, len(parts))}
	for i, p := range parts {
		l.Items[i] = p
	}
	return l
}

func affix(has func(s, affix string) bool) func(string, Bound) (any, error) {
	return func(s string, b Bound) (any, error) {
		options := []any{b.Any(0, nil)}
		if t, ok := b.Any(0, nil).(Tuple); ok {
			options = t
		}
		s, from, err := between(s, b)
		if err != nil {
			return nil, err
		}
		for _, o := range options {
			text, ok := o.(string)
			if !ok {
				return nil, UndefinedOr(errors.New("needs a str or a tuple of them, not "+TypeName(o)), o)
			}
			if from >= 0 && has(s, text) {
				return true, nil
			}
		}
		return false, nil
	}
}

// find looks in the characters from start to end; positions are characters.
func find(search func(s, sub string) int, must bool) func(string, Bound) (any, error) {
	return func(s string, b Bound) (any, error) {
		sub, err := b.String(0, "")
		if err != nil {
			return nil, err
		}
		part, from, err := between(s, b)
		if err != nil {
			return nil, err
		}
		i := search(part, sub)
		if i >= 0 && from >= 0 {
			return int64(from + runeLen(part[:i])), nil
		}
		if must {
			return nil, errors.New("the substring is not in there")
		}
		return int64(-1), nil
	}
}

func strCount(s string, b Bound) (any, error) {
	sub, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	part, from, err := between(s, b)
	if err != nil || from < 0 {
		return int64(0), err
	}
	return int64(strings.Count(part, sub)), nil
}

// between returns the part of a string that the second and third argument
// name, and where it begins; that is -1 if they are the wrong way round.
func between(s string, b Bound) (part string, from int, err error) {
	if b.Any(1, nil) == nil && b.Any(2, nil) == nil {
		return s, 0, nil
	}
	runes := []rune(s)
	n := len(runes)
	first, err := sliceBound(b.Any(1, nil), 0, n, 0, n+1)
	if err != nil {
		return "", 0, err
	}
	end, err := sliceBound(b.Any(2, nil), n, n, 0, n)
	if err != nil {
		return "", 0, err
	}
	if first > end {
		return "", -1, nil
	}
	return string(runes[first:end]), first, nil
}

func partition(search func(s, sep string) int) func(string, Bound) (any, error) {
	return func(s string, b Bound) (any, error) {
		sep, err := b.String(0, "")
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, errors.New("the separator is empty")
		}
		if i := search(s, sep); i >= 0 {
			return Tuple{s[:i], sep, s[i+len(sep):]}, nil
		}
		if search("ab", "") == 0 { // from the left
			return Tuple{s, "", ""}, nil
		}
		return Tuple{"", "", s}, nil
	}
}

func cut(trim func(s, affix string) string) func(string, Bound) (any, error) {
	return func(s string, b Bound) (any, error) {
		text, err := b.String(0, "")
		return trim(s, text), err
	}
}

// pad fills a string up to a width; left says how much of it goes before.
func pad(left func(n int) int) func(string, Bound) (any, error) {
	return func(s string, b Bound) (any, error) {
		width, err := b.Int(0, 0)
		if err != nil {
			return nil, err
		}
		fill, err := b.String(1, " ")
		if err != nil {
			return nil, err
		}
		if runeLen(fill) != 1 {
			return nil, fmt.Errorf("fills with one character, not with %s", Quote(fill))
		}
		n := width - int64(runeLen(s))
		if n <= 0 {
			return s, nil
		}
		if n > MaxString/int64(len(fill)) {
			return nil, ErrTooLong
		}
		before := left(int(n))
		return strings.Repeat(fill, before) + s + strings.Repeat(fill, int(n)-before), nil
	}
}

// strCenter puts an odd space where CPython does.
func strCenter(s string, b Bound) (any, error) {
	width, err := b.Int(0, 0)
	if err != nil {
		return nil, err
	}
	return pad(func(n int) int { return n/2 + n&int(width)&1 })(s, b)
}
