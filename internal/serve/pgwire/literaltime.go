package pgwire

import (
	"math"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/cell"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// isDated reports whether values of the type have a day in them.
func (k kind) isDated() bool {
	return k.oid == pgcatalog.Date || k.oid == pgcatalog.Timestamp || k.oid == pgcatalog.TimestampTZ
}

// engineEra writes a date or timestamp as the engine reads it, which wants the era
// behind the day, where PostgreSQL writes it last: 0044-03-15 12:00:00 BC. Without
// that the engine passes over the era of a date.
func engineEra(text string) string {
	if !strings.ContainsAny(text, "cCdD") {
		return text // neither BC nor AD, and most are so
	}
	words := strings.Fields(text)
	for i, word := range words {
		before := strings.EqualFold(word, "BC")
		if i == 0 || !before && !strings.EqualFold(word, "AD") {
			continue
		}
		words = append(words[:i:i], words[i+1:]...)
		if day := strings.IndexAny(words[0], "tT"); before && day >= 0 {
			words[0] = words[0][:day] + " (BC) " + words[0][day+1:]
		} else if before {
			words[0] += " (BC)"
		}
		return strings.Join(words, " ")
	}
	return text
}

// timeOf is the text of dates and times, as the engine reads it, from their bytes,
// whose length was checked.
func timeOf(oid uint32, v []byte) (string, bool) {
	switch oid {
	case pgcatalog.Date:
		days := int64(int32At(v))
		switch days {
		case math.MaxInt32:
			return "infinity", true
		case math.MinInt32:
			return "-infinity", true
		}
		return engineDay(days + epochDays), true
	case pgcatalog.Time:
		return string(cell.AppendClock(nil, int64At(v))), true
	case pgcatalog.Timestamp, pgcatalog.TimestampTZ:
		t := int64At(v)
		switch t {
		case math.MaxInt64:
			return "infinity", true
		case math.MinInt64:
			return "-infinity", true
		}
		// By days first: their sum in microseconds need not fit.
		days, of := floorDiv(t, dayMicros)
		text := engineDay(days+epochDays) + " " + string(cell.AppendClock(nil, of))
		if oid == pgcatalog.TimestampTZ {
			text += "+00"
		}
		return text, true
	case pgcatalog.Interval:
		return string(cell.AppendInterval(nil, arrow.MonthDayNanoInterval{Months: int32At(v[12:]), Days: int32At(v[8:]), Nanoseconds: int64At(v) * 1000})), true
	}
	return "", false
}

// engineDay writes a day since 1970 as the engine reads it.
func engineDay(days int64) string { return engineEra(string(appendEra(appendDay(nil, days), days))) }
