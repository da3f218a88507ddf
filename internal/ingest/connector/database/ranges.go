package database

import "math/big"

// Range is the keys from Low on and below High; an empty text is no limit.
type Range struct{ Low, High string }

// Split divides the whole numbers from low to high into n ranges or fewer,
// which together are all numbers. It returns one range where low or high is no
// number.
func Split(low, high string, n int) []Range {
	from, ok1 := new(big.Int).SetString(low, 10)
	to, ok2 := new(big.Int).SetString(high, 10)
	if !ok1 || !ok2 || n < 2 {
		return []Range{{}}
	}
	width := new(big.Int).Sub(to, from)
	width.Add(width, big.NewInt(int64(n))).Quo(width, big.NewInt(int64(n)))
	if width.Sign() <= 0 {
		return []Range{{}}
	}
	ranges := []Range{{}}
	for edge := from.Add(from, width); edge.Cmp(to) <= 0; edge.Add(edge, width) {
		ranges[len(ranges)-1].High = edge.String()
		ranges = append(ranges, Range{Low: edge.String()})
	}
	return ranges
}

// Where is the condition that a column, quoted, is in the range; NULL is in the
// first one.
func (r Range) Where(column string) string {
	switch {
	case r.Low == "" && r.High == "":
		return ""
	case r.Low == "":
		return column + " < " + r.High + " OR " + column + " IS NULL"
	case r.High == "":
		return column + " >= " + r.Low
	default:
		return column + " >= " + r.Low + " AND " + column + " < " + r.High
	}
}
