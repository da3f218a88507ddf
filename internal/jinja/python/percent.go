package python

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Percent is Python's `text % values`.
func Percent(format string, values any) (any, error) {
	p := &percentFormat{values: values}
	if t, ok := values.(Tuple); ok {
		p.args = t
	} else {
		p.args = []any{values}
	}
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			p.out.WriteString(format)
			break
		}
		p.out.WriteString(format[:i])
		rest, err := p.verb(format[i+1:])
		if err != nil {
			return nil, err
		}
		if p.out.Len() > MaxString {
			return nil, ErrTooLong
		}
		format = rest
	}
	if p.used < len(p.args) && !mayBeMapping(values) {
		return nil, errors.New("`%`: not all arguments were used by the format")
	}
	return p.out.String(), nil
}

// mayBeMapping reports whether Python would look names up in a value, and
// therefore lets it stand unused.
func mayBeMapping(v any) bool {
	switch v.(type) {
	case *Dict, *List, Range, *Undefined:
		return true
	}
	return false
}

type percentFormat struct {
	values any
	args   []any
	used   int
	out    strings.Builder
}

// spec is how one value is to be written.
type spec struct {
	flags     string
	width     int
	precision int // -1: not given
}

func (s spec) has(flag string) bool { return strings.Contains(s.flags, flag) }

// verb writes what follows a % and returns the rest of the format.
func (p *percentFormat) verb(f string) (rest string, err error) {
	var value any
	keyed := strings.HasPrefix(f, "(")
	if keyed {
		key, after, ok := strings.Cut(f[1:], ")")
		if !ok {
			return "", errors.New("`%`: the `(` of a key is never closed")
		}
		if value, err = p.lookup(key); err != nil {
			return "", err
		}
		f = after
	}
	sp, f, err := p.spec(f)
	if err != nil {
		return "", err
	}
	verb, n := utf8.DecodeRuneInString(f)
	if verb == '%' {
		p.out.WriteByte('%')
		return f[n:], nil
	}
	if !keyed {
		if value, err = p.next(); err != nil {
			return "", err
		}
	}
	text, err := sp.convert(verb, value)
	p.out.WriteString(text)
	return f[n:], err
}

// spec reads flags, width and precision, and returns what begins with the
// conversion.
func (p *percentFormat) spec(f string) (sp spec, rest string, err error) {
	sp.precision = -1
	i := 0
	for i < len(f) && strings.IndexByte("-+ #0", f[i]) >= 0 {
		i++
	}
	sp.flags, f = f[:i], f[i:]
	if sp.width, f, err = p.number(f, 0); err != nil {
		return sp, "", err
	}
	if sp.width < 0 {
		sp.flags, sp.width = sp.flags+"-", -sp.width
	}
	if strings.HasPrefix(f, ".") {
		if sp.precision, f, err = p.number(f[1:], 0); err != nil {
			return sp, "", err
		}
	}
	if f = strings.TrimLeft(f, "hlL"); f == "" {
		return sp, "", errors.New("`%`: the format ends in the middle")
	}
	return sp, f, nil
}

// number reads a width or a precision; `*` takes it from the values.
func (p *percentFormat) number(f string, missing int) (int, string, error) {
	if strings.HasPrefix(f, "*") {
		v, err := p.next()
		if err != nil {
			return 0, "", err
		}
		n, ok := Int(v)
		if !ok || n > 1<<20 || n < -1<<20 {
			return 0, "", errors.New("`%`: `*` needs an int")
		}
		return int(n), f[1:], nil
	}
	end := digitsEnd(f, 0, isDecimal)
	if end == 0 {
		return missing, f, nil
	}
	n, err := strconv.Atoi(f[:end])
	if err != nil || n > 1<<20 {
		return 0, "", errors.New("`%`: the width is too big")
	}
	return n, f[end:], nil
}

func (p *percentFormat) next() (any, error) {
	if p.used >= len(p.args) {
		return nil, errors.New("`%`: there are not enough arguments for the format")
	}
	p.used++
	return p.args[p.used-1], nil
}

