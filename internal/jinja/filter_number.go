package jinja

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
)

func isLetterOrNumber(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

func addNumberFilters(m map[string]Callable) {
	m["int"] = filterInt
	m["float"] = filterFloat
	m["abs"] = filterAbs
	m["round"] = filterRound
}

func filterInt(c *Call) (any, error) {
	b, err := c.Bind("_value", "default?", "base?")
	if err != nil {
		return nil, err
	}
	base, err := b.Int(2, 10)
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	if u, ok := v.(*Undefined); ok {
		return nil, u.err()
	}
	if s, ok := v.(string); ok {
		if n, ok := parseInt(s, int(base)); ok {
			return n, nil
		}
	}
	if n, ok := truncated(v); ok {
		return n, nil
	}
	return b.Any(1, int64(0)), nil
}

// truncated is int(float(v)), for strings such as "42.23" too.
func truncated(v any) (any, bool) {
	switch x := v.(type) {
	case int64, *big.Int:
		return x, true
	case bool:
		return boolInt(x), true
	}
	if x, is := v.(Number); is {
		n, ok := x.Int()
		return normal(n), ok
	}
	f, ok := parseFloat(v)
	if !ok || finite(f) != f {
		return nil, false
	}
	n, _ := big.NewFloat(f).Int(nil)
	return normal(n), true
}

// parseInt reads an integer as Python's int() does.
func parseInt(s string, base int) (any, bool) {
	s = strings.TrimFunc(s, isSpace)
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
	return normal(n), true
}

// parseFloat reads a number as Python's float() does.
func parseFloat(v any) (float64, bool) {
	if x, is := v.(Number); is {
		return x.Float(), true
	}
	s, ok := v.(string)
	if !ok {
		return float(v), isNumber(v)
	}
	s = strings.TrimFunc(s, isSpace)
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

func filterFloat(c *Call) (any, error) {
	b, err := c.Bind("_value", "default?")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	if u, ok := v.(*Undefined); ok {
		return nil, u.err()
	}
	if f, ok := parseFloat(v); ok {
		return f, nil
	}
	return b.Any(1, 0.0), nil
}

func filterAbs(c *Call) (any, error) {
	b, err := c.Bind("_value")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	if s, ok := v.(Signed); ok {
		return s.Sign("abs")
	}
	if f, ok := v.(float64); ok {
		return math.Abs(f), nil
	}
	if !isNumber(v) {
		return nil, undefinedOr(fmt.Errorf("needs a number, not %s", typeName(v)), v)
	}
	return normal(new(big.Int).Abs(bigInt(v))), nil
}

func filterRound(c *Call) (any, error) {
	b, err := c.Bind("_value", "precision?", "method?")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	rounder, isRounder := v.(Rounded)
	if !isRounder && !isNumber(v) {
		return nil, undefinedOr(fmt.Errorf("needs a number, not %s", typeName(v)), v)
	}
	precision, err := b.Int(1, 0)
	if err != nil {
		return nil, err
	}
	method, err := b.String(2, "common")
	if err != nil {
		return nil, err
	}
	if isRounder {
		return rounder.Round(precision, method)
	}
	round := map[string]func(float64) float64{"ceil": math.Ceil, "floor": math.Floor}[method]
	switch {
	case method == "common":
		return roundTo(v, precision)
	case round == nil:
		return nil, errors.New("the method is common, ceil or floor")
	}
	scale := math.Pow(10, float64(precision))
	return (round(float(v)*scale) + 0) / scale, nil // Python's ceil and floor have no -0.0
}

// roundTo is Python's round(): half to even, on the exact value.
func roundTo(v any, precision int64) (any, error) {
	f, ok := v.(float64)
	switch {
	case !ok:
		return roundInt(bigInt(v), precision)
	case finite(f) != f || precision > 330:
		return f, nil
	case precision < -330:
		return math.Copysign(0, f), nil
	case precision >= 0:
		r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', int(precision), 64), 64)
		return r, err
	}
	n := roundRat(new(big.Rat).SetFloat64(f), -precision)
	return math.Copysign(float(normal(n)), f), nil
}

func roundInt(n *big.Int, precision int64) (any, error) {
	if precision >= 0 {
		return normal(n), nil
	}
	if precision < -maxDigits {
		return int64(0), nil
	}
	return normal(roundRat(new(big.Rat).SetInt(n), -precision)), nil
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
