package pymodule

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja"
)

// parseForms are the directives of strptime.
var parseForms = map[byte]string{
	'd': `3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9]`, 'f': `[0-9]{1,6}`, 'H': `2[0-3]|[0-1]\d|\d`, 'I': `1[0-2]|0[1-9]|[1-9]`,
	'G': `\d\d\d\d`, 'j': `36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9]`, 'm': `1[0-2]|0[1-9]|[1-9]`,
	'M': `[0-5]\d|\d`, 'S': `6[0-1]|[0-5]\d|\d`, 'U': `5[0-3]|[0-4]\d|\d`, 'W': `5[0-3]|[0-4]\d|\d`, 'w': `[0-6]`,
	'u': `[1-7]`, 'V': `5[0-3]|0[1-9]|[1-4]\d|\d`, 'y': `\d\d`, 'Y': `\d\d\d\d`,
	'z': `[+-]\d\d:?[0-5]\d(?::?[0-5]\d(?:\.\d{1,6})?)?|(?-i:Z)`, 'Z': `utc|gmt`, 'p': `am|pm`,
	'A': names("Monday", 0, 7), 'a': names("Mon", 0, 7), 'B': names("January", 1, 12), 'b': names("Jan", 1, 12),
}

// parseCompound are directives that stand for several.
var parseCompound = strings.NewReplacer("%%", "%%", "%c", "%a %b %d %H:%M:%S %Y", "%x", "%m/%d/%y", "%X", "%H:%M:%S")

// names lists days (from Monday) or months by a layout.
func names(layout string, months, n int) string {
	var out []string
	for i := range n {
		t := time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC) // a Monday
		if months > 0 {
			t = time.Date(2024, time.Month(1+i), 1, 0, 0, 0, 0, time.UTC)
		}
		out = append(out, strings.ToLower(t.Format(layout)))
	}
	return strings.Join(out, "|")
}

// nameAt is the place of a name in its list.
func nameAt(list, name string) int {
	for i, n := range strings.Split(list, "|") {
		if strings.EqualFold(n, name) {
			return i
		}
	}
	return -1
}

// parseCache holds what formats became; it is emptied when it grows.
var parseCache = struct {
	sync.Mutex
	patterns map[string]*regexp.Regexp
}{patterns: map[string]*regexp.Regexp{}}

func cachedPattern(format string) (*regexp.Regexp, error) {
	parseCache.Lock()
	defer parseCache.Unlock()
	if p := parseCache.patterns[format]; p != nil {
		return p, nil
	}
	p, err := parsePattern(format)
	if err != nil {
		return nil, err
	}
	if len(parseCache.patterns) >= 512 {
		clear(parseCache.patterns)
	}
	parseCache.patterns[format] = p
	return p, nil
}

// parsePattern is a format as a regular expression, its groups named by their
// directives.
func parsePattern(format string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString("(?i)^")
	for rest := parseCompound.Replace(format); rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		switch {
		case rest[0] == '%' && len(rest) == 1:
			return nil, fmt.Errorf("stray %% in format %s", quoted(format))
		case rest[0] == '%' && rest[1] == '%':
			b.WriteByte('%')
			rest = rest[2:]
		case rest[0] == '%':
			form, ok := parseForms[rest[1]]
			if !ok {
				return nil, fmt.Errorf("%s is a bad directive in format %s", quoted(rest[1:2]), quoted(format))
			}
			name := string(rest[1])
			if strings.Contains(b.String(), "(?P<"+name+">") {
				return nil, fmt.Errorf("the directive %%%s stands twice in format %s", name, quoted(format))
			}
			fmt.Fprintf(&b, "(?P<%s>%s)", name, form)
			rest = rest[2:]
		case unicode.IsSpace(r):
			b.WriteString(`\s+`)
			rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		default:
			b.WriteString(regexp.QuoteMeta(rest[:n]))
			rest = rest[n:]
		}
	}
	return regexp.Compile(b.String())
}

func datetimeParse(c *jinja.Call) (any, error) {
	b, err := c.Bind("_date_string", "_format")
	if err != nil {
		return nil, err
	}
	text, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	format, err := b.String(1, "")
	if err != nil {
		return nil, err
	}
	return strptime(text, format)
}

