package pgwire

import (
	"strconv"
	"strings"
	"time"
)

// What settings may be: a check returns a value as it is shown; false is one that
// the setting does not take.

func only(value string) func(string) (string, bool) {
	return func(v string) (string, bool) { return value, strings.EqualFold(v, value) }
}

// utf8Only takes UTF8, and SQL_ASCII, by which clients of a machine without a locale
// ask for bytes as they are.
func utf8Only(v string) (string, bool) {
	plain := strings.ToLower(strings.NewReplacer("-", "", "_", "", "'", "").Replace(v))
	return "UTF8", plain == "utf8" || plain == "unicode" || plain == "sqlascii"
}

// isoDates takes every order of day and month: they are written in ISO's.
func isoDates(v string) (string, bool) {
	order := "MDY"
	for _, f := range strings.Split(v, ",") {
		switch word := strings.ToUpper(strings.TrimSpace(f)); word {
		case "ISO", "":
		case "MDY", "DMY", "YMD":
			order = word
		default:
			return "", false
		}
	}
	return "ISO, " + order, true
}

// zone is the name of a time zone as it is written, however the client writes it.
func zone(v string) (string, bool) {
	l, ok := location(v)
	if ok && l.String() != "" { // else a number of hours
		v = l.String()
	}
	return v, ok
}

func location(v string) (*time.Location, bool) {
	if hours, err := strconv.ParseFloat(v, 64); err == nil && hours >= -16 && hours <= 16 {
		return time.FixedZone("", int(hours*3600)), true
	}
	if strings.EqualFold(v, "local") || strings.EqualFold(v, "default") {
		v = "UTC"
	}
	for _, name := range []string{v, strings.ToUpper(v), capitals(v)} {
		if l, err := time.LoadLocation(name); err == nil && name != "" {
			return l, true
		}
	}
	return nil, false
}

// capitals writes the words of a name with a capital each: America/New_York.
func capitals(v string) string {
	b := []byte(strings.ToLower(v))
	for i, c := range b {
		if c >= 'a' && c <= 'z' && (i == 0 || b[i-1] == '/' || b[i-1] == '_') {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

func whole(v string) (string, bool) {
	_, err := strconv.Atoi(strings.TrimSpace(v))
	return strings.TrimSpace(v), err == nil
}

var units = map[string]time.Duration{"": time.Millisecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
	"min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

func duration(v string) (string, bool) {
	_, ok := length(v)
	return v, ok
}

// length reads how long something may take, as PostgreSQL writes it; 0 is for
// ever.
func length(v string) (time.Duration, bool) {
	v = strings.TrimSpace(v)
	digits := strings.TrimRight(v, "abcdefghijklmnopqrstuvwxyz ")
	n, err := strconv.ParseUint(digits, 10, 31)
	unit, ok := units[strings.TrimSpace(v[len(digits):])]
	return time.Duration(n) * unit, err == nil && ok //nolint:gosec // 31 bits
}

func truthful(v string) (string, bool) {
	on, ok := truth(v)
	if on {
		return "on", ok
	}
	return "off", ok
}

func truth(v string) (value, ok bool) {
	switch strings.ToLower(v) {
	case "on", "true", "yes", "1", "t", "y":
		return true, true
	case "off", "false", "no", "0", "f", "n":
		return false, true
	}
	return false, false
}
