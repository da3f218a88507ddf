package pymodule

import (
	"errors"
	"math/big"
)

var errDivision = errors.New("division by zero")

// Sign is `-d`, `+d` and abs.
func (d Delta) Sign(op string) (any, error) {
	t := d.total()
	if op == "-" || op == "abs" && t.Sign() < 0 {
		t.Neg(t)
	}
	return deltaOfBig(t)
}

// Operate calculates with timedeltas and numbers.
func (d Delta) Operate(op string, other any, reversed bool) (any, bool, error) {
	if o, ok := other.(Delta); ok {
		if reversed {
			d, o = o, d
		}
		return d.withDelta(op, o)
	}
	switch other.(type) {
	case int64, *big.Int, bool, float64:
	default:
		return nil, false, nil
	}
	n, err := exactNumber(other)
	if err != nil {
		return nil, true, err
	}
	switch {
	case op == "*":
		v, err := deltaOfBig(roundHalfEven(n.Mul(n, new(big.Rat).SetInt(d.total()))))
		return v, true, err
	case reversed || op != "/" && op != "//":
		return nil, false, nil
	case n.Sign() == 0:
		return nil, true, errDivision
	}
	quotient := n.Quo(new(big.Rat).SetInt(d.total()), n)
	if op == "/" {
		v, err := deltaOfBig(roundHalfEven(quotient))
		return v, true, err
	}
	if _, isFloat := other.(float64); isFloat {
		return nil, false, nil
	}
	v, err := deltaOfBig(new(big.Int).Div(quotient.Num(), quotient.Denom()))
	return v, true, err
}

func (d Delta) withDelta(op string, o Delta) (any, bool, error) {
	a, b := d.total(), o.total()
	switch op {
	case "+":
		v, err := deltaOfBig(a.Add(a, b))
		return v, true, err
	case "-":
		v, err := deltaOfBig(a.Sub(a, b))
		return v, true, err
	case "/", "//", "%":
	default:
		return nil, false, nil
	}
	if b.Sign() == 0 {
		return nil, true, errDivision
	}
	if op == "/" {
		f, _ := new(big.Rat).SetFrac(a, b).Float64()
		return f, true, nil
	}
	quotient := floorDiv(a, b)
	if op == "//" {
		return quotient, true, nil
	}
	v, err := deltaOfBig(a.Sub(a, quotient.Mul(quotient, b)))
	return v, true, err
}

// floorDiv rounds down, whatever the signs.
func floorDiv(a, b *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Sign() != 0 && r.Sign() != b.Sign() {
		q.Sub(q, big.NewInt(1))
	}
	return q
}
