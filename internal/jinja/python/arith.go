package python

import (
	"fmt"
	"math/big"
	"strings"
)

// IsNumber reports whether v is an int, a bool or a float.
func IsNumber(v any) bool {
	switch v.(type) {
	case int64, float64, bool, *big.Int:
		return true
	}
	return false
}

// Int returns an int or bool that fits a machine word.
func Int(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case bool:
		return boolInt(v), true
	}
	return 0, false
}

// BigInt returns an int or a bool as an integer of any size.
func BigInt(v any) *big.Int {
	switch v := v.(type) {
	case *big.Int:
		return v
	case bool:
		return big.NewInt(boolInt(v))
	case int64:
		return big.NewInt(v)
	}
	return new(big.Int)
}

// Float returns a number as a float; a too big integer is infinite.
func Float(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f
	case bool:
		return float64(boolInt(v))
	case int64:
		return float64(v)
	}
	return 0
}

// Normal returns an integer as int64 where it fits.
func Normal(v *big.Int) any {
	if v.IsInt64() {
		return v.Int64()
	}
	return v
}

// Operate applies an arithmetic operator as Python does.
func Operate(op string, a, b any) (any, error) {
	if IsNumber(a) && IsNumber(b) {
		return arithmetic(op, a, b)
	}
	if v, ok, err := operate(op, a, b); ok {
		return v, err
	}
	switch {
	case op == "+":
		if v, ok, err := addSequences(a, b); ok {
			return v, err
		}
	case op == "*":
		if n, ok := Int(b); ok && isRepeatable(a) {
			return repeat(op, a, n)
		}
		if n, ok := Int(a); ok && isRepeatable(b) {
			return repeat(op, b, n)
		}
	case op == "%":
		if s, ok := a.(string); ok {
			return Percent(s, b)
		}
	}
	return nil, operandError(op, a, b)
}

func operandError(op string, a, b any) error {
	return UndefinedOr(fmt.Errorf("`%s` does not work on %s and %s", op, TypeName(a), TypeName(b)), a, b)
}

func addSequences(a, b any) (v any, ok bool, err error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			if len(x)+len(y) > MaxString {
				return nil, true, ErrTooLong
			}
			return x + y, true, nil
		}
	case *List:
		if y, ok := b.(*List); ok {
			items, err := concatItems(x.Items, y.Items)
			return &List{items}, true, err
		}
	case Tuple:
		if y, ok := b.(Tuple); ok {
			items, err := concatItems(x, y)
			return Tuple(items), true, err
		}
	}
	return nil, false, nil
}

func concatItems(a, b []any) ([]any, error) {
	if len(a)+len(b) > MaxItems {
		return nil, ErrTooLong
	}
	return append(append(make([]any, 0, len(a)+len(b)), a...), b...), nil
}

func isRepeatable(v any) bool {
	switch v.(type) {
	case string, *List, Tuple:
		return true
	}
	return false
}

func repeat(op string, v any, n int64) (any, error) {
	n = max(n, 0)
	switch x := v.(type) {
	case string:
		if n > 0 && int64(len(x)) > MaxString/n {
			return nil, ErrTooLong
		}
		return strings.Repeat(x, int(n)), nil
	case *List:
		items, err := repeatItems(x.Items, n)
		return &List{items}, err
	case Tuple:
		items, err := repeatItems(x, n)
		return Tuple(items), err
	}
	return nil, operandError(op, v, n)
}

func repeatItems(items []any, n int64) ([]any, error) {
	if n > 0 && int64(len(items)) > MaxItems/n {
		return nil, ErrTooLong
	}
	out := make([]any, 0, len(items)*int(n))
	if len(items) > 0 {
		for range n {
			out = append(out, items...)
		}
	}
	return out, nil
}

// Unary applies - or +.
func Unary(op string, v any) (any, error) {
	if s, ok := v.(Signed); ok {
		return s.Sign(op)
	}
	if !IsNumber(v) {
		return nil, UndefinedOr(fmt.Errorf("`%s` does not work on %s", op, TypeName(v)), v)
	}
	if f, ok := v.(float64); ok {
		if op == "-" {
			return -f, nil
		}
		return f, nil
	}
	if op == "-" {
		return Normal(new(big.Int).Neg(BigInt(v))), nil
	}
	return Normal(BigInt(v)), nil
}
