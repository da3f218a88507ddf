package jinja

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"unicode"

	"github.com/tarn-lake/tarn/internal/jinja/python"
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
	if u, ok := v.(*python.Undefined); ok {
		return nil, u.Err()
	}
	if s, ok := v.(string); ok {
		if n, ok := python.ParseInt(s, int(base)); ok {
			return n, nil
		}
	}
	if n, ok := python.ToInt(v); ok {
		return n, nil
	}
	return b.Any(1, int64(0)), nil
}

func filterFloat(c *Call) (any, error) {
	b, err := c.Bind("_value", "default?")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	if u, ok := v.(*python.Undefined); ok {
		return nil, u.Err()
	}
	if f, ok := python.ToFloat(v); ok {
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
	if s, ok := v.(python.Signed); ok {
		return s.Sign("abs")
	}
	if f, ok := v.(float64); ok {
		return math.Abs(f), nil
	}
	if !python.IsNumber(v) {
		return nil, python.UndefinedOr(fmt.Errorf("needs a number, not %s", python.TypeName(v)), v)
	}
	return python.Normal(new(big.Int).Abs(python.BigInt(v))), nil
}

func filterRound(c *Call) (any, error) {
	b, err := c.Bind("_value", "precision?", "method?")
	if err != nil {
		return nil, err
	}
	v := b.Any(0, nil)
	rounder, isRounder := v.(python.Rounded)
	if !isRounder && !python.IsNumber(v) {
		return nil, python.UndefinedOr(fmt.Errorf("needs a number, not %s", python.TypeName(v)), v)
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
		return python.Round(v, precision)
	case round == nil:
		return nil, errors.New("the method is common, ceil or floor")
	}
	scale := math.Pow(10, float64(precision))
	return (round(python.Float(v)*scale) + 0) / scale, nil // Python's ceil and floor have no -0.0
}
