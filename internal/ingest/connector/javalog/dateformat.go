package javalog

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

// dateFormat is how times are written; without steps any form of ISO 8601.
type dateFormat struct {
	steps   []dateStep
	example string
}

// dateStep is a run of one letter, or a text where letter is 0.
type dateStep struct {
	letter byte
	count  int
	text   string
}

// namedFormats are those that Log4j and Logback know by name.
var namedFormats = map[string]string{
	"": "", "DEFAULT": "", "ISO8601": "", "DEFAULT_MICROS": "", "DEFAULT_NANOS": "", "DEFAULT_PERIOD": "", "ISO8601_PERIOD": "",
	"ISO8601_PERIOD_MICROS": "", "ISO8601_OFFSET_DATE_TIME_HH": "", "ISO8601_OFFSET_DATE_TIME_HHMM": "", "ISO8601_OFFSET_DATE_TIME_HHCMM": "", "STRICT": "",
	"ABSOLUTE": "HH:mm:ss,SSS", "ABSOLUTE_PERIOD": "HH:mm:ss.SSS", "ABSOLUTE_MICROS": "HH:mm:ss,SSSSSS", "ABSOLUTE_NANOS": "HH:mm:ss,SSSSSSSSS",
	"DATE": "dd MMM yyyy HH:mm:ss,SSS", "DATE_PERIOD": "dd MMM yyyy HH:mm:ss.SSS",
	"COMPACT": "yyyyMMddHHmmssSSS", "ISO8601_BASIC": "yyyyMMdd'T'HHmmss,SSS", "ISO8601_BASIC_PERIOD": "yyyyMMdd'T'HHmmss.SSS",
	"US_MONTH_DAY_YEAR2_TIME": "MM/dd/yy HH:mm:ss.SSS", "US_MONTH_DAY_YEAR4_TIME": "MM/dd/yyyy HH:mm:ss.SSS",
}

const dateLetters = "yuMdHhkKmsSnaEzZXx"

// parseDateFormat understands the letters of SimpleDateFormat and
// DateTimeFormatter.
func parseDateFormat(format string) (dateFormat, error) {
	if named, ok := namedFormats[format]; ok {
		format = named
	}
	if format == "" {
		return dateFormat{example: "2026-11-21 13:10:08,632"}, nil
	}
	f := dateFormat{example: format}
	for at := 0; at < len(format); {
		c := format[at]
		switch {
		case c == '\'':
			end := strings.IndexByte(format[at+1:], '\'')
			if end < 0 {
				return f, fmt.Errorf("the quote in %q is never closed", format)
			}
			f.addText(strings.Repeat("'", max(0, 1-end)) + format[at+1:at+1+end])
			at += end + 2
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			n := len(format[at:]) - len(strings.TrimLeft(format[at:], string(c)))
			if strings.IndexByte(dateLetters, c) < 0 {
				return f, fmt.Errorf("the letter %q in the date format %q is not known", string(c), format)
			}
			f.steps = append(f.steps, dateStep{letter: c, count: n})
			at += n
		default:
			f.addText(format[at : at+1])
			at++
		}
	}
	for _, has := range [...]bool{f.has("yu") == f.has("M") && f.has("M") == f.has("d"), f.has("HhkK")} {
		if !has {
			return f, fmt.Errorf("the date format %q lacks a part: year, month and day, or the hour", format)
		}
	}
	return f, nil
}

func (f *dateFormat) addText(more string) {
	if n := len(f.steps); n > 0 && f.steps[n-1].letter == 0 {
		f.steps[n-1].text += more
		return
	}
	f.steps = append(f.steps, dateStep{text: more})
}

func (f *dateFormat) has(letters string) bool {
	for _, s := range f.steps {
		if s.letter != 0 && strings.IndexByte(letters, s.letter) >= 0 {
			return true
		}
	}
	return false
}

func (f *dateFormat) clockOnly() bool { return len(f.steps) > 0 && !f.has("d") }

// timeParts are the values of the letters.
type timeParts struct {
	year, month, day, hour, minute, second int
	micros, offset                         int64
	twelve, afternoon, zoned               bool
}

