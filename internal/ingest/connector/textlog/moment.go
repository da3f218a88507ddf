package textlog

import (
	"time"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// ISOTime reads the time that text starts with, such as 2003-10-11T22:14:15.003Z
// or 2003-10-11 22:14:15,003+0200, and returns how long it is; 0 where there is
// none. A time without a zone is counted as if it were UTC.
func ISOTime(text []byte) (micros int64, zoned bool, n int) {
	if len(text) < len("2003-10-11T22:14:15") || text[4] != '-' && text[4] != '/' || text[7] != text[4] || text[10] != 'T' && text[10] != ' ' && text[10] != 't' {
		return 0, false, 0
	}
	days, ok := isoDate(text)
	clock, size := ClockTime(text[11:])
	if !ok || size == 0 {
		return 0, false, 0
	}
	micros, n = int64(days)*microsPerDay+clock, 11+size
	offset, length := ZoneOffset(text[n:])
	return micros - offset, length > 0, n + length
}

func isoDate(text []byte) (days int32, ok bool) {
	century, ok1 := connector.TwoDigits(text)
	year, ok2 := connector.TwoDigits(text[2:])
	month, ok3 := connector.TwoDigits(text[5:])
	day, ok4 := connector.TwoDigits(text[8:])
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return 0, false
	}
	return connector.Days(century*100+year, month, day)
}

// ClockTime reads the time of day that text starts with, HH:MM:SS with or
// without a fraction behind a point or comma, in microseconds, and returns how
// long it is; 0 where there is none. Second 60 is a leap second.
func ClockTime(text []byte) (micros int64, n int) {
	if len(text) < len("22:14:15") || text[5] != ':' {
		return 0, 0
	}
	minutes, ok := connector.ClockMinutes(text)
	seconds, ok2 := connector.TwoDigits(text[6:])
	if !ok || !ok2 || seconds > 60 {
		return 0, 0
	}
	micros, n = int64(minutes*60+seconds)*1e6, 8
	if n+1 < len(text) && (text[n] == '.' || text[n] == ',') && text[n+1]-'0' <= 9 {
		n++
		for unit := int64(1e5); n < len(text) && text[n]-'0' <= 9; n++ {
			micros += int64(text[n]-'0') * unit
			unit /= 10
		}
	}
	return micros, n
}

// ZoneOffset reads the zone that text starts with, Z, +02, +0200 or +02:00, as
// microseconds east of UTC, and returns how long it is; 0 where there is none.
func ZoneOffset(text []byte) (micros int64, n int) {
	if len(text) > 0 && (text[0] == 'Z' || text[0] == 'z') {
		return 0, 1
	}
	if len(text) < 3 || text[0] != '+' && text[0] != '-' {
		return 0, 0
	}
	hours, ok := connector.TwoDigits(text[1:])
	if !ok || hours > 18 {
		return 0, 0
	}
	n = 3
	rest := text[n:]
	if len(rest) > 2 && rest[0] == ':' {
		rest = rest[1:]
	}
	minutes := 0
	if len(rest) > 1 {
		if m, ok := connector.TwoDigits(rest); ok && m < 60 {
			minutes, n = m, len(text)-len(rest)+2
		}
	}
	micros = int64(hours*60+minutes) * 60 * 1e6
	if text[0] == '-' {
		micros = -micros
	}
	return micros, n
}

var months = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// Month returns the number of the month whose first three letters text starts
// with, whatever their case; 0 is none.
func Month(text []byte) int {
	if len(text) < 3 {
		return 0
	}
	name := [3]byte{text[0] | 0x20, text[1] | 0x20, text[2] | 0x20}
	for i, month := range months {
		if string(name[:]) == month {
			return i + 1
		}
	}
	return 0
}

// YearOf returns the year of a time in microseconds since 1970, in UTC.
func YearOf(micros int64) int { return time.UnixMicro(micros).UTC().Year() }
