package python

import (
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// ToInt is int(float(v)), for strings such as "42.23" too.
func ToInt(v any) (any, bool) {
	switch x := v.(type) {
	case int64, *big.Int:
		return x, true
	case bool:
		return boolInt(x), true
	}
	if x, is := v.(Number); is {
		n, ok := x.Int()
		return Normal(n), ok
	}
	f, ok := ToFloat(v)
	if !ok || finite(f) != f {
		return nil, false
	}
	n, _ := big.NewFloat(f).Int(nil)
	return Normal(n), true
}

// ParseInt reads an integer as Python's int() does.
func ParseInt(s string, base int) (any, bool) {
	s = strings.TrimFunc(s, IsSpace)
	digits := strings.TrimLeft(s, "+-")
	if base < 0 || base == 1 || base > 36 || len(s)-len(digits) > 1 || len(digits) > maxDigits ||
		strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
		return nil, false
	}
	prefix := map[int]string{2: "0b", 8: "0o", 16: "0x"}[base]
	if prefix != "" && len(digits) > 2 && strings.EqualFold(digits[:2], prefix) {
		digits = strings.TrimPrefix(digits[2:], "_")
	}
	if base == 0 && len(digits) > 1 && digits[0] == '0' && isDecimal(digits[1]) && strings.Trim(digits, "0_") != "" {
		return nil, false // 0o17, not 017
	}
	n, ok := new(big.Int).SetString(strings.ReplaceAll(digits, "_", ""), base)
	if !ok {
		return nil, false
	}
	if strings.HasPrefix(s, "-") {
		n.Neg(n)
	}
	return Normal(n), true
}

// ToFloat reads a number as Python's float() does.
func ToFloat(v any) (float64, bool) {
	if x, is := v.(Number); is {
		return x.Float(), true
	}
	s, ok := v.(string)
	if !ok {
		return Float(v), IsNumber(v)
	}
	s = strings.TrimFunc(s, IsSpace)
	if strings.ContainsAny(s, "xXpP") || strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") ||
		strings.Contains(s, "__") {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if errors.Is(err, strconv.ErrRange) {
		return f, true
	}
	return f, err == nil
}

// Round is Python's round(): half to even, on the exact value.
func Round(v any, precision int64) (any, error) {
	f, ok := v.(float64)
	switch {
	case !ok:
		return roundInt(BigInt(v), precision)
	case finite(f) != f || precision > 330:
		return f, nil
	case precision < -330:
		return math.Copysign(0, f), nil
	case precision >= 0:
		r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', int(precision), 64), 64)
		return r, err
	}
	n := roundRat(new(big.Rat).SetFloat64(f), -precision)
	return math.Copysign(Float(Normal(n)), f), nil
}

func roundInt(n *big.Int, precision int64) (any, error) {
	if precision >= 0 {
		return Normal(n), nil
	}
	if precision < -maxDigits {
		return int64(0), nil
	}
	return Normal(roundRat(new(big.Rat).SetInt(n), -precision)), nil
}

// roundRat rounds to a multiple of a power of ten, half to even.
func roundRat(v *big.Rat, power int64) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(power), nil)
	q := new(big.Rat).Quo(v, new(big.Rat).SetInt(unit))
	floor, rest := new(big.Int).DivMod(q.Num(), q.Denom(), new(big.Int))
	switch rest.Lsh(rest, 1).Cmp(q.Denom()) {
	case 1:
		floor.Add(floor, big.NewInt(1))
	case 0:
		if floor.Bit(0) == 1 {
			floor.Add(floor, big.NewInt(1))
		}
	}
	return floor.Mul(floor, unit)
}
