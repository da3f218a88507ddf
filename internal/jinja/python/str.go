package python

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

// Str is Python's str(): how a value prints.
func Str(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case *Undefined:
		return "", nil
	case Stringer:
		return v.Str(), nil
	}
	return Repr(v)
}

// Text is [Str] of a value that may be None, which is no text.
func Text(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	return Str(v)
}

// OrNone is None in place of no text.
func OrNone(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Repr is Python's repr(): how a value prints inside a list.
func Repr(v any) (string, error) {
	p := &printer{}
	p.repr(v)
	return p.b.String(), p.err
}

// printer writes values; containers stands for cycles.
type printer struct {
	b          strings.Builder
	containers []any
	err        error
}

func (p *printer) repr(v any) {
	switch v := v.(type) {
	case nil:
		p.b.WriteString("None")
	case bool:
		p.b.WriteString(map[bool]string{true: "True", false: "False"}[v])
	case int64:
		p.b.WriteString(strconv.FormatInt(v, 10))
	case *big.Int:
		p.big(v)
	case float64:
		p.b.WriteString(reprFloat(v))
	case string:
		p.b.WriteString(Quote(v))
	case *List:
		p.container(v, func() { p.items("[", v.Items, "]") })
	case *Dict:
		p.container(v, func() { p.dict(v) })
	case Tuple:
		p.container(nil, func() { p.tuple(v) })
	case View:
		p.container(v.of, func() { p.view(v) })
	case *Namespace:
		p.b.WriteString("<Namespace ")
		p.repr(v.attrs)
		p.b.WriteByte('>')
	case Range:
		p.b.WriteString(reprRange(v))
	default:
		p.b.WriteString(reprOther(v))
	}
	if p.b.Len() > MaxString {
		p.fail(ErrTooLong)
	}
}

func (p *printer) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// container writes a value that holds others, unless it holds itself.
func (p *printer) container(id any, write func()) {
	if p.err != nil {
		return
	}
	if len(p.containers) > MaxDepth {
		p.fail(ErrTooDeep)
		return
	}
	for _, c := range p.containers {
		if id != nil && c == id {
			if _, ok := id.(*Dict); ok {
				p.b.WriteString("{...}")
			} else {
				p.b.WriteString("[...]")
			}
			return
		}
	}
	p.containers = append(p.containers, id)
	write()
	p.containers = p.containers[:len(p.containers)-1]
}

func (p *printer) items(open string, items []any, end string) {
	p.b.WriteString(open)
	for i, item := range items {
		if i > 0 {
			p.b.WriteString(", ")
		}
		p.repr(item)
	}
	p.b.WriteString(end)
}

func (p *printer) tuple(t Tuple) {
	if len(t) == 1 {
		p.items("(", t, ",)")
		return
	}
	p.items("(", t, ")")
}

func (p *printer) dict(d *Dict) {
	p.b.WriteByte('{')
	for i, key := range d.keys {
		if i > 0 {
			p.b.WriteString(", ")
		}
		p.repr(key)
		p.b.WriteString(": ")
		p.repr(d.values[i])
	}
	p.b.WriteByte('}')
}

func (p *printer) view(v View) {
	items := make([]any, v.of.Len())
	for i := range items {
		items[i] = v.item(i)
	}
	p.items("dict_"+string(v.kind)+"([", items, "])")
}

func (p *printer) big(v *big.Int) {
	s, err := bigString(v)
	if err != nil {
		p.fail(err)
	}
	p.b.WriteString(s)
}

func bigString(v *big.Int) (string, error) {
	if v.BitLen() > maxDigits*4 {
		return "", errors.New("the number has too many digits to print")
	}
	return v.String(), nil
}

func reprRange(r Range) string {
	if r.Step == 1 {
		return fmt.Sprintf("range(%d, %d)", r.Start, r.Stop)
	}
	return fmt.Sprintf("range(%d, %d, %d)", r.Start, r.Stop, r.Step)
}

func reprOther(v any) string {
	switch v := v.(type) {
	case *Undefined:
		return "Undefined"
	case *Method:
		return "<function " + v.Name + ">"
	case Representer:
		return v.Repr()
	case Stringer:
		return v.Str()
	case *Iterator:
		return "<generator object " + v.name + ">"
	default:
		return "<" + TypeName(v) + ">"
	}
}

// reprFloat prints the shortest digits that read back as the same number.
func reprFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// Quote prints a string as a Python literal.
func Quote(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteByte(quote)
	for _, r := range s {
		switch {
		case r == rune(quote) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte(quote)
	return b.String()
}
