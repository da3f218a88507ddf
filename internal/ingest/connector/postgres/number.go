package postgres

import (
	"encoding/binary"
	"math/bits"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// A numeric is a number of digits to the base 10,000, each in two bytes, behind
// a head of eight: how many digits, the power of the first one, the sign, and
// how many decimal digits behind the point are shown.
const (
	numericHead      = 8
	numericNegative  = 0x4000
	numericNaN       = 0xC000
	numericInfinity  = 0xD000
	numericNInfinity = 0xF000
)

// number is a numeric.
type number struct {
	sign   uint16
	weight int
	// shown is how many digits behind the point are shown.
	shown  int
	digits []byte
}

func parseNumber(data []byte) (n number, ok bool) {
	if len(data) < numericHead {
		return n, false
	}
	count := int(binary.BigEndian.Uint16(data))
	n.weight = int(int16(binary.BigEndian.Uint16(data[2:])))
	n.sign = binary.BigEndian.Uint16(data[4:])
	n.shown = int(binary.BigEndian.Uint16(data[6:]))
	n.digits = data[numericHead:]
	return n, len(n.digits) == 2*count
}

func (n *number) digit(i int) uint64 { return uint64(binary.BigEndian.Uint16(n.digits[2*i:])) }

func (n *number) isFinite() bool { return n.sign == 0 || n.sign == numericNegative }

var powers = [...]uint64{1, 10, 100, 1000, 10000}

// decimal returns the number times ten to the power of scale; ok is false where
// it has more digits than fit. Nothing is rounded.
func (n *number) decimal(precision, scale int) (value decimal128.Num, ok bool) {
	count := len(n.digits) / 2
	for count > 0 && n.digit(count-1) == 0 {
		count--
	}
	if count == 0 || !n.isFinite() {
		return value, n.isFinite()
	}
	// The last digit counts ten to the power of shift in the result.
	shift := 4*(n.weight-count+1) + scale
	if shift <= -4 || width(n.digit(0))+4*(count-1)+shift > precision {
		return value, false
	}
	var hi, lo uint64
	for i := range count - 1 {
		hi, lo = timesPlus(hi, lo, 10000, n.digit(i))
	}
	last := n.digit(count - 1)
	if shift < 0 {
		if last%powers[-shift] != 0 {
			return value, false
		}
		hi, lo = timesPlus(hi, lo, powers[4+shift], last/powers[-shift])
	} else {
		hi, lo = timesPlus(hi, lo, 10000, last)
		for ; shift > 0; shift -= min(4, shift) {
			hi, lo = timesPlus(hi, lo, powers[min(4, shift)], 0)
		}
	}
	value = decimal128.New(int64(hi), lo)
	if n.sign == numericNegative {
		value = value.Negate()
	}
	return value, true
}

// timesPlus returns v times by plus add; v has no more than 38 digits then.
func timesPlus(hi, lo, by, add uint64) (uint64, uint64) {
	over, low := bits.Mul64(lo, by)
	low, carry := bits.Add64(low, add, 0)
	return hi*by + over + carry, low
}

// width is how many decimal digits a digit has.
func width(digit uint64) int {
	switch {
	case digit >= 1000:
		return 4
	case digit >= 100:
		return 3
	case digit >= 10:
		return 2
	default:
		return 1
	}
}

// needs returns the smallest decimal type that holds the number.
func (n *number) needs() (connector.Type, bool) {
	if !n.isFinite() {
		return connector.Type{}, false
	}
	count := len(n.digits) / 2
	for count > 0 && n.digit(count-1) == 0 {
		count--
	}
	whole, fraction := 0, 0
	if count > 0 {
		whole = max(0, width(n.digit(0))+4*n.weight)
		fraction = -4 * (n.weight - count + 1)
		for last := n.digit(count - 1); last%10 == 0; last /= 10 {
			fraction--
		}
		fraction = max(0, fraction)
	}
	if whole+fraction > connector.MaxPrecision {
		return connector.Type{Kind: connector.String}, true
	}
	return connector.Type{Kind: connector.Decimal, Precision: max(1, whole+fraction), Scale: fraction}, true
}

// text appends the number as PostgreSQL writes it.
func (n *number) text(out []byte) []byte {
	switch n.sign {
	case numericNaN:
		return append(out, "NaN"...)
	case numericInfinity:
		return append(out, "Infinity"...)
	case numericNInfinity:
		return append(out, "-Infinity"...)
	case numericNegative:
		out = append(out, '-')
	}
	at := func(i int) uint64 {
		if i < 0 || i >= len(n.digits)/2 {
			return 0
		}
		return n.digit(i)
	}
	if n.weight < 0 {
		out = append(out, '0')
	}
	for i := 0; i <= n.weight; i++ {
		if i == 0 {
			out = strconv.AppendUint(out, at(0), 10)
		} else {
			out = appendFour(out, at(i))
		}
	}
	if n.shown == 0 {
		return out
	}
	out = append(out, '.')
	end := len(out) + n.shown
	for i := n.weight + 1; len(out) < end; i++ {
		out = appendFour(out, at(i))
	}
	return out[:end]
}

func appendFour(out []byte, d uint64) []byte {
	return append(out, byte('0'+d/1000%10), byte('0'+d/100%10), byte('0'+d/10%10), byte('0'+d%10))
}