// parse reads the time that text starts with; n is 0 where there is none.
func (f *dateFormat) parse(text []byte) (micros int64, zoned bool, n int) {
	if len(f.steps) == 0 {
		return textlog.ISOTime(text)
	}
	p := timeParts{}
	at := 0
	for i, s := range f.steps {
		var size int
		if s.letter == 0 {
			size = matchText(text[at:], s.text)
		} else {
			packed := i+1 < len(f.steps) && f.steps[i+1].letter != 0
			size = p.take(s, text[at:], packed)
		}
		if size == 0 {
			return 0, false, 0
		}
		at += size
	}
	micros, ok := p.total(f.clockOnly())
	if !ok {
		return 0, false, 0
	}
	return micros, p.zoned, at
}

// matchText matches a text; the narrow space that Java writes before AM and PM
// since version 20 is a space.
func matchText(have []byte, want string) int {
	if bytes.HasPrefix(have, []byte(want)) {
		return len(want)
	}
	const narrow = "\u202f"
	if want == " " && bytes.HasPrefix(have, []byte(narrow)) {
		return len(narrow)
	}
	return 0
}

// total puts the parts together.
func (p *timeParts) total(clockOnly bool) (micros int64, ok bool) {
	if p.twelve {
		p.hour %= 12
		if p.afternoon {
			p.hour += 12
		}
	}
	if p.hour > 24 || p.minute > 59 || p.second > 60 {
		return 0, false
	}
	micros = int64(p.hour%24*3600+p.minute*60+p.second)*1e6 + p.micros - p.offset
	if clockOnly {
		return micros, true
	}
	days, ok := connector.Days(p.year, p.month, p.day)
	return micros + int64(days)*microsPerDay, ok
}

const microsPerDay = 24 * 3600 * 1e6

// take reads the value of one step and returns how long it is. Packed says that
// the next value follows at once.
func (p *timeParts) take(s dateStep, text []byte, packed bool) int {
	switch s.letter {
	case 'M':
		if s.count >= 3 {
			p.month = textlog.Month(text)
			return nameLength(text, p.month > 0, s.count > 3)
		}
	case 'E':
		return nameLength(text, true, s.count > 3)
	case 'a':
		if len(text) < 2 || text[1]|0x20 != 'm' {
			return 0
		}
		p.afternoon = text[0]|0x20 == 'p'
		return 2
	case 'z', 'Z', 'X', 'x':
		return p.zone(text)
	}
	most := map[byte]int{'y': 4, 'u': 4, 'S': 9, 'n': 9}[s.letter]
	if most == 0 {
		most = 2
	}
	if packed || s.letter == 'y' && s.count == 2 {
		most = s.count
	}
	n, value := 0, 0
	for n < len(text) && n < most && text[n]-'0' <= 9 {
		value = value*10 + int(text[n]-'0')
		n++
	}
	if n < min(s.count, most) {
		return 0
	}
	p.set(s, value, n)
	return n
}

// nameLength is how long the name is that text starts with: three letters, or
// all letters.
func nameLength(text []byte, known, full bool) int {
	n := 0
	for n < len(text) && 'a' <= text[n]|0x20 && text[n]|0x20 <= 'z' && (full || n < 3) {
		n++
	}
	if !known || n < 3 {
		return 0
	}
	return n
}

func (p *timeParts) set(s dateStep, value, digits int) {
	switch s.letter {
	case 'y', 'u':
		if p.year = value; digits == 2 {
			p.year += 2000
		}
	case 'M':
		p.month = value
	case 'd':
		p.day = value
	case 'H', 'k':
		p.hour = value
	case 'h', 'K':
		p.hour, p.twelve = value, true
	case 'm':
		p.minute = value
	case 's':
		p.second = value
	case 'S', 'n':
		for ; digits < 6; digits++ {
			value *= 10
		}
		for ; digits > 6; digits-- {
			value /= 10
		}
		p.micros = int64(value)
	}
}

// zone reads an offset, or a name: those of UTC are known, others are the
// declared zone's.
func (p *timeParts) zone(text []byte) int {
	if offset, n := textlog.ZoneOffset(text); n > 0 {
		p.offset, p.zoned = offset, true
		return n
	}
	n := 0
	for n < len(text) && 'A' <= text[n] && text[n] <= 'Z' {
		n++
	}
	p.zoned = string(text[:n]) == "UTC" || string(text[:n]) == "GMT"
	return n
}
