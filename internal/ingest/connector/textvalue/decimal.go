package textvalue

import (
	"bytes"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// DecimalParser reads numbers into a decimal. Digits that the decimal does not
// hold make a number not fit: nothing is rounded.
type DecimalParser struct {
	Precision, Scale int
	// Kindly accepts spaces around, a plus sign and leading zeros.
	Kindly bool
}

// Parse reads [-]digits[.digits] or [-].digits.
func (p DecimalParser) Parse(text []byte) (decimal128.Num, bool) {
	if p.Kindly {
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
	case !p.Kindly && len(whole) > 1 && whole[0] == '0':
		return decimal128.Num{}, false
	}
	whole = bytes.TrimLeft(whole, "0")
	if len(fraction) > p.Scale {
		if len(bytes.TrimRight(fraction[p.Scale:], "0")) > 0 {
			return decimal128.Num{}, false
		}
		fraction = fraction[:p.Scale]
	}
	if len(whole) > p.Precision-p.Scale {
		return decimal128.Num{}, false
	}
	var v uint128
	v.take(whole)
	v.take(fraction)
	for range p.Scale - len(fraction) {
		v.takeDigit(0)
	}
	n := decimal128.New(int64(v.hi), v.lo)
	if negative {
		n = n.Negate()
	}
	return n, true
}

// wider returns the decimal type of the same scale that holds text as well.
func (p DecimalParser) wider(text []byte) (connector.Type, bool) {
	digits, _ := cutMinus(text)
	whole, _, _ := bytes.Cut(digits, []byte("."))
	precision := len(whole) + p.Scale
	if precision <= p.Precision || precision > connector.MaxPrecision {
		return connector.Type{}, false
	}
	if _, ok := (DecimalParser{precision, p.Scale, p.Kindly}).Parse(text); !ok {
		return connector.Type{}, false
	}
	return connector.Type{Kind: connector.Decimal, Precision: precision, Scale: p.Scale}, true
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
