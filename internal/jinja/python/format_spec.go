package python

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// formatSpec is [[fill]align][sign][#][0][width][,][.precision][type].
type formatSpec struct {
	fill               rune
	align, sign, group byte
	alt, zeros         bool
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
	if f.zeros = take("0") != 0 && f.align == 0; f.zeros {
		f.fill = '0'
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

// Format is Python's format(value, spec).
func Format(v any, spec string) (string, error) {
	if spec == "" {
		return Str(v)
	}
	if o, ok := v.(Formatted); ok {
		return o.Format(spec)
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
	}
	if !IsNumber(v) {
		return "", UndefinedOr(fmt.Errorf("%s takes no format specification", TypeName(v)), v)
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
	n := BigInt(v)
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
		if !n.IsInt64() || n.Sign() < 0 || n.Int64() > utf8.MaxRune {
			return "", errors.New("`c` needs the number of a character")
		}
		return f.pad("", string(rune(n.Int64())), '<'), nil
	case 's':
		return "", errors.New("the format specification is not for int")
	default:
		return f.float(Float(v))
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
	switch {
	case f.align != 0:
		align = f.align
	case f.zeros && align == '>':
		align = '='
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
