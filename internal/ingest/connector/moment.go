package connector

// ISODate reads YYYY-MM-DD, ten bytes, into days since 1970-01-01. The date
// must exist.
func ISODate(text []byte) (days int32, ok bool) {
	_ = text[9]
	y1, ok1 := TwoDigits(text)
	y2, ok2 := TwoDigits(text[2:])
	m, ok3 := TwoDigits(text[5:])
	d, ok4 := TwoDigits(text[8:])
	if !ok1 || !ok2 || !ok3 || !ok4 || text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	return Days(y1*100+y2, m, d)
}

// ClockMinutes reads HH:MM, five bytes, into minutes since midnight.
func ClockMinutes(text []byte) (minutes int, ok bool) {
	_ = text[4]
	h, ok1 := TwoDigits(text)
	m, ok2 := TwoDigits(text[3:])
	return h*60 + m, ok1 && ok2 && text[2] == ':' && h < 24 && m < 60
}

// TwoDigits reads the two digits that text starts with.
func TwoDigits(text []byte) (int, bool) {
	_ = text[1]
	a, b := text[0]-'0', text[1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

// Days returns the days from 1970-01-01 to a date of the Gregorian calendar,
// from year 1 on; ok is false where there is no such date.
func Days(year, month, day int) (days int32, ok bool) {
	if year < 1 || month < 1 || month > 12 || day < 1 || day > monthDays(year, month) {
		return 0, false
	}
	// Years that start in March, so that the leap day is the last.
	if month <= 2 {
		year--
		month += 12
	}
	return int32(365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468), true
}

func monthDays(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	default:
		return 31
	}
}
