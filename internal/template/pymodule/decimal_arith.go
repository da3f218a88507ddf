package pymodule

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Sign is `-d`, `+d` and abs.
func (d Decimal) Sign(op string) (any, error) {
	digits := new(big.Int).Set(d.digits)
	if op == "-" || op == "abs" && digits.Sign() < 0 {
		digits.Neg(digits)
	}
	return Decimal{digits, d.exponent}.rounded(), nil
}

// Operate calculates with decimals and ints; floats do not mix with them.
func (d Decimal) Operate(op string, other any, reversed bool) (any, bool, error) {
	o, ok := decimalOf(other)
	if !ok {
		return nil, false, nil
	}
	if reversed {
		d, o = o, d
	}
	low := min(d.exponent, o.exponent)
	if max(d.exponent, o.exponent)-low > 10_000 {
		return nil, true, errors.New("the numbers are too far apart")
	}
	switch op {
	case "+":
		return Decimal{new(big.Int).Add(d.rescaled(low).digits, o.rescaled(low).digits), low}.rounded(), true, nil
	case "-":
		return Decimal{new(big.Int).Sub(d.rescaled(low).digits, o.rescaled(low).digits), low}.rounded(), true, nil
	case "*":
		return Decimal{new(big.Int).Mul(d.digits, o.digits), d.exponent + o.exponent}.rounded(), true, nil
	case "**":
		v, err := d.power(o)
		return v, true, err
	case "/", "//", "%":
		if !o.Truth() {
			return nil, true, errDivision
		}
		return d.divide(op, o, low), true, nil
	}
	return nil, false, nil
}

func (d Decimal) divide(op string, o Decimal, low int) Decimal {
	a, b := d.rescaled(low).digits, o.rescaled(low).digits
	switch op {
	case "//": // rounds towards zero, unlike that of ints
		return Decimal{new(big.Int).Quo(a, b), 0}
	case "%":
		return Decimal{new(big.Int).Rem(a, b), low}.rounded()
	}
	quotient := new(big.Rat).SetFrac(a, b)
	ideal := d.exponent - o.exponent
	// Enough digits for any quotient; then as few as say it exactly.
	exponent := min(ideal, d.length()-o.length()+ideal-precision-2)
	scaled := new(big.Rat).Mul(quotient, new(big.Rat).SetInt(tenTo(max(0, -exponent))))
	if exponent > 0 {
		scaled.Quo(scaled, new(big.Rat).SetInt(tenTo(exponent)))
	}
	if scaled.IsInt() {
		v := Decimal{new(big.Int).Set(scaled.Num()), exponent}
		for v.exponent < ideal {
			q, r := new(big.Int).QuoRem(v.digits, big.NewInt(10), new(big.Int))
			if r.Sign() != 0 {
				break
			}
			v = Decimal{q, v.exponent + 1}
		}
		return v.rounded()
	}
	// Round once: a sticky digit stands for all that was cut off.
	floor := floorDiv(scaled.Num(), scaled.Denom())
	if scaled.Sign() < 0 {
		floor = new(big.Int).Quo(scaled.Num(), scaled.Denom())
	}
	sticky := new(big.Int).Mul(floor, big.NewInt(10))
	sticky.Add(sticky, big.NewInt(int64(scaled.Sign())))
	return Decimal{sticky, exponent - 1}.rounded()
}

// power is d to a whole number.
func (d Decimal) power(o Decimal) (Decimal, error) {
	r := o.rat()
	if !r.IsInt() || !r.Num().IsInt64() {
		return d, errors.New("a Decimal is raised to whole numbers only")
	}
	n := r.Num().Int64()
	if n > 10_000 || n < -10_000 {
		return d, errors.New("the number grows too big")
	}
	times := max(n, -n)
	if d.length()*int(times) > 100_000 {
		return d, errors.New("the number grows too big")
	}
	v := Decimal{new(big.Int).Exp(d.digits, big.NewInt(times), nil), d.exponent * int(times)}
	if n >= 0 {
		return v.rounded(), nil
	}
	if !v.Truth() {
		return v, errDivision
	}
	return Decimal{big.NewInt(1), 0}.divide("/", v, min(0, v.exponent)), nil
}

// Round is round(d, places); ceil and floor give a float, as in jinja2.
func (d Decimal) Round(places int64, method string) (any, error) {
	if places > 300 || places < -300 {
		return nil, fmt.Errorf("cannot be rounded to %d places", places)
	}
	if method == "common" {
		return d.rescaled(-int(places)), nil
	}
	scaled := Decimal{d.digits, d.exponent + int(places)}.rat()
	whole := floorDiv(scaled.Num(), scaled.Denom())
	switch {
	case method == "ceil" && !scaled.IsInt():
		whole.Add(whole, big.NewInt(1))
	case method != "ceil" && method != "floor":
		return nil, errors.New("the method is common, ceil or floor")
	}
	return Decimal{whole, -int(places)}.Float(), nil
}

// decimalSpec takes a format specification apart: what stands before the
// precision, the precision, and the kind.
var decimalSpec = regexp.MustCompile(`^(.*?)(?:\.(\d{1,3}))?([fFeEgG%]?)$`)

// Format prints with a format specification such as `,.2f`.
func (d Decimal) Format(spec string) (string, error) {
	m := decimalSpec.FindStringSubmatch(spec)
	if m == nil {
		return "", errors.New("the format specification is not valid")
	}
	kind, places := m[3], max(0, -d.exponent)
	if m[2] != "" {
		places = int(numberAt(m[2]))
	}
	suffix := ""
	switch {
	case kind == "" && m[2] == "":
	case kind == "f" || kind == "F":
		d = d.rescaled(-places)
	case kind == "%":
		if m[2] == "" {
			places = max(0, -d.exponent-2)
		}
		d = Decimal{d.digits, d.exponent + 2}.rescaled(-places)
		suffix = "%"
	default:
		return python.Format(d.Float(), spec)
	}
	digits := strings.TrimPrefix(d.Str(), "-")
	return python.FormatDigits(d.digits.Sign() < 0, digits+suffix, m[1])
}
