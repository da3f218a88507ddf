package python

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

func makeStringMethods() map[string]method {
	m := map[string]method{
		"replace":      on(takes("_old", "_new", "_count?"), strReplace),
		"join":         on(takes("_items"), func(s string, b Bound) (any, error) { return strJoin(s, b.Any(0, nil)) }),
		"format":       strFormat,
		"format_map":   strFormatMap,
		"translate":    on(takes("_table"), strTranslate),
		"splitlines":   on(takes("keepends?"), strSplitLines),
		"expandtabs":   on(takes("tabsize?"), strExpandTabs),
		"zfill":        on(takes("_width"), strZfill),
		"partition":    on(takes("_sep"), partition(strings.Index)),
		"rpartition":   on(takes("_sep"), partition(strings.LastIndex)),
		"removeprefix": on(takes("_prefix"), cut(strings.TrimPrefix)),
		"removesuffix": on(takes("_suffix"), cut(strings.TrimSuffix)),
	}
	for name, f := range map[string]func(string) string{
		"upper": Upper, "lower": Lower, "casefold": caseFold, "capitalize": Capitalize,
		"title": titleLetters, "swapcase": swapCase,
	} {
		m[name] = on(nil, func(s string, _ Bound) (any, error) { return f(s), nil })
	}
	addStringTests(m)
	addStringSearch(m)
	return m
}

func addStringTests(m map[string]method) {
	all := func(test func(rune) bool) func(string) bool {
		return func(s string) bool {
			return s != "" && strings.IndexFunc(s, func(r rune) bool { return !test(r) }) < 0
		}
	}
	for name, test := range map[string]func(string) bool{
		"isdigit": all(unicode.IsDigit), "isdecimal": all(unicode.IsDigit), "isnumeric": all(unicode.IsNumber),
		"isalpha": all(unicode.IsLetter), "isspace": all(IsSpace),
		"isprintable": func(s string) bool {
			return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
		},
		"isalnum": all(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }),
		"islower": func(s string) bool { return isCase(s, unicode.IsLower, unicode.IsUpper) },
		"isupper": func(s string) bool { return isCase(s, unicode.IsUpper, unicode.IsLower) },
		"istitle": func(s string) bool { return s == titleLetters(s) && titleLetters(s) != Lower(s) },
		"isascii": func(s string) bool {
			return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
		},
		"isidentifier": func(s string) bool {
			r, _ := utf8.DecodeRuneInString(s)
			return all(func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })(s) && !unicode.IsDigit(r)
		},
	} {
		m[name] = on(nil, func(s string, _ Bound) (any, error) { return test(s), nil })
	}
}

// isCase is islower and isupper: something of the case, nothing of the other.
func isCase(s string, is, other func(rune) bool) bool {
	return strings.IndexFunc(s, is) >= 0 && strings.IndexFunc(s, other) < 0
}

func strReplace(s string, b Bound) (any, error) {
	from, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	to, err := b.String(1, "")
	if err != nil {
		return nil, err
	}
	n, err := b.Int(2, -1)
	if err != nil {
		return nil, err
	}
	return replace(s, from, to, n)
}

func replace(s, from, to string, n int64) (any, error) {
	found := strings.Count(s, from)
	if n >= 0 {
		found = int(min(int64(found), n))
	}
	if found*(len(to)-len(from)) > MaxString {
		return nil, ErrTooLong
	}
	return strings.Replace(s, from, to, found), nil
}

func strJoin(sep string, items any) (any, error) {
	list, err := Collect(items)
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(list))
	for i, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil, UndefinedOr(errors.New("item "+strconv.Itoa(i)+" is no str but "+TypeName(item)), item)
		}
		parts[i] = s
	}
	return JoinParts(parts, sep)
}

// JoinParts is sep.join(parts).
func JoinParts(parts []string, sep string) (any, error) {
	total := len(sep) * max(0, len(parts)-1)
	for _, p := range parts {
		if total += len(p); total > MaxString {
			return nil, ErrTooLong
		}
	}
	return strings.Join(parts, sep), nil
}

func strSplitLines(s string, b Bound) (any, error) {
	keep := b.Bool(0, false)
	l := &List{}
	for s != "" {
		line, end, rest := CutLine(s)
		if keep {
			line += end
		}
		l.Items = append(l.Items, line)
		s = rest
	}
	return l, nil
}

// CutLine cuts s after its first line, at any of the ends that Python knows.
func CutLine(s string) (line, end, rest string) {
	i := strings.IndexAny(s, "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029")
	if i < 0 {
		return s, "", ""
	}
	_, n := utf8.DecodeRuneInString(s[i:])
	if strings.HasPrefix(s[i:], "\r\n") {
		n = 2
	}
	return s[:i], s[i : i+n], s[i+n:]
}

func strExpandTabs(s string, b Bound) (any, error) {
	size, err := b.Int(0, 8)
	if err != nil {
		return nil, err
	}
	if size > 1000 {
		return nil, ErrTooLong
	}
	var out strings.Builder
	column := 0
	for _, r := range s {
		switch {
		case r == '\t' && size > 0:
			n := int(size) - column%int(size)
			out.WriteString(strings.Repeat(" ", n))
			column += n
		case r == '\t':
		default:
			out.WriteRune(r)
			column++
			if r == '\n' || r == '\r' {
				column = 0
			}
		}
	}
	return out.String(), nil
}

func strZfill(s string, b Bound) (any, error) {
	width, err := b.Int(0, 0)
	if err != nil {
		return nil, err
	}
	n := width - int64(runeLen(s))
	if n <= 0 {
		return s, nil
	}
	if n > MaxString {
		return nil, ErrTooLong
	}
	zeros := strings.Repeat("0", int(n))
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[:1] + zeros + s[1:], nil
	}
	return zeros + s, nil
}

func runeLen(s string) int { return utf8.RuneCountInString(s) }
