package textvalue

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

const (
	// exactInDouble is the largest integer up to which a double holds all.
	exactInDouble = 1 << 53
	// exactDigits is how many significant digits a double's shortest text has.
	exactDigits = 17
)

// ParseLong reads an integer that is written as its value would be: no plus,
// no leading zeros, no spaces.
func ParseLong(text []byte) (int64, bool) {
	digits, negative := cutMinus(text)
	if len(digits) == 0 || len(digits) > 19 {
		return 0, false
	}
	if digits[0] == '0' {
		return 0, len(digits) == 1 && !negative
	}
	var v uint64
	for _, c := range digits {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		v = v*10 + uint64(d)
	}
	if negative {
		return -int64(v), v <= 1<<63
	}
	return int64(v), v <= math.MaxInt64
}

// ParseInt is ParseLong for what an int holds.
func ParseInt(text []byte) (int32, bool) {
	v, ok := ParseLong(text)
	return int32(v), ok && v == int64(int32(v))
}

func cutMinus(text []byte) (rest []byte, negative bool) {
	if len(text) > 0 && text[0] == '-' {
		return text[1:], true
	}
	return text, false
}

// powers are the powers of ten that a double holds exactly.
var powers = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// ParseDouble reads a number that a double holds: [-]digits[.digits][e[±]digits]
// or [-].digits, without leading zeros, with no more digits than a double's own
// text has. Short ones, which are nearly all, are computed here: a mantissa
// below 2^53 divided by a power of ten up to 22 is correctly rounded.
func ParseDouble(text []byte) (float64, bool) {
	digits, negative := cutMinus(text)
	var mantissa uint64
	point := -1
	if len(digits) > 18 {
		return parseLongDouble(text)
	}
	for i, c := range digits {
		if d := c - '0'; d <= 9 {
			mantissa = mantissa*10 + uint64(d)
		} else if c == '.' && point < 0 {
			point = i
		} else {
			return parseLongDouble(text)
		}
	}
	fraction := 0
	switch {
	case point >= 0:
		fraction = len(digits) - point - 1
		if fraction == 0 {
			return 0, false
		}
	case len(digits) == 0:
		return 0, false
	}
	if whole := len(digits) - fraction; digits[0] == '0' && whole > 1 && digits[1] != '.' {
		return 0, false
	}
	if mantissa > exactInDouble {
		return parseLongDouble(text)
	}
	v := float64(mantissa) / powers[fraction]
	if negative {
		v = -v
	}
	return v, true
}

// parseLongDouble is ParseDouble for every number.
func parseLongDouble(text []byte) (float64, bool) {
	unsigned, _ := cutMinus(text)
	mantissa, exponent := unsigned, []byte(nil)
	if i := bytes.IndexAny(unsigned, "eE"); i >= 0 {
		mantissa, exponent = unsigned[:i], unsigned[i+1:]
		if len(exponent) > 0 && (exponent[0] == '+' || exponent[0] == '-') {
			exponent = exponent[1:]
		}
		if !isDigits(exponent) {
			return 0, false
		}
	}
	whole, fraction, point := bytes.Cut(mantissa, []byte("."))
	switch {
	case point && !isDigits(fraction), len(whole) > 0 && !isDigits(whole), len(whole) == 0 && !point:
		return 0, false
	case len(whole) > 1 && whole[0] == '0':
		return 0, false
	}
	significant := len(strings.Trim(strings.Replace(string(mantissa), ".", "", 1), "0"))
	if significant > exactDigits {
		return 0, false
	}
	if !point && exponent == nil {
		n, ok := ParseLong(text)
		return float64(n), ok && -exactInDouble <= n && n <= exactInDouble
	}
	v, err := strconv.ParseFloat(string(text), 64)
	return v, err == nil && (v != 0 || significant == 0)
}

func isDigits(text []byte) bool {
	for _, c := range text {
		if c-'0' > 9 {
			return false
		}
	}
	return len(text) > 0
}

// ParseFloat reads a number into a float, which rounds it.
func ParseFloat(text []byte) (float32, bool) {
	v, ok := ParseDouble(text)
	return float32(v), ok && !math.IsInf(float64(float32(v)), 0)
}

// KindlyDouble reads any number, NaN and the infinities, for declared columns.
func KindlyDouble(text []byte) (float64, bool) {
	text = bytes.TrimSpace(text)
	if bytes.ContainsAny(text, "xXpP_") {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(text), 64)
	return v, err == nil
}

// KindlyFloat is KindlyDouble for what a float holds, rounded.
func KindlyFloat(text []byte) (float32, bool) {
	v, ok := KindlyDouble(text)
	return float32(v), ok && (math.IsInf(v, 0) || !math.IsInf(float64(float32(v)), 0))
}

// KindlyLong reads an integer with spaces around it, a plus sign, leading zeros
// or a fraction of zeros, for declared columns.
func KindlyLong(text []byte) (int64, bool) {
	text = bytes.TrimSpace(text)
	if whole, fraction, ok := bytes.Cut(text, []byte(".")); ok {
		if len(bytes.Trim(fraction, "0")) > 0 {
			return 0, false
		}
		text = whole
	}
	v, err := strconv.ParseInt(string(text), 10, 64)
	return v, err == nil
}

// KindlyInt is KindlyLong for what an int holds.
func KindlyInt(text []byte) (int32, bool) {
	v, ok := KindlyLong(text)
	return int32(v), ok && v == int64(int32(v))
}

// ParseBoolean reads true and false in any case.
func ParseBoolean(text []byte) (value, ok bool) {
	switch {
	case string(text) == "true":
		return true, true
	case string(text) == "false":
		return false, true
	case len(text) == 4 && bytes.EqualFold(text, []byte("true")):
		return true, true
	case len(text) == 5 && bytes.EqualFold(text, []byte("false")):
		return false, true
	}
	return false, false
}

// KindlyBoolean reads what people write for true and false, for declared columns.
func KindlyBoolean(text []byte) (value, ok bool) {
	switch strings.ToLower(string(bytes.TrimSpace(text))) {
	case "true", "t", "yes", "y", "on", "1":
		return true, true
	case "false", "f", "no", "n", "off", "0":
		return false, true
	}
	return false, false
}