func (p *percentFormat) lookup(key string) (any, error) {
	d, ok := p.values.(*Dict)
	if !ok {
		return nil, errors.New("`%`: a format with names needs a dict")
	}
	v, ok := d.GetString(key)
	if !ok {
		return nil, fmt.Errorf("`%%`: there is no key %s", Quote(key))
	}
	return v, nil
}

func (s spec) convert(verb rune, v any) (string, error) {
	switch verb {
	case 's', 'r', 'a':
		text, err := Repr(v)
		if verb == 's' {
			text, err = Str(v)
		}
		if r := []rune(text); s.precision >= 0 && s.precision < len(r) {
			text = string(r[:s.precision])
		}
		return s.pad("", text, false), err
	case 'd', 'i', 'u':
		n, err := s.integer(verb, v)
		if err != nil {
			return "", err
		}
		return s.signed(n.Sign() < 0, s.digits(new(big.Int).Abs(n).String())), nil
	case 'x', 'X', 'o':
		n, err := s.integer(verb, v)
		if err != nil {
			return "", err
		}
		return s.based(verb, n), nil
	case 'f', 'F', 'e', 'E', 'g', 'G':
		if n, ok := v.(Number); ok {
			v = n.Float()
		}
		if !IsNumber(v) {
			return "", UndefinedOr(fmt.Errorf("`%%%c` needs a number, not %s", verb, TypeName(v)), v)
		}
		f := Float(v)
		return s.signed(math.Signbit(f) && !math.IsNaN(f), formatFloat(math.Abs(f), verb, s.precision, s.has("#"))), nil
	case 'c':
		return s.character(v)
	}
	return "", fmt.Errorf("`%%`: there is no conversion `%c`", verb)
}

func (s spec) integer(verb rune, v any) (*big.Int, error) {
	if x, is := v.(Number); is && verb != 'x' && verb != 'X' && verb != 'o' {
		if n, ok := x.Int(); ok {
			return n, nil
		}
		return nil, errors.New("`%d` needs a finite number")
	}
	if f, ok := v.(float64); ok && verb != 'x' && verb != 'X' && verb != 'o' {
		n, _ := big.NewFloat(0).SetFloat64(finite(f)).Int(nil)
		if f != finite(f) {
			return nil, errors.New("`%d` needs a finite number")
		}
		return n, nil
	}
	if _, ok := v.(float64); ok || !IsNumber(v) {
		return nil, UndefinedOr(fmt.Errorf("`%%%c` needs a number, not %s", verb, TypeName(v)), v)
	}
	return BigInt(v), nil
}

// finite returns f, or 0 for an infinity and NaN.
func finite(f float64) float64 {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return 0
	}
	return f
}

// digits puts zeros before an integer up to the precision.
func (s spec) digits(text string) string {
	if n := s.precision - len(text); n > 0 {
		return strings.Repeat("0", n) + text
	}
	return text
}

func (s spec) based(verb rune, n *big.Int) string {
	text := new(big.Int).Abs(n).Text(map[rune]int{'x': 16, 'X': 16, 'o': 8}[verb])
	if verb == 'X' {
		text = strings.ToUpper(text)
	}
	text = s.digits(text)
	if s.has("#") {
		text = "0" + string(verb) + text
	}
	return s.signed(n.Sign() < 0, text)
}

func (s spec) character(v any) (string, error) {
	if text, ok := v.(string); ok && runeLen(text) == 1 {
		return s.pad("", text, false), nil
	}
	n, ok := Int(v)
	if !ok || n < 0 || n > utf8.MaxRune {
		return "", errors.New("`%c` needs one character or its number")
	}
	return s.pad("", string(rune(n)), false), nil
}

func (s spec) signed(negative bool, digits string) string {
	sign := ""
	switch {
	case negative:
		sign = "-"
	case s.has("+"):
		sign = "+"
	case s.has(" "):
		sign = " "
	}
	return s.pad(sign, digits, s.has("0"))
}

func (s spec) pad(sign, text string, zeros bool) string {
	n := s.width - len(sign) - runeLen(text)
	switch {
	case n <= 0:
		return sign + text
	case s.has("-"):
		return sign + text + strings.Repeat(" ", n)
	case zeros:
		return sign + strings.Repeat("0", n) + text
	}
	return strings.Repeat(" ", n) + sign + text
}
