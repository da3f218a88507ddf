package textvalue

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// Format is how dates or times are written, in the letters of strptime:
// %Y %m %d %b %H %I %p %M %S %f %z %%.
type Format struct {
	// parts are letters, and texts that start with a percent sign.
	parts []string
	// zone says that the format has one.
	zone bool
}

const formatLetters = "YmdbHIpMSfz"

// ParseFormat reads a format as people write it. A format names year, month and
// day at least.
func ParseFormat(text string) (*Format, error) {
	f := &Format{}
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			f.parts = append(f.parts, "%"+text[i:i+1])
			continue
		}
		i++
		switch {
		case i < len(text) && text[i] == '%':
			f.parts = append(f.parts, "%%")
		case i < len(text) && strings.IndexByte(formatLetters, text[i]) >= 0:
			f.parts = append(f.parts, text[i:i+1])
		default:
			return nil, fmt.Errorf("%q: the letters behind %% are %s", text, formatLetters)
		}
	}
	for _, needed := range []string{"Y", "d"} {
		if !slices.Contains(f.parts, needed) {
			return nil, fmt.Errorf("%q lacks %%%s", text, needed)
		}
	}
	if !slices.Contains(f.parts, "m") && !slices.Contains(f.parts, "b") {
		return nil, fmt.Errorf("%q lacks %%m or %%b", text)
	}
	f.zone = slices.Contains(f.parts, "z")
	return f, nil
}

// moment is what a Format read.
type moment struct {
	date          int32
	hour, clock   int // clock is seconds behind the hour
	micro, offset int64
	afternoon     bool
	twelve        bool
}

func (m moment) days() int32 { return m.date }

func (m moment) micros() int64 {
	return int64(m.date)*microsPerDay + int64(m.hour*3600+m.clock)*1e6 + m.micro - m.offset
}

// parse reads a text that has the format from start to end.
func (f *Format) parse(text []byte) (m moment, ok bool) {
	values := map[byte]int{'Y': 0, 'm': 0, 'd': 0}
	for _, part := range f.parts {
		if part[0] == '%' {
			if len(text) == 0 || text[0] != part[1] {
				return m, false
			}
			text = text[1:]
			continue
		}
		if text, ok = m.take(part[0], text, values); !ok {
			return m, false
		}
	}
	if len(text) > 0 {
		return m, false
	}
	if m.twelve {
		m.hour %= 12
		if m.afternoon {
			m.hour += 12
		}
	}
	m.date, ok = connector.Days(values['Y'], values['m'], values['d'])
	return m, ok
}

var months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// take reads one part and returns what follows it.
func (m *moment) take(letter byte, text []byte, values map[byte]int) (rest []byte, ok bool) {
	switch letter {
	case 'b':
		if len(text) < 3 {
			return nil, false
		}
		values['m'] = slices.Index(months, strings.ToLower(string(text[:3]))) + 1
		return text[3:], true
	case 'p':
		if len(text) < 2 {
			return nil, false
		}
		half := bytes.ToLower(text[:2])
		m.afternoon = half[0] == 'p'
		return text[2:], half[1] == 'm' && (half[0] == 'a' || half[0] == 'p')
	case 'f':
		m.micro, rest, ok = parseMicros(text)
		return rest, ok
	case 'z':
		if len(text) == 0 {
			return nil, false
		}
		m.offset, ok = parseZone(text)
		return nil, ok
	}
	n, rest := leadingNumber(text, map[byte]int{'Y': 4}[letter])
	if len(rest) == len(text) {
		return nil, false
	}
	return rest, m.set(letter, n, values)
}

// leadingNumber reads up to two digits, or up to digits where that is more.
func leadingNumber(text []byte, digits int) (n int, rest []byte) {
	i := 0
	for ; i < len(text) && i < max(2, digits) && text[i]-'0' <= 9; i++ {
		n = n*10 + int(text[i]-'0')
	}
	return n, text[i:]
}

func (m *moment) set(letter byte, n int, values map[byte]int) bool {
	switch letter {
	case 'H':
		m.hour = n
		return n < 24
	case 'I':
		m.hour, m.twelve = n, true
		return 1 <= n && n <= 12
	case 'M':
		m.clock += n * 60
		return n < 60
	case 'S':
		m.clock += n
		return n < 60
	default:
		values[letter] = n
		return true
	}
}
