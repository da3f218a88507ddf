package explain

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// unknown stands where a figure is not known.
const unknown = "–"

// formatCount returns n with its thousands apart, "541,909".
func formatCount(n int64) string {
	if n < 0 {
		return "-" + groupDigits(strconv.FormatInt(n, 10)[1:])
	}
	return groupDigits(strconv.FormatInt(n, 10))
}

// formatRows returns a row count; a negative one is unknown.
func formatRows(n int64) string {
	if n < 0 {
		return unknown
	}
	return formatCount(n)
}

func groupDigits(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// formatFigure returns y with its thousands apart and two decimals, none where
// it is whole.
func formatFigure(y float64) string {
	if math.IsNaN(y) || math.IsInf(y, 0) {
		return strconv.FormatFloat(y, 'g', -1, 64)
	}
	if math.Abs(y) >= 1e15 {
		return strconv.FormatFloat(y, 'g', 6, 64)
	}
	decimals := 2
	if y == math.Trunc(y) {
		decimals = 0
	}
	s := strconv.FormatFloat(math.Abs(y), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(s, ".")
	s = groupDigits(whole)
	if fraction != "" {
		s += "." + fraction
	}
	if y < 0 {
		s = "-" + s
	}
	return s
}

var shortUnits = []struct {
	size float64
	name string
}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}

// formatShort returns y in three digits or so, "541.9k", where room is short.
func formatShort(y float64) string {
	for _, u := range shortUnits {
		if math.Abs(y) >= u.size {
			return trimZeros(strconv.FormatFloat(y/u.size, 'f', 1, 64)) + u.name
		}
	}
	return trimZeros(strconv.FormatFloat(y, 'f', 2, 64))
}

func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

var byteUnits = []struct {
	size float64
	name string
}{{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}}

func formatBytes(n int64) string {
	for _, u := range byteUnits {
		if float64(n) >= u.size {
			return strconv.FormatFloat(float64(n)/u.size, 'f', 1, 64) + " " + u.name
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}

func formatDuration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "< 1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return unknown
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// plural returns "1 table", "2 tables".
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return formatCount(n) + " " + many
}

// joinNames returns names as a phrase: "a", "a and b", "a, b and 3 more".
func joinNames(names []string, limit int) string {
	if len(names) > limit {
		more := plural(int64(len(names)-limit), "more", "more")
		return strings.Join(names[:limit], ", ") + " and " + more
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// clip returns s in at most limit characters, an ellipsis in its middle where
// something was left out: names of one project often share their beginning.
func clip(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	tail := (limit - 1) / 2
	head := limit - 1 - tail
	return string(runes[:head]) + "…" + string(runes[len(runes)-tail:])
}
