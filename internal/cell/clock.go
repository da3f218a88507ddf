package cell

import (
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
)

// AppendInterval writes an interval as PostgreSQL does: 1 year 2 mons 3 days
// 04:05:06.7.
func AppendInterval(b []byte, v arrow.MonthDayNanoInterval) []byte {
	start, below := len(b), false
	sign := func(n int64) {
		if len(b) > start {
			b = append(b, ' ')
		}
		if below && n > 0 {
			b = append(b, '+')
		}
		below = n < 0
	}
	for _, unit := range []struct {
		n    int32
		name string
	}{{v.Months / 12, " year"}, {v.Months % 12, " mon"}, {v.Days, " day"}} {
		if unit.n == 0 {
			continue
		}
		sign(int64(unit.n))
		b = append(strconv.AppendInt(b, int64(unit.n), 10), unit.name...)
		if unit.n != 1 {
			b = append(b, 's')
		}
	}
	micros := v.Nanoseconds / 1000
	if micros == 0 && len(b) > start {
		return b
	}
	sign(micros)
	if micros < 0 {
		b, micros = append(b, '-'), -micros
	}
	return AppendClock(b, micros)
}

// AppendClock writes microseconds since midnight.
func AppendClock(b []byte, t int64) []byte {
	seconds, fraction := t/1e6, t%1e6
	if hours := seconds / 3600; hours < 100 {
		b = appendTwo(b, int(hours))
	} else {
		b = strconv.AppendInt(b, hours, 10) // an interval
	}
	b = appendTwo(append(b, ':'), int(seconds/60%60))
	b = appendTwo(append(b, ':'), int(seconds%60))
	return appendFraction(b, fraction)
}

// appendFraction writes millionths of a second, without zeros at their end.
func appendFraction(b []byte, fraction int64) []byte {
	if fraction == 0 {
		return b
	}
	b = append(b, '.')
	for digit := int64(100000); digit > 0 && fraction > 0; digit /= 10 {
		b = append(b, byte('0'+fraction/digit))
		fraction %= digit
	}
	return b
}

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10%10), byte('0'+n%10)) }
