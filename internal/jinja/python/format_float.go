package python

import (
	"math"
	"strconv"
	"strings"
)

// formatFloat writes a number that is not negative as Python's %f, %e and %g
// do; keep is their flag # for %g.
func formatFloat(f float64, verb rune, precision int, keep bool) string {
	upper := verb == 'F' || verb == 'E' || verb == 'G'
	text := ""
	switch {
	case math.IsNaN(f):
		text = "nan"
	case math.IsInf(f, 0):
		text = "inf"
	default:
		if precision < 0 {
			precision = 6
		}
		text = finiteFloat(f, byte(verb)|0x20, precision, keep)
	}
	if upper {
		return strings.ToUpper(text)
	}
	return text
}

func finiteFloat(f float64, verb byte, precision int, keep bool) string {
	if verb != 'g' {
		return strconv.FormatFloat(f, verb, precision, 64)
	}
	precision = max(precision, 1)
	exp := strconv.FormatFloat(f, 'e', precision-1, 64)
	power, _ := strconv.Atoi(exp[strings.IndexByte(exp, 'e')+1:])
	if power < -4 || power >= precision {
		mantissa, tail, _ := strings.Cut(exp, "e")
		if !keep {
			mantissa = dropZeros(mantissa)
		}
		return mantissa + "e" + tail
	}
	text := strconv.FormatFloat(f, 'f', precision-1-power, 64)
	if !keep {
		text = dropZeros(text)
	}
	return text
}

// dropZeros takes trailing zeros off a fraction.
func dropZeros(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
