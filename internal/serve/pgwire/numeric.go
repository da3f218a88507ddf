package pgwire

import (
	"encoding/binary"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// appendNumeric writes a number as PostgreSQL sends it in binary: as digits of
// base 10,000, which stand on both sides of the point.
func appendNumeric(b []byte, n decimal128.Num, scale int32) []byte {
	sign := uint16(0)
	if n.Sign() < 0 {
		sign, n = 0x4000, n.Negate()
	}
	fill := (4 - scale%4) % 4
	var room [11]uint16 // 38 digits and 3 to fill
	digits := myriads(room[:0], n, []uint64{1, 10, 100, 1000}[fill])
	weight := len(digits) - int(scale+fill)/4 - 1
	for len(digits) > 0 && digits[0] == 0 {
		digits = digits[1:]
	}
	if len(digits) == 0 {
		weight, sign = 0, 0
	}
	b = binary.BigEndian.AppendUint16(b, uint16(len(digits)))   //nolint:gosec // at most 11
	b = binary.BigEndian.AppendUint16(b, uint16(int16(weight))) //nolint:gosec // two's complement
	b = binary.BigEndian.AppendUint16(b, sign)
	b = binary.BigEndian.AppendUint16(b, uint16(scale)) //nolint:gosec // at most 38
	for i := len(digits) - 1; i >= 0; i-- {
		b = binary.BigEndian.AppendUint16(b, digits[i])
	}
	return b
}

// myriads appends the digits of base 10,000 of a product, the lowest first. Most
// numbers fit into a machine's word.
func myriads(digits []uint16, n decimal128.Num, times uint64) []uint16 {
	if n.HighBits() == 0 && n.LowBits() <= math.MaxUint64/1000 {
		for rest := n.LowBits() * times; rest > 0; rest /= 10000 {
			digits = append(digits, uint16(rest%10000)) //nolint:gosec // below 10,000
		}
		return digits
	}
	rest := n.BigInt()
	rest.Mul(rest, new(big.Int).SetUint64(times))
	for base, digit := big.NewInt(10000), new(big.Int); rest.Sign() > 0; {
		rest.QuoRem(rest, base, digit)
		digits = append(digits, uint16(digit.Uint64())) //nolint:gosec // below 10,000
	}
	return digits
}

// scientific is a number with an exponent.
var scientific = regexp.MustCompile(`^([+-]?)(\d*)\.?(\d*)[eE]([+-]?\d{1,2})$`)

// withoutExponent writes a number of so many digits as there may be without an
// exponent; any other text stays as it is.
func withoutExponent(text string) string {
	m := scientific.FindStringSubmatch(text)
	if m == nil || m[2]+m[3] == "" {
		return text
	}
	sign, whole, fraction := m[1], m[2], m[3]
	exponent, _ := strconv.Atoi(m[4]) // two digits
	fraction += strings.Repeat("0", max(0, exponent-len(fraction)))
	whole = strings.Repeat("0", max(0, 1-exponent-len(whole))) + whole
	point := len(whole) + exponent
	digits := whole + fraction
	if plain := sign + digits[:point] + "." + digits[point:]; len(digits) <= 38 {
		return strings.TrimSuffix(plain, ".")
	}
	return text
}
