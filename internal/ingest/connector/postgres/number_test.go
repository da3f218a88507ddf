package postgres

import (
	"encoding/binary"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// encodeNumeric writes a decimal text, [-]digits[.digits], as PostgreSQL does.
func encodeNumeric(text string) []byte {
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	shown := len(fraction)
	whole = strings.TrimLeft(whole, "0")
	whole = strings.Repeat("0", (4-len(whole)%4)%4) + whole
	fraction += strings.Repeat("0", (4-len(fraction)%4)%4)
	all := whole + fraction
	var groups []uint16
	for i := 0; i < len(all); i += 4 {
		var g uint16
		for _, c := range all[i : i+4] {
			g = g*10 + uint16(c-'0')
		}
		groups = append(groups, g)
	}
	weight := len(whole)/4 - 1
	for len(groups) > 0 && groups[0] == 0 {
		groups, weight = groups[1:], weight-1
	}
	for len(groups) > 0 && groups[len(groups)-1] == 0 {
		groups = groups[:len(groups)-1]
	}
	sign := uint16(0)
	if negative {
		sign = numericNegative
	}
	if len(groups) == 0 {
		sign, weight = 0, 0
	}
	out := binary.BigEndian.AppendUint16(nil, uint16(len(groups)))
	out = binary.BigEndian.AppendUint16(out, uint16(int16(weight)))
	out = binary.BigEndian.AppendUint16(out, sign)
	out = binary.BigEndian.AppendUint16(out, uint16(shown))
	for _, g := range groups {
		out = binary.BigEndian.AppendUint16(out, g)
	}
	return out
}

func TestNumericsAreDecimalsOrDoNotFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{1,40}(\.[0-9]{1,40})?`).Draw(t, "text")
		scale := rapid.IntRange(0, 38).Draw(t, "scale")
		precision := rapid.IntRange(max(1, scale), 38).Draw(t, "precision")
		n, ok := parseNumber(encodeNumeric(text))
		if !ok {
			t.Fatal("not parsed")
		}
		got, fits := n.decimal(precision, scale)

		exact, _ := new(big.Rat).SetString(text)
		scaled := new(big.Rat).Mul(exact, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
		limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
		want := scaled.IsInt() && new(big.Int).Abs(scaled.Num()).Cmp(limit) < 0
		if fits != want {
			t.Fatalf("%s in decimal(%d,%d): fits %v, want %v", text, precision, scale, fits, want)
		}
		if fits && got.BigInt().Cmp(scaled.Num()) != 0 {
			t.Fatalf("%s in decimal(%d,%d): %s, want %s", text, precision, scale, got.BigInt(), scaled.Num())
		}
	})
}

func TestTheTypeThatANumericNeedsHoldsItAndNoSmallerOneDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{1,24}(\.[0-9]{1,24})?`).Draw(t, "text")
		n, _ := parseNumber(encodeNumeric(text))
		needed, ok := n.needs()
		if !ok {
			t.Fatal("a finite number needs no type")
		}
		if needed.Precision == 0 {
			return // a string
		}
		if _, ok := n.decimal(needed.Precision, needed.Scale); !ok {
			t.Fatalf("%s does not fit %s", text, needed)
		}
		if needed.Scale > 0 {
			if _, ok := n.decimal(38, needed.Scale-1); ok {
				t.Fatalf("%s fits a scale of %d", text, needed.Scale-1)
			}
		}
	})
}

func TestNumericsAreWrittenAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?`).Draw(t, "text")
		if strings.Trim(text, "-0.") == "" {
			text = strings.TrimPrefix(text, "-")
		}
		n, _ := parseNumber(encodeNumeric(text))
		if got := string(n.text(nil)); got != text {
			t.Fatalf("%s became %s", text, got)
		}
	})
}
