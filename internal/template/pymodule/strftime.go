package pymodule

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja"
)

func strftimeCall(d DateTime, c *jinja.Call) (any, error) {
	b, err := c.Bind("format")
	if err != nil {
		return nil, err
	}
	format, err := b.String(0, "")
	return strftime(d, format), err
}

// directive writes one directive: a text, or a number with the width and the
// filling that it has without flags.
type directive struct {
	text   string
	number int
	width  int
	fill   byte // 0: it is a text
}

// strftime prints by a format, as Python does on Linux: flags such as those of
// %-d and %_H work, and what is no directive stays as it is.
func strftime(d DateTime, format string) string {
	var b strings.Builder
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			b.WriteString(format)
			break
		}
		b.WriteString(format[:i])
		format = format[i:]
		flags := format[1 : 1+countPrefix(format[1:], "-_0^#")]
		verb, n := utf8.DecodeRuneInString(format[1+len(flags):])
		end := 1 + len(flags) + n
		if text, ok := d.directive(verb, flags); ok {
			b.WriteString(text)
		} else {
			b.WriteString(format[:end])
		}
		format = format[end:]
	}
	return b.String()
}

func countPrefix(s, set string) int { return len(s) - len(strings.TrimLeft(s, set)) }

// compound directives stand for a format.
var compound = map[rune]string{
	'c': "%a %b %e %H:%M:%S %Y", 'D': "%m/%d/%y", 'x': "%m/%d/%y", 'X': "%H:%M:%S", 'T': "%H:%M:%S",
	'R': "%H:%M", 'r': "%I:%M:%S %p", 'F': "%Y-%m-%d", 'v': "%e-%b-%Y",
}

func (d DateTime) directive(verb rune, flags string) (string, bool) {
	if format, ok := compound[verb]; ok {
		return strftime(d, format), true
	}
	v, ok := d.textDirective(verb)
	if !ok {
		if v, ok = d.numberDirective(verb); !ok {
			return "", false
		}
		return v.print(flags), true
	}
	switch {
	case strings.Contains(flags, "^"):
		v.text = strings.ToUpper(v.text)
	case strings.Contains(flags, "#") && (verb == 'p' || verb == 'Z'):
		v.text = strings.ToLower(v.text)
	case strings.Contains(flags, "#"):
		v.text = strings.ToUpper(v.text)
	}
	return v.text, true
}

func (v directive) print(flags string) string {
	fill := v.fill
	for _, f := range []byte(flags) {
		switch f {
		case '-':
			return fmt.Sprint(v.number)
		case '_':
			fill = ' '
		case '0':
			fill = '0'
		}
	}
	s := fmt.Sprint(v.number)
	return strings.Repeat(string(fill), max(0, v.width-len(s))) + s
}

func (d DateTime) textDirective(verb rune) (directive, bool) {
	t := d.wall
	switch verb {
	case 'a':
		return directive{text: t.Format("Mon")}, true
	case 'A':
		return directive{text: t.Format("Monday")}, true
	case 'b', 'h':
		return directive{text: t.Format("Jan")}, true
	case 'B':
		return directive{text: t.Format("January")}, true
	case 'p':
		return directive{text: t.Format("PM")}, true
	case 'P':
		return directive{text: t.Format("pm")}, true
	case 'f':
		return directive{text: fmt.Sprintf("%06d", t.Nanosecond()/1000)}, true
	case 'z':
		if d.zone == nil {
			return directive{}, true
		}
		return directive{text: offsetText(d.state().offset, "")}, true
	case 'Z':
		return directive{text: d.state().name}, true
	case 'n':
		return directive{text: "\n"}, true
	case 't':
		return directive{text: "\t"}, true
	case '%':
		return directive{text: "%"}, true
	}
	return directive{}, false
}

func (d DateTime) numberDirective(verb rune) (directive, bool) {
	t := d.wall
	isoYear, isoWeek := t.ISOWeek()
	twelve := (t.Hour()+11)%12 + 1
	v, ok := map[rune]directive{
		'd': {number: t.Day(), width: 2}, 'e': {number: t.Day(), width: 2, fill: ' '}, 'm': {number: int(t.Month()), width: 2},
		'Y': {number: t.Year()}, 'y': {number: t.Year() % 100, width: 2}, 'C': {number: t.Year() / 100, width: 2},
		'H': {number: t.Hour(), width: 2}, 'k': {number: t.Hour(), width: 2, fill: ' '},
		'I': {number: twelve, width: 2}, 'l': {number: twelve, width: 2, fill: ' '},
		'M': {number: t.Minute(), width: 2}, 'S': {number: t.Second(), width: 2},
		'j': {number: t.YearDay(), width: 3}, 'u': {number: weekday(t) + 1, width: 1}, 'w': {number: int(t.Weekday()), width: 1},
		'U': {number: weekOf(t, int(t.Weekday())), width: 2}, 'W': {number: weekOf(t, weekday(t)), width: 2},
		'G': {number: isoYear}, 'g': {number: isoYear % 100, width: 2}, 'V': {number: isoWeek, width: 2},
		's': {number: int(d.local(time.Now).Time().Unix())},
	}[verb]
	if v.fill == 0 {
		v.fill = '0'
	}
	return v, ok
}

// weekOf counts weeks of the year; days before the first whole one are in week
// 0. day is the day's place in its week.
func weekOf(t time.Time, day int) int { return (t.YearDay() + 6 - day) / 7 }
