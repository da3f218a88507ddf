package pgwire

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/jackc/pgx/v5/pgtype"
)

// A client reads the number that was written, whether it fits into a word or not.
func TestNumericsAreReadBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	for scale := range int32(39) {
		for digits := range int64(39) {
			n := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil)
			for _, of := range []*big.Int{n, new(big.Int).Sub(n, big.NewInt(1)), new(big.Int).Div(n, big.NewInt(1+random.Int64N(97)))} {
				for _, n := range []*big.Int{of, new(big.Int).Neg(of)} {
					if got := readBack(t, appendNumeric(nil, decimal128.FromBigInt(n), scale)); got.Cmp(fraction(n, scale)) != 0 {
						t.Errorf("%s with scale %d is read as %s", n, scale, got.FloatString(40))
					}
				}
			}
		}
	}
}

func TestNumbersLoseTheirExponentAndNothingElse(t *testing.T) {
	for text, want := range map[string]string{
		"1E+5": "100000", "-1.50e3": "-1500", "1.2345678901234567890E+25": "12345678901234567890000000", "12.5e-3": "0.0125", "+.5e1": "+5", "1e-37": "0." + strings.Repeat("0", 36) + "1",
		"1e38": "1e38", "1e400": "1e400", "e5": "e5", ".e5": ".e5", "1e": "1e", "Infinity": "Infinity", "0x1p-2": "0x1p-2", "1.5": "1.5",
	} {
		if got := withoutExponent(text); got != want {
			t.Errorf("%s is %s, not %s", text, got, want)
		}
	}
}

// readBack returns the number that a client makes of its bytes.
func readBack(t *testing.T, b []byte) *big.Rat {
	t.Helper()
	var got pgtype.Numeric
	if err := pgtype.NewMap().Scan(pgtype.NumericOID, pgtype.BinaryFormatCode, b, &got); err != nil {
		t.Fatal(err)
	}
	return fraction(got.Int, -got.Exp)
}

// fraction is n divided by ten to the power of scale.
func fraction(n *big.Int, scale int32) *big.Rat {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil)
	if scale < 0 {
		return new(big.Rat).SetInt(power.Mul(power, n))
	}
	return new(big.Rat).SetFrac(n, power)
}
