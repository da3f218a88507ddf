package lake

import (
	"math/big"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

// sameNumber reports whether the decimal text s is exactly n at that scale.
func sameNumber(s string, n decimal128.Num, scale int) bool {
	want, ok := new(big.Rat).SetString(s)
	if !ok {
		return false
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	return want.Cmp(new(big.Rat).SetFrac(n.BigInt(), power)) == 0
}
