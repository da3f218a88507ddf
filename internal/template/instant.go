package template

import (
	"fmt"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
)

// instant is a point in time as Python's datetime shows it, in UTC.
type instant struct{ at time.Time }

// Str prints it as Python does, without microseconds where there are none.
func (i instant) Str() string { return strings.Replace(i.iso(), "T", " ", 1) }

func (i instant) iso() string {
	if i.at.Nanosecond()/1000 == 0 {
		return i.at.Format("2006-01-02T15:04:05-07:00")
	}
	return i.at.Format("2006-01-02T15:04:05.000000-07:00")
}

// Attr returns a part of the date, or a function.
func (i instant) Attr(name string) (any, bool) {
	parts := map[string]int{
		"year": i.at.Year(), "month": int(i.at.Month()), "day": i.at.Day(), "hour": i.at.Hour(),
		"minute": i.at.Minute(), "second": i.at.Second(), "microsecond": i.at.Nanosecond() / 1000,
	}
	if v, ok := parts[name]; ok {
		return v, true
	}
	switch name {
	case "isoformat":
		return &jinja.Func{Name: name, Call: func(c *jinja.Call) (any, error) {
			_, err := c.Bind()
			return i.iso(), err
		}}, true
	case "strftime":
		return &jinja.Func{Name: name, Call: func(c *jinja.Call) (any, error) {
			b, err := c.Bind("format")
			if err != nil {
				return nil, err
			}
			format, err := b.String(0, "")
			if err != nil {
				return nil, err
			}
			return i.strftime(format)
		}}, true
	}
	return nil, false
}

// directives are strftime's, in the words of Go's time package.
var directives = map[byte]string{
	'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'f': "000000", 'y': "06",
	'B': "January", 'b': "Jan", 'A': "Monday", 'a': "Mon", 'I': "03", 'p': "PM", 'z': "-0700", 'Z': "MST",
	'j': "002", 'F': "2006-01-02", 'T': "15:04:05", 'D': "01/02/06", 'e': "_2", 'R': "15:04",
}

func (i instant) strftime(format string) (any, error) {
	var b strings.Builder
	for n := 0; n < len(format); n++ {
		if format[n] != '%' || n+1 == len(format) {
			b.WriteByte(format[n])
			continue
		}
		n++
		layout, ok := directives[format[n]]
		switch {
		case format[n] == '%':
			b.WriteByte('%')
		case format[n] == 's':
			fmt.Fprint(&b, i.at.Unix())
		case format[n] == 'f':
			fmt.Fprintf(&b, "%06d", i.at.Nanosecond()/1000)
		case !ok:
			return nil, fmt.Errorf("the directive %%%c is not there yet", format[n])
		default:
			b.WriteString(i.at.Format(layout))
		}
	}
	return b.String(), nil
}
