package jinja

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// strFormat is str.format(): `{}`, `{0}`, `{name}`, with attributes, items,
// conversions and format specifications.
func strFormat(v any, c *Call) (any, error) {
	f := &braceFormat{call: c}
	text, err := f.expand(v.(string), 0)
	return text, err
}

type braceFormat struct {
	call *Call
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
		if b.Len() > maxString {
			return "", errTooLong
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
	return formatValue(v, spec)
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
			v, err = getAttr(v, rest[1:1+n])
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
		v, err = getItem(v, k)
		rest = after
	}
	if u, ok := v.(*Undefined); ok && end < len(path) && err == nil {
		return nil, u.err()
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
		for _, n := range f.call.Named {
			if n.Name == name {
				return n.Value, nil
			}
		}
		return nil, errors.New("there is no argument `" + name + "` for the format")
	}
	if i < 0 || i >= len(f.call.Args) {
		return nil, errors.New("there are not enough arguments for the format")
	}
	return f.call.Args[i], nil
}

// formatSpec is [[fill]align][sign][#][0][width][,][.precision][type].
type formatSpec struct {
	fill               rune
	align, sign, group byte
	alt                bool
	width, precision   int
	kind               byte
}

func parseFormatSpec(s string) (formatSpec, error) {
	f := formatSpec{fill: ' ', precision: -1}
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case n > 0 && len(s) > n && strings.IndexByte("<>^=", s[n]) >= 0:
		f.fill, f.align, s = r, s[n], s[n+1:]
	case s != "" && strings.IndexByte("<>^=", s[0]) >= 0:
		f.align, s = s[0], s[1:]
	}
	take := func(set string) byte {
		if s != "" && strings.IndexByte(set, s[0]) >= 0 {
			c := s[0]
			s = s[1:]
			return c
		}
		return 0
	}
	f.sign = take("+- ")
	f.alt = take("#") != 0
	if take("0") != 0 && f.align == 0 {
		f.fill, f.align = '0', '='
	}
	number := func() int {
		end := 0
		for end < len(s) && isDecimal(s[end]) {
			end++
		}
		n, _ := strconv.Atoi(s[:end]) // empty is 0
		s = s[end:]
		return n
	}
	f.width = number()
	f.group = take(",_")
	if take(".") != 0 {
		if s == "" || !isDecimal(s[0]) {
			return f, errors.New("the precision is missing in the format")
		}
		f.precision = number()
	}
	f.kind = take("sdbcoxXeEfFgGn%")
	if s != "" || f.width > 1<<20 || f.precision > 1<<20 {
		return f, errors.New("the format specification is not valid")
	}
	return f, nil
}

// formatValue is Python's format(value, spec).
func formatValue(v any, spec string) (string, error) {
	if spec == "" {
		return Str(v)
	}
	f, err := parseFormatSpec(spec)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return f.text(v)
	case float64:
		return f.float(v)
	case bool:
		if f.kind == 0 {
			s, err := Str(v)
			if err != nil {
				return "", err
			}
			return f.text(s)
		}
	}
	if !isNumber(v) {
		return "", undefinedOr(fmt.Errorf("%s takes no format specification", typeName(v)), v)
	}
	return f.integer(v)
}

func (f formatSpec) text(s string) (string, error) {
	if f.kind != 0 && f.kind != 's' || f.align == '=' || f.sign != 0 || f.group != 0 {
		return "", errors.New("the format specification is not for str")
	}
	if r := []rune(s); f.precision >= 0 && f.precision < len(r) {
		s = string(r[:f.precision])
	}
	return f.pad("", s, '<'), nil
}

func (f formatSpec) integer(v any) (string, error) {
	n := bigInt(v)
	digits := strings.TrimPrefix(n.String(), "-")
	prefix := ""
	switch f.kind {
	case 0, 'd', 'n':
	case 'b', 'o', 'x', 'X':
		digits = strings.TrimPrefix(n.Text(map[byte]int{'b': 2, 'o': 8, 'x': 16, 'X': 16}[f.kind]), "-")
		if f.alt {
			prefix = "0" + string(f.kind)
		}
		if f.kind == 'X' {
			digits = strings.ToUpper(digits)
		}
	case 'c':
		return f.pad("", string(rune(n.Int64())), '<'), nil
	case 's':
		return "", errors.New("the format specification is not for int")
	default:
		return f.float(float(v))
	}
	if f.precision >= 0 {
		return "", errors.New("an int takes no precision")
	}
	return f.pad(f.signOf(n.Sign() < 0)+prefix, f.grouped(digits), '>'), nil
}

func (f formatSpec) float(v float64) (string, error) {
	neg := math.Signbit(v) && !math.IsNaN(v)
	a := math.Abs(v)
	var digits string
	switch {
	case f.kind == 0 && f.precision < 0:
		digits = reprFloat(a)
	case f.kind == 0:
		digits = formatFloat(a, 'g', f.precision, false)
		if !strings.ContainsAny(digits, ".en") {
			digits += ".0"
		}
	case f.kind == '%':
		digits = formatFloat(a*100, 'f', f.precision, false) + "%"
	case strings.IndexByte("eEfFgG", f.kind) >= 0:
		digits = formatFloat(a, rune(f.kind), f.precision, f.alt)
	case f.kind == 'n':
		digits = formatFloat(a, 'g', f.precision, f.alt)
	default:
		return "", errors.New("the format specification is not for float")
	}
	return f.pad(f.signOf(neg), f.grouped(digits), '>'), nil
}

func (f formatSpec) signOf(negative bool) string {
	switch {
	case negative:
		return "-"
	case f.sign == '+' || f.sign == ' ':
		return string(f.sign)
	}
	return ""
}

// grouped puts the separator between groups of three digits.
func (f formatSpec) grouped(digits string) string {
	if f.group == 0 {
		return digits
	}
	end := digitsEnd(digits, 0, isHex)
	if i := strings.IndexAny(digits, ".e%"); i >= 0 && i < end {
		end = i
	}
	whole, rest := digits[:end], digits[end:]
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + string(f.group) + whole[i:]
	}
	return whole + rest
}

func (f formatSpec) pad(sign, text string, align byte) string {
	if f.align != 0 {
		align = f.align
	}
	n := f.width - len(sign) - runeLen(text)
	if n <= 0 {
		return sign + text
	}
	fill := func(n int) string { return strings.Repeat(string(f.fill), n) }
	switch align {
	case '<':
		return sign + text + fill(n)
	case '^':
		return fill(n/2) + sign + text + fill(n-n/2)
	case '=':
		return sign + fill(n) + text
	}
	return fill(n) + sign + text
}
