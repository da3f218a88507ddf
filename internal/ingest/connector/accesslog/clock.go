package accesslog

import "github.com/tarn-lake/tarn/internal/ingest/connector"

// timeLayout is how a time is written, with what follows it; clfSize is how long
// it is without that.
const (
	timeLayout = "17/May/2015:10:05:03 +0000] "
	clfSize    = len(timeLayout) - len("] ")
)

// time reads a time of that form into microseconds since 1970.
func (s *scanner) time(text []byte, micros *int64) bool {
	_ = text[27]
	return text[26] == ']' && text[27] == ' ' && s.clf(text, micros)
}

// clf is time without what follows it.
func (s *scanner) clf(text []byte, micros *int64) bool {
	_ = text[25]
	date := [11]byte(text)
	if date != s.date {
		days, ok := days(text)
		if !ok {
			return false
		}
		s.date, s.days = date, days
	}
	minutes, ok1 := connector.ClockMinutes(text[12:])
	seconds, ok2 := connector.TwoDigits(text[18:])
	hours, ok3 := connector.TwoDigits(text[22:])
	rest, ok4 := connector.TwoDigits(text[24:])
	sound := ok1 && ok2 && ok3 && ok4 && text[11] == ':' && text[17] == ':' && text[20] == ' '
	if !sound || seconds > 60 || hours > 15 || rest > 59 {
		return false
	}
	zone := (hours*60 + rest) * 60
	switch text[21] {
	case '+':
	case '-':
		zone = -zone
	default:
		return false
	}
	*micros = (int64(s.days)*24*60*60 + int64(minutes*60+seconds-zone)) * 1e6
	return true
}

// days reads 17/May/2015 into days since 1970.
func days(text []byte) (int32, bool) {
	day, ok1 := connector.TwoDigits(text)
	century, ok2 := connector.TwoDigits(text[7:])
	year, ok3 := connector.TwoDigits(text[9:])
	month := monthOf([3]byte(text[3:6]))
	if !ok1 || !ok2 || !ok3 || month == 0 || text[2] != '/' || text[6] != '/' {
		return 0, false
	}
	return connector.Days(century*100+year, month, day)
}

func monthOf(name [3]byte) int {
	for i, month := range [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"} {
		if string(name[:]) == month {
			return i + 1
		}
	}
	return 0
}
