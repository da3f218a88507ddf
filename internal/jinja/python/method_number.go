package python

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// numberPart returns an attribute of a number that is no method.
func numberPart(v any, name string) (any, bool) {
	f, isFloat := v.(float64)
	switch name {
	case "real":
		if isFloat {
			return f, true
		}
		return Normal(BigInt(v)), true
	case "imag":
		if isFloat {
			return 0.0, true
		}
		return int64(0), true
	case "numerator":
		return Normal(BigInt(v)), !isFloat
	case "denominator":
		return int64(1), !isFloat
	}
	return nil, false
}

func makeFloatMethods() map[string]method {
	return map[string]method{
		"is_integer":       on(nil, func(f float64, _ Bound) (any, error) { return f == finite(f) && f == math.Trunc(f), nil }),
		"conjugate":        on(nil, func(f float64, _ Bound) (any, error) { return f, nil }),
		"hex":              on(nil, func(f float64, _ Bound) (any, error) { return hexFloat(f), nil }),
		"as_integer_ratio": on(nil, floatRatio),
	}
}

func makeIntMethods() map[string]method {
	plain := func(f func(n *big.Int) any) method {
		return func(v any, a *Arguments, _ Invoke) (any, error) {
			_, err := a.Bind()
			return f(BigInt(v)), err
		}
	}
	return map[string]method{
		"conjugate":        plain(func(n *big.Int) any { return Normal(n) }),
		"bit_length":       plain(func(n *big.Int) any { return int64(n.BitLen()) }),
		"bit_count":        plain(func(n *big.Int) any { return int64(strings.Count(n.Text(2), "1")) }),
		"as_integer_ratio": plain(func(n *big.Int) any { return Tuple{Normal(n), int64(1)} }),
	}
}

func floatRatio(f float64, _ Bound) (any, error) {
	if f != finite(f) {
		return nil, errors.New("the number is not finite")
	}
	r := new(big.Rat).SetFloat64(f)
	return Tuple{Normal(r.Num()), Normal(r.Denom())}, nil
}

// hexFloat writes the bits of a number as Python does: -0x1.8000000000000p+1.
func hexFloat(f float64) string {
	if f != finite(f) {
		return reprFloat(f)
	}
	if f == 0 {
		return map[bool]string{true: "-0x0.0p+0", false: "0x0.0p+0"}[math.Signbit(f)]
	}
	s := strconv.FormatFloat(f, 'x', 13, 64)
	mantissa, exponent, _ := strings.Cut(s, "p")
	n, _ := strconv.Atoi(exponent)
	if n < -1022 { // subnormal numbers keep the exponent and lose the leading 1
		n = -1022
		mantissa = "0x0." + strings.Repeat("0", 13)
		if bits := math.Float64bits(f) & (1<<52 - 1); bits != 0 {
			digits := strconv.FormatUint(bits, 16)
			mantissa = "0x0." + strings.Repeat("0", 13-len(digits)) + digits
		}
		if f < 0 {
			mantissa = "-" + mantissa
		}
	}
	sign := "+"
	if n < 0 {
		sign = ""
	}
	return mantissa + "p" + sign + strconv.Itoa(n)
}
