package csvfile

import (
	"bytes"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// decimalParser reads numbers into a decimal. Digits that the decimal does not
// hold make a number not fit: nothing is rounded.
type decimalParser struct {
	precision, scale int
	// kindly accepts spaces around, a plus sign and leading zeros.
	kindly bool
}

// parse reads [-]digits[.digits] or [-].digits.
func (p decimalParser) parse(text []byte) (decimal128.Num, bool) {
	if p.kindly {
		text = bytes.TrimSpace(text)
		if len(text) > 1 && text[0] == '+' && text[1] != '-' {
			text = text[1:]
		}
	}
	digits, negative := cutMinus(text)
	whole, fraction, point := bytes.Cut(digits, []byte("."))
	switch {
	case len(whole) > 0 && !isDigits(whole), point && !isDigits(fraction), len(whole) == 0 && !point:
		return decimal128.Num{}, false
	case !p.kindly && len(whole) > 1 && whole[0] == '0':
		return decimal128.Num{}, false
	}
	whole = bytes.TrimLeft(whole, "0")
	if len(fraction) > p.scale {
		if len(bytes.TrimRight(fraction[p.scale:], "0")) > 0 {
			return decimal128.Num{}, false
		}
		fraction = fraction[:p.scale]
	}
	if len(whole) > p.precision-p.scale {
		return decimal128.Num{}, false
	}
	var v uint128
	v.take(whole)
	v.take(fraction)
	for range p.scale - len(fraction) {
		v.takeDigit(0)
	}
	n := decimal128.New(int64(v.hi), v.lo)
	if negative {
		n = n.Negate()
	}
	return n, true
}

// wider returns the decimal type of the same scale that holds text as well.
func (p decimalParser) wider(text []byte) (connector.Type, bool) {
	digits, _ := cutMinus(text)
	whole, _, _ := bytes.Cut(digits, []byte("."))
	precision := len(whole) + p.scale
	if precision <= p.precision || precision > connector.MaxPrecision {
		return connector.Type{}, false
	}
	if _, ok := (decimalParser{precision, p.scale, p.kindly}).parse(text); !ok {
		return connector.Type{}, false
	}
	return connector.Type{Kind: connector.Decimal, Precision: precision, Scale: p.scale}, true
}

// uint128 collects up to 38 digits.
type uint128 struct{ hi, lo uint64 }

func (v *uint128) take(digits []byte) {
	for _, c := range digits {
		v.takeDigit(uint64(c - '0'))
	}
}

func (v *uint128) takeDigit(d uint64) {
	if v.hi == 0 && v.lo < 1<<60 {
		v.lo = v.lo*10 + d
		return
	}
	over, lo := bits.Mul64(v.lo, 10)
	lo, carry := bits.Add64(lo, d, 0)
	v.hi, v.lo = v.hi*10+over+carry, lo
}
