package pymodule

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/jinja"
)

func isoformatCall(d DateTime, c *jinja.Call) (any, error) {
	b, err := c.Bind("sep?", "timespec?")
	if err != nil {
		return nil, err
	}
	sep, err := b.String(0, "T")
	if err != nil {
		return nil, err
	}
	spec, err := b.String(1, "auto")
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(sep) != 1 {
		return nil, errors.New("`sep` is one character")
	}
	text, err := isoClock(d.wall, spec)
	return isoDate(d.wall) + sep + text + d.offset(), err
}

// isoClock prints a time of day as exactly as asked.
func isoClock(t time.Time, spec string) (string, error) {
	us := t.Nanosecond() / 1000
	if spec == "auto" {
		spec = "seconds"
		if us != 0 {
			spec = "microseconds"
		}
	}
	switch spec {
	case "hours":
		return t.Format("15"), nil
	case "minutes":
		return t.Format("15:04"), nil
	case "seconds":
		return t.Format("15:04:05"), nil
	case "milliseconds":
		return t.Format("15:04:05") + fmt.Sprintf(".%03d", us/1000), nil
	case "microseconds":
		return t.Format("15:04:05") + fmt.Sprintf(".%06d", us), nil
	}
	return "", errors.New("`timespec` is auto, hours, minutes, seconds, milliseconds or microseconds")
}

// The forms that fromisoformat reads.
var isoForms = sync.OnceValue(func() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{
		"date": regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)$|^(\d{4})(\d\d)(\d\d)$`),
		"week": regexp.MustCompile(`^(\d{4})(?:-W(\d\d)(?:-(\d))?|W(\d\d)(\d)?)$`),
		"time": regexp.MustCompile(`^(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?|(\d\d)(?:(\d\d)(?:[.,](\d+))?)?)?$`),
		"zone": regexp.MustCompile(`^(.*?)(Z|[+-]\d\d.*)$`),
	}
})

func numberAt(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func badISO(s string) error { return fmt.Errorf("is no ISO format: %s", quoted(s)) }

func parseISODate(s string) (Date, error) {
	if m := isoForms()["date"].FindStringSubmatch(s); m != nil {
		return dateOf(numberAt(m[1]+m[4]), numberAt(m[2]+m[5]), numberAt(m[3]+m[6]))
	}
	if m := isoForms()["week"].FindStringSubmatch(s); m != nil {
		day := int64(1)
		if m[3]+m[5] != "" {
			day = numberAt(m[3] + m[5])
		}
		return ofCalendar(numberAt(m[1]), numberAt(m[2]+m[4]), day)
	}
	return Date{}, badISO(s)
}

// isoMoment reads a time of day, and keeps microseconds of its fraction.
func isoMoment(s string) ([]int64, bool) {
	m := isoForms()["time"].FindStringSubmatch(s)
	if m == nil {
		return nil, false
	}
	fraction := (m[4] + m[7] + "000000")[:6]
	return []int64{numberAt(m[1]), numberAt(m[2] + m[5]), numberAt(m[3] + m[6]), numberAt(fraction)}, true
}

func parseISOTime(s string) (Clock, error) {
	text, zone := strings.TrimPrefix(s, "T"), Zone(nil)
	if m := isoForms()["zone"].FindStringSubmatch(text); m != nil {
		text = m[1]
		n, ok := []int64{0, 0, 0, 0}, true
		if m[2] != "Z" {
			n, ok = isoMoment(m[2][1:])
		}
		if !ok {
			return Clock{}, badISO(s)
		}
		at, err := clockOn(time.Time{}, n)
		if err != nil {
			return Clock{}, err
		}
		offset := NewDelta(0, microsOfDay(at))
		if m[2][0] == '-' {
			offset = NewDelta(0, -microsOfDay(at))
		}
		zone = fixedZone{offset: offset}
	}
	n, ok := isoMoment(text)
	if !ok {
		return Clock{}, badISO(s)
	}
	wall, err := clockOn(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), n)
	return Clock{wall: wall, zone: zone}, err
}

// isoDateEnds are the lengths that the date at the start may have, longest
// first.
var isoDateEnds = []int{10, 8, 7}

func parseISODateTime(s string) (DateTime, error) {
	if d, err := parseISODate(s); err == nil {
		return DateTime{wall: d.day}, nil
	}
	for _, n := range isoDateEnds {
		if len(s) <= n {
			continue
		}
		day, err := parseISODate(s[:n])
		_, sep := utf8.DecodeRuneInString(s[n:])
		if err != nil || len(s) == n+sep {
			continue
		}
		t, err := parseISOTime(s[n+sep:])
		if err != nil || strings.HasPrefix(s[n+sep:], "T") {
			continue
		}
		h, m, sec := t.wall.Clock()
		y, month, d := day.day.Date()
		return DateTime{wall: time.Date(y, month, d, h, m, sec, t.wall.Nanosecond(), time.UTC), zone: t.zone}, nil
	}
	return DateTime{}, badISO(s)
}
