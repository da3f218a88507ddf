package syslog

import (
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

const microsPerDay = 24 * 3600 * 1e6

// clock reads times.
type clock struct {
	local *textlog.LocalClock
	// year is that of times without one; 0 is to be found out from last, when
	// the file was last written.
	year int
	last int64
}

// stamp reads the time that text starts with and returns how long it is; 0
// where there is none.
func (c *clock) stamp(text []byte) (micros int64, n int) {
	if len(text) > 0 && text[0]-'0' <= 9 {
		micros, zoned, n := textlog.ISOTime(text)
		if n > 0 && !zoned {
			micros = c.local.UTC(micros)
		}
		return micros, n
	}
	return c.bsd(text)
}

// bsd reads "Oct 11 22:14:15", "Oct  1 22:14:15.123" or "Oct 11 2003 22:14:15".
func (c *clock) bsd(text []byte) (micros int64, n int) {
	if len(text) < len("Oct 11 22:14:15") || text[3] != ' ' || text[6] != ' ' {
		return 0, 0
	}
	month := textlog.Month(text)
	day, ok := connector.TwoDigits(text[4:])
	if text[4] == ' ' {
		day, ok = int(text[5]-'0'), text[5]-'0' <= 9
	}
	if month == 0 || !ok {
		return 0, 0
	}
	at, year := 7, 0
	if len(text) >= 20 && text[11] == ' ' {
		century, ok1 := connector.TwoDigits(text[7:])
		rest, ok2 := connector.TwoDigits(text[9:])
		if !ok1 || !ok2 {
			return 0, 0
		}
		at, year = 12, century*100+rest
	}
	clock, size := textlog.ClockTime(text[at:])
	if size == 0 {
		return 0, 0
	}
	micros, ok = c.dated(year, month, day, clock)
	if !ok {
		return 0, 0
	}
	return micros, at + size
}

// dated puts a time into its year.
func (c *clock) dated(year, month, day int, clock int64) (micros int64, ok bool) {
	at := func(year int) (int64, bool) {
		days, ok := connector.Days(year, month, day)
		return c.local.UTC(int64(days)*microsPerDay + clock), ok
	}
	if year == 0 {
		year = c.year
	}
	if year > 0 {
		return at(year)
	}
	// 29 February is in a leap year, eight years apart at most.
	latest := textlog.YearOf(c.last + microsPerDay)
	for year = latest; year > latest-9; year-- {
		if micros, ok = at(year); ok && micros <= c.last+microsPerDay {
			return micros, true
		}
	}
	return 0, false
}
