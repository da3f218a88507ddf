package python

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
)

// arithmetic applies an operator to two numbers.
func arithmetic(op string, a, b any) (any, error) {
	_, aFloat := a.(float64)
	_, bFloat := b.(float64)
	if aFloat || bFloat || op == "/" {
		return floatArithmetic(op, a, b)
	}
	x, xSmall := Int(a)
	y, ySmall := Int(b)
	if xSmall && ySmall {
		if v, ok := smallArithmetic(op, x, y); ok {
			return v, nil
		}
	}
	return bigArithmetic(op, BigInt(a), BigInt(b))
}

// smallArithmetic is the fast way; ok is false where the result may not fit.
func smallArithmetic(op string, x, y int64) (v any, ok bool) {
	switch op {
	case "+":
		s := x + y
		return s, (s > x) == (y > 0)
	case "-":
		s := x - y
		return s, (s < x) == (y > 0)
	case "*":
		hi, lo := bits.Mul64(magnitude(x), magnitude(y))
		return x * y, hi == 0 && lo < 1<<63
	}
	return nil, false
}

func magnitude(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

func bigArithmetic(op string, x, y *big.Int) (any, error) {
	z := new(big.Int)
	switch op {
	case "+":
		z.Add(x, y)
	case "-":
		z.Sub(x, y)
	case "*":
		z.Mul(x, y)
	case "//", "%":
		if y.Sign() == 0 {
			return nil, ErrZero
		}
		quotient, rest := z.QuoRem(x, y, new(big.Int))
		if rest.Sign() != 0 && rest.Sign() != y.Sign() { // Python rounds down
			quotient.Sub(quotient, big.NewInt(1))
			rest.Add(rest, y)
		}
		if op == "%" {
			z = rest
		}
	case "**":
		return bigPower(x, y)
	}
	if z.BitLen() > maxBits {
		return nil, ErrTooBig
	}
	return Normal(z), nil
}

func bigPower(x, y *big.Int) (any, error) {
	if y.Sign() < 0 {
		return floatArithmetic("**", x, y)
	}
	if x.BitLen() > 1 && (!y.IsInt64() || y.Int64() > maxBits || int64(x.BitLen())*y.Int64() > 2*maxBits) {
		return nil, ErrTooBig
	}
	if x.BitLen() <= 1 && y.Sign() > 0 { // -1, 0 and 1: only whether y is odd matters
		y = big.NewInt(2 - int64(y.Bit(0)))
	}
	return Normal(new(big.Int).Exp(x, y, nil)), nil
}

func floatArithmetic(op string, a, b any) (any, error) {
	x, y := Float(a), Float(b)
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "**":
		return floatPower(x, y)
	}
	if y == 0 {
		return nil, ErrZero
	}
	switch op {
	case "/":
		return x / y, nil
	case "//":
		return math.Floor((x - floatMod(x, y)) / y), nil
	default:
		return floatMod(x, y), nil
	}
}

// floatMod has the sign of the divisor, as in Python.
func floatMod(x, y float64) float64 {
	m := math.Mod(x, y)
	if m != 0 && (m < 0) != (y < 0) {
		return m + y
	}
	if m == 0 {
		return math.Copysign(0, y)
	}
	return m
}

func floatPower(x, y float64) (any, error) {
	if x == 0 && y < 0 {
		return nil, errors.New("zero cannot be raised to a negative power")
	}
	if x < 0 && y != math.Trunc(y) {
		return nil, errors.New("a root of a negative number is no number here")
	}
	v := power(x, y)
	if math.IsInf(v, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return nil, ErrTooBig
	}
	return v, nil
}

// power is x**y, rounded like C's: Go's own is less exact. An exponent with few
// binary places is repeated roots and multiplications in higher precision.
func power(x, y float64) float64 {
	const places, precision = 8, 256
	whole := y * (1 << places)
	if x != finite(x) || x == 0 || whole != math.Trunc(whole) || math.Abs(whole) > 1<<20 {
		return math.Pow(x, y)
	}
	if x < 0 && math.Mod(y, 2) != 0 {
		return -power(-x, y)
	}
	root := new(big.Float).SetPrec(precision).SetFloat64(math.Abs(x))
	n := int64(math.Abs(whole))
	for range places {
		if n%2 == 0 {
			n /= 2
			continue
		}
		root.Sqrt(root)
	}
	result := new(big.Float).SetPrec(precision).SetInt64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result.Mul(result, root)
		}
		root.Mul(root, root)
	}
	if y < 0 {
		result.Quo(new(big.Float).SetPrec(precision).SetInt64(1), result)
	}
	v, _ := result.Float64()
	return v
}