func strptime(text, format string) (DateTime, error) {
	pattern, err := cachedPattern(format)
	if err != nil {
		return DateTime{}, err
	}
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		return DateTime{}, fmt.Errorf("time data %s does not match format %s", quoted(text), quoted(format))
	}
	if len(m[0]) < len(text) {
		return DateTime{}, fmt.Errorf("unconverted data remains: %s", text[len(m[0]):])
	}
	p := parsed{}
	for i, name := range pattern.SubexpNames() {
		if name != "" {
			p[name[0]] = m[i]
		}
	}
	day, err := p.date()
	if err != nil {
		return DateTime{}, err
	}
	out := DateTime{zone: p.zone()}
	out.wall, err = clockOn(day.day, p.clock())
	return out, err
}

// parsed holds what the directives of a format found.
type parsed map[byte]string

func (p parsed) has(directive byte) bool { _, ok := p[directive]; return ok }

func (p parsed) number(directive byte, missing int64) int64 {
	if !p.has(directive) {
		return missing
	}
	return numberAt(strings.TrimSpace(p[directive]))
}

func (p parsed) clock() []int64 {
	hour := p.number('H', 0)
	if p.has('I') {
		hour = p.number('I', 0) % 12
		if strings.EqualFold(p['p'], "pm") {
			hour += 12
		}
	}
	return []int64{hour, p.number('M', 0), p.number('S', 0), numberAt((p['f'] + "000000")[:6])}
}

func (p parsed) zone() Zone {
	z := p['z']
	switch {
	case z == "":
		return nil
	case z == "Z":
		return utcZone
	}
	digits := strings.ReplaceAll(z[1:], ":", "")
	fraction := ""
	if whole, f, ok := strings.Cut(digits, "."); ok {
		digits, fraction = whole, f
	}
	digits = (digits + "00")[:6]
	us := (numberAt(digits[:2])*3600+numberAt(digits[2:4])*60+numberAt(digits[4:]))*1_000_000 + numberAt((fraction + "000000")[:6])
	if z[0] == '-' {
		us = -us
	}
	return fixedZone{offset: NewDelta(0, us)}
}

// weekday is the day of the week that was found, from Monday; -1 for none.
func (p parsed) weekday() int64 {
	switch {
	case p.has('A'):
		return int64(nameAt(parseForms['A'], p['A']))
	case p.has('a'):
		return int64(nameAt(parseForms['a'], p['a']))
	case p.has('w'):
		return (p.number('w', 0) + 6) % 7
	case p.has('u'):
		return p.number('u', 1) - 1
	}
	return -1
}

func (p parsed) date() (Date, error) {
	year := p.number('Y', 1900)
	if p.has('y') {
		if year = p.number('y', 0) + 2000; year > 2068 {
			year -= 100
		}
	}
	month := p.number('m', 1)
	if p.has('B') {
		month = int64(nameAt(parseForms['B'], p['B'])) + 1
	} else if p.has('b') {
		month = int64(nameAt(parseForms['b'], p['b'])) + 1
	}
	known := p.has('Y') || p.has('y')
	day := p.weekday()
	switch {
	case p.has('G') && p.has('j'):
		return Date{}, errors.New("day of the year directive '%j' is not compatible with ISO year directive '%G'; use '%Y'")
	case p.has('G') != p.has('V') || p.has('G') && day < 0:
		return Date{}, errors.New("the ISO directives %G and %V go together with a day of the week")
	case p.has('G'):
		return ofCalendar(p.number('G', 0), p.number('V', 0), day+1)
	case p.has('j'):
		return ofOrdinal(ordinal(time.Date(int(year), 1, 1, 0, 0, 0, 0, time.UTC)) + p.number('j', 1) - 1)
	case known && day >= 0 && (p.has('U') || p.has('W')):
		return p.dateOfWeek(year, day)
	}
	return dateOf(year, month, p.number('d', 1))
}

// dateOfWeek is the date of a day of a week that %U or %W counts.
func (p parsed) dateOfWeek(year, day int64) (Date, error) {
	first := time.Date(int(year), 1, 1, 0, 0, 0, 0, time.UTC)
	week, start := p.number('W', 0), int64(weekday(first))
	if p.has('U') {
		week, start, day = p.number('U', 0), int64(first.Weekday()), (day+1)%7
	}
	toFirst := (7 - start) % 7 // days before the first whole week
	return ofOrdinal(ordinal(first) + toFirst + (week-1)*7 + day)
}
