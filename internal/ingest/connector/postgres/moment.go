package postgres

import (
	"fmt"
	"math"
	"time"
)

// PostgreSQL counts from 2000-01-01.
const (
	epochDays    = 10957
	microsPerDay = 24 * 60 * 60 * 1_000_000
	epochMicros  = epochDays * microsPerDay
)

// days returns a date as days since 1970; ok is false for infinity.
func days(v int32) (int32, bool) {
	if v == math.MaxInt32 || v == math.MinInt32 || v > math.MaxInt32-epochDays-1 {
		return 0, false
	}
	return v + epochDays, true
}

// micros returns a timestamp as microseconds since 1970; ok is false for
// infinity, and in the year 294246 and later, which 64 bits do not hold.
func micros(v int64) (int64, bool) {
	if v == math.MinInt64 || v >= math.MaxInt64-epochMicros {
		return 0, false
	}
	return v + epochMicros, true
}

// dateText appends a date as PostgreSQL writes it.
func dateText(out []byte, v int32) []byte {
	switch v {
	case math.MaxInt32:
		return append(out, "infinity"...)
	case math.MinInt32:
		return append(out, "-infinity"...)
	}
	date, bc := civil(int64(v))
	return append(append(out, date...), bc...)
}

// timestampText is a timestamp as PostgreSQL writes it in UTC.
func timestampText(v int64, zone string) []byte {
	switch v {
	case math.MaxInt64:
		return []byte("infinity")
	case math.MinInt64:
		return []byte("-infinity")
	}
	day := v / microsPerDay
	if v%microsPerDay < 0 {
		day--
	}
	date, bc := civil(day)
	out := timeText([]byte(date+" "), v-day*microsPerDay)
	return append(append(out, zone...), bc...)
}

// timeText appends a time of day as PostgreSQL writes it.
func timeText(out []byte, v int64) []byte {
	seconds := v / 1_000_000
	out = fmt.Appendf(out, "%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	fraction := v % 1_000_000
	if fraction == 0 {
		return out
	}
	out = fmt.Appendf(out, ".%06d", fraction)
	for out[len(out)-1] == '0' {
		out = out[:len(out)-1]
	}
	return out
}

// civil returns the date so many days after 2000-01-01, and " BC" for years
// before the first.
func civil(day int64) (date, bc string) {
	t := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(day))
	year := t.Year()
	if year <= 0 {
		year, bc = 1-year, " BC"
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, t.Month(), t.Day()), bc
}
