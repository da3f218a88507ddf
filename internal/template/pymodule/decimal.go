package pymodule

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// precision is how many digits results of calculations keep, as in Python.
const precision = 28

// Decimal is Python's Decimal: digits × 10^exponent. There is no NaN and no
// infinity.
type Decimal struct {
	digits   *big.Int
	exponent int
}

// ParseDecimal reads a number such as -12.50 or 1e3, and keeps its zeros.
func ParseDecimal(s string) (Decimal, error) {
	bad := fmt.Errorf("is no decimal: %s", quoted(s))
	text, power, scientific := strings.Cut(strings.ToLower(strings.TrimSpace(s)), "e")
	d := Decimal{exponent: 0}
	if scientific {
		n, err := strconv.Atoi(power)
		if err != nil || n > 1_000_000 || n < -1_000_000 {
			return d, bad
		}
		d.exponent = n
	}
	whole, fraction, _ := strings.Cut(text, ".")
	digits, ok := new(big.Int).SetString(strings.TrimPrefix(whole, "+")+fraction, 10)
	if !ok || strings.ContainsAny(fraction, "+-_") || strings.Contains(whole, "_") {
		return d, bad
	}
	d.digits = digits
	d.exponent -= len(fraction)
	return d, nil
}

// decimalOf returns ints and decimals as a decimal.
func decimalOf(v any) (Decimal, bool) {
	switch v := v.(type) {
	case Decimal:
		return v, true
	case int64:
		return Decimal{big.NewInt(v), 0}, true
	case *big.Int:
		return Decimal{v, 0}, true
	case bool:
		if v {
			return Decimal{big.NewInt(1), 0}, true
		}
		return Decimal{new(big.Int), 0}, true
	}
	return Decimal{}, false
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// rat is the exact value.
func (d Decimal) rat() *big.Rat {
	if d.exponent < 0 {
		return new(big.Rat).SetFrac(d.digits, tenTo(-d.exponent))
	}
	return new(big.Rat).SetInt(new(big.Int).Mul(d.digits, tenTo(d.exponent)))
}

// rescaled has another exponent: exactly, or rounded half to even.
func (d Decimal) rescaled(exponent int) Decimal {
	if exponent <= d.exponent {
		return Decimal{new(big.Int).Mul(d.digits, tenTo(d.exponent-exponent)), exponent}
	}
	return Decimal{roundHalfEven(new(big.Rat).SetFrac(d.digits, tenTo(exponent-d.exponent))), exponent}
}

// length is the number of digits.
func (d Decimal) length() int { return len(new(big.Int).Abs(d.digits).String()) }

// rounded keeps as many digits as results have.
func (d Decimal) rounded() Decimal {
	for extra := d.length() - precision; extra > 0; extra = d.length() - precision {
		d = d.rescaled(d.exponent + extra)
	}
	return d
}

// Str prints as Python does: with an exponent where that is short.
func (d Decimal) Str() string {
	sign, digits := "", d.digits.String()
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	point := len(digits) + d.exponent
	if d.exponent > 0 || point <= -6 {
		mantissa := digits[:1]
		if len(digits) > 1 {
			mantissa += "." + digits[1:]
		}
		return fmt.Sprintf("%s%sE%+d", sign, mantissa, point-1)
	}
	return sign + pointed(digits, point)
}

// pointed puts the point after so many digits.
func pointed(digits string, point int) string {
	switch {
	case point == len(digits):
		return digits
	case point <= 0:
		return "0." + strings.Repeat("0", -point) + digits
	}
	return digits[:point] + "." + digits[point:]
}

// Repr prints as the call that makes it.
func (d Decimal) Repr() string { return "Decimal('" + d.Str() + "')" }

// TypeName is Python's.
func (d Decimal) TypeName() string { return "decimal.Decimal" }

// Truth is false for zero.
func (d Decimal) Truth() bool { return d.digits.Sign() != 0 }

// Float is the nearest float.
func (d Decimal) Float() float64 {
	f, _ := d.rat().Float64()
	return f
}

// Int is the whole part.
func (d Decimal) Int() (*big.Int, bool) {
	r := d.rat()
	return new(big.Int).Quo(r.Num(), r.Denom()), true
}

// Hash is that of the number it is equal to.
func (d Decimal) Hash() (any, bool) {
	r := d.rat()
	if r.IsInt() && r.Num().IsInt64() {
		return r.Num().Int64(), true
	}
	if f, exact := r.Float64(); exact {
		return f, true
	}
	return "decimal " + r.String(), true
}

// Equal compares with any number.
func (d Decimal) Equal(other any) bool {
	c, ok, err := d.Compare(other)
	return ok && err == nil && c == 0
}

// Compare orders decimals and other numbers.
func (d Decimal) Compare(other any) (int, bool, error) {
	if o, ok := decimalOf(other); ok {
		return d.rat().Cmp(o.rat()), true, nil
	}
	f, ok := other.(float64)
	switch {
	case !ok:
		return 0, false, nil
	case math.IsInf(f, 0):
		return -int(math.Copysign(1, f)), true, nil
	case math.IsNaN(f):
		return 0, true, errors.New("a Decimal cannot be compared with nan")
	}
	return d.rat().Cmp(new(big.Rat).SetFloat64(f)), true, nil
}

// Attr returns a method.
func (d Decimal) Attr(name string) (any, bool) {
	switch name {
	case "real":
		return d, true
	case "imag":
		return Decimal{new(big.Int), 0}, true
	}
	return bound(d, name, decimalMethods())
}

var decimalMethods = sync.OnceValue(func() map[string]method[Decimal] {
	return map[string]method[Decimal]{
		"quantize":          decimalQuantize,
		"normalize":         plain(func(d Decimal) any { return d.normalized() }),
		"to_integral_value": plain(func(d Decimal) any { return d.whole() }),
		"to_integral":       plain(func(d Decimal) any { return d.whole() }),
		"to_eng_string":     plain(func(d Decimal) any { return d.Str() }),
		"is_zero":           plain(func(d Decimal) any { return !d.Truth() }),
		"is_signed":         plain(func(d Decimal) any { return d.digits.Sign() < 0 }),
		"is_finite":         plain(func(Decimal) any { return true }),
		"is_nan":            plain(func(Decimal) any { return false }),
		"is_infinite":       plain(func(Decimal) any { return false }),
		"copy_abs":          plain(func(d Decimal) any { return Decimal{new(big.Int).Abs(d.digits), d.exponent} }),
		"adjusted":          plain(func(d Decimal) any { return d.length() + d.exponent - 1 }),
		"as_integer_ratio": plain(func(d Decimal) any {
			r := d.rat()
			return python.Tuple{new(big.Int).Set(r.Num()), new(big.Int).Set(r.Denom())}
		}),
	}
})

func (d Decimal) whole() Decimal {
	if d.exponent >= 0 {
		return d
	}
	return d.rescaled(0)
}

// normalized has no zeros at its end.
func (d Decimal) normalized() Decimal {
	if !d.Truth() {
		return Decimal{new(big.Int), 0}
	}
	d = d.rounded()
	for {
		q, r := new(big.Int).QuoRem(d.digits, big.NewInt(10), new(big.Int))
		if r.Sign() != 0 {
			return d
		}
		d = Decimal{q, d.exponent + 1}
	}
}

// Places is how many digits stand behind the point, without zeros at the end.
func (d Decimal) Places() int { return max(0, -d.normalized().exponent) }

func decimalQuantize(d Decimal, c *jinja.Call) (any, error) {
	b, err := c.Bind("exp")
	if err != nil {
		return nil, err
	}
	like, ok := decimalOf(b.Any(0, nil))
	if !ok {
		return nil, fmt.Errorf("needs a Decimal, not %s", python.TypeName(b.Any(0, nil)))
	}
	if d = d.rescaled(like.exponent); d.length() > precision {
		return nil, errors.New("the result has too many digits")
	}
	return d, nil
}
