package textvalue

import (
	"bytes"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const microsPerDay = 24 * 60 * 60 * 1e6

// Formats are the ways in which dates and times are written besides ISO 8601;
// nil is none.
type Formats struct {
	Date, Timestamp *Format
	// last is the last date that was read and lastDays its value, as dates come
	// in runs. That makes Formats not safe for concurrent use.
	last     [10]byte
	lastDays int32
}

// isoDate reads the first ten bytes of text.
func (f *Formats) isoDate(text []byte) (days int32, ok bool) {
	date := [10]byte(text)
	if date == f.last {
		return f.lastDays, true
	}
	if days, ok = connector.ISODate(text); ok {
		f.last, f.lastDays = date, days
	}
	return days, ok
}

// ParseDate reads YYYY-MM-DD into days since 1970.
func (f *Formats) ParseDate(text []byte) (int32, bool) {
	if len(text) == 10 {
		if days, ok := f.isoDate(text); ok {
			return days, true
		}
	}
	if f.Date != nil {
		if m, ok := f.Date.parse(text); ok {
			return m.days(), true
		}
	}
	return 0, false
}

// ParseTimestamp reads a date, or a date and a time without a zone, into
// microseconds since 1970. The time is HH:MM, HH:MM:SS or with a fraction of up
// to six digits; between them stands a space or a T.
func (f *Formats) ParseTimestamp(text []byte) (int64, bool) {
	if micros, rest, ok := f.isoTimestamp(text); ok && len(rest) == 0 {
		return micros, true
	}
	if f.Timestamp != nil && !f.Timestamp.zone {
		if m, ok := f.Timestamp.parse(text); ok {
			return m.micros(), true
		}
	}
	if days, ok := f.ParseDate(text); ok {
		return int64(days) * microsPerDay, true
	}
	return 0, false
}

// ParseTimestampTZ reads a timestamp with a zone (Z, UTC, ±HH, ±HHMM or ±HH:MM,
// perhaps behind a space).
func (f *Formats) ParseTimestampTZ(text []byte) (int64, bool) {
	if micros, rest, ok := f.isoTimestamp(text); ok && len(rest) > 0 {
		offset, ok := parseZone(rest)
		return micros - offset, ok
	}
	if f.Timestamp != nil && f.Timestamp.zone {
		if m, ok := f.Timestamp.parse(text); ok {
			return m.micros(), true
		}
	}
	return 0, false
}

// isoTimestamp reads the date and the time; rest is what follows them.
func (f *Formats) isoTimestamp(text []byte) (micros int64, rest []byte, ok bool) {
	if len(text) < 16 || text[10] != ' ' && text[10] != 'T' {
		return 0, nil, false
	}
	days, ok := f.isoDate(text)
	if !ok {
		return 0, nil, false
	}
	micros, rest, ok = clock(text[11:])
	return micros + int64(days)*microsPerDay, rest, ok
}

// clock reads a time of day into microseconds; rest is what follows it.
func clock(text []byte) (micros int64, rest []byte, ok bool) {
	if len(text) < 5 {
		return 0, nil, false
	}
	seconds, ok := connector.ClockMinutes(text)
	if !ok {
		return 0, nil, false
	}
	seconds *= 60
	rest = text[5:]
	if len(rest) >= 3 && rest[0] == ':' {
		s, ok := connector.TwoDigits(rest[1:])
		if !ok || s > 59 {
			return 0, nil, false
		}
		seconds, rest = seconds+s, rest[3:]
		if len(rest) > 0 && rest[0] == '.' {
			micros, rest, ok = parseMicros(rest[1:])
			if !ok {
				return 0, nil, false
			}
		}
	}
	return micros + int64(seconds)*1e6, rest, true
}

// parseMicros reads one to six digits behind a decimal point, and more where
// they are zeros.
func parseMicros(text []byte) (micros int64, rest []byte, ok bool) {
	n := 0
	for ; n < len(text) && text[n]-'0' <= 9; n++ {
		switch d := int64(text[n] - '0'); {
		case n < 6:
			micros = micros*10 + d
		case d != 0:
			return 0, nil, false
		}
	}
	for i := n; i < 6; i++ {
		micros *= 10
	}
	return micros, text[n:], n > 0
}

// parseZone reads a zone into microseconds east of UTC.
func parseZone(text []byte) (int64, bool) {
	if text[0] == ' ' {
		text = text[1:]
	}
	switch string(text) {
	case "Z", "z", "UTC":
		return 0, true
	}
	if len(text) < 3 || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	hours, ok := connector.TwoDigits(text[1:])
	minutes := 0
	if rest := bytes.TrimPrefix(text[3:], []byte(":")); ok && len(text) > 3 {
		if len(rest) != 2 {
			return 0, false
		}
		minutes, ok = connector.TwoDigits(rest)
	}
	if !ok || hours > 15 || minutes > 59 {
		return 0, false
	}
	offset := int64(hours*60+minutes) * 60e6
	if text[0] == '-' {
		offset = -offset
	}
	return offset, true
}

// ParseTime reads HH:MM, HH:MM:SS or with a fraction of up to six digits, into
// microseconds since midnight.
func ParseTime(text []byte) (int64, bool) {
	micros, rest, ok := clock(text)
	return micros, ok && len(rest) == 0
}

// KindlyTime also reads spaces around, for declared columns.
func KindlyTime(text []byte) (int64, bool) { return ParseTime(bytes.TrimSpace(text)) }

// KindlyDate also reads a midnight, and what KindlyTimestamp does, for declared
// columns.
func (f *Formats) KindlyDate(text []byte) (int32, bool) {
	micros, ok := f.KindlyTimestamp(text)
	if !ok || micros%microsPerDay != 0 {
		return 0, false
	}
	return int32(micros / microsPerDay), true
}

// KindlyTimestamp also reads spaces around, and month, day and hour of one
// digit, for declared columns.
func (f *Formats) KindlyTimestamp(text []byte) (int64, bool) {
	text = bytes.TrimSpace(text)
	if micros, ok := f.ParseTimestamp(text); ok {
		return micros, true
	}
	return f.ParseTimestamp(padded(text))
}

// KindlyTimestampTZ also reads times without a zone, as UTC, and what
// KindlyTimestamp does, for declared columns.
func (f *Formats) KindlyTimestampTZ(text []byte) (int64, bool) {
	text = bytes.TrimSpace(text)
	for _, text := range [][]byte{text, padded(text)} {
		if micros, ok := f.ParseTimestampTZ(text); ok {
			return micros, true
		}
	}
	return f.KindlyTimestamp(text)
}
