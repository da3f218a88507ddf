package textvalue

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"pgregory.net/rapid"
)

func TestLongsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64().Draw(t, "v")
		if got, ok := ParseLong([]byte(strconv.FormatInt(v, 10))); !ok || got != v {
			t.Fatalf("%d became %d, %v", v, got, ok)
		}
	})
}

// A long is inferred only from what a long would be written as.
func TestLongsAreWrittenAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,20}|[-+ 0-9.]{0,4}`).Draw(t, "text")
		v, err := strconv.ParseInt(text, 10, 64)
		want := err == nil && strconv.FormatInt(v, 10) == text
		if got, ok := ParseLong([]byte(text)); ok != want || ok && got != v {
			t.Fatalf("%q: %d, %v", text, got, ok)
		}
	})
}

func TestDoublesAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64().Draw(t, "v")
		for _, format := range []byte{'g', 'e', 'f'} {
			text := strconv.FormatFloat(v, format, -1, 64)
			integer := !strings.ContainsAny(text, ".e")
			if integer && math.Abs(v) > exactInDouble {
				continue // a long, or more than that
			}
			if got, ok := ParseDouble([]byte(text)); !ok || got != v || math.Signbit(got) != math.Signbit(v) {
				t.Fatalf("%s became %v, %v", text, got, ok)
			}
		}
	})
}

// What is read as a double has the value that strconv reads, and is no text
// that a double does not hold.
func TestDoublesAreThoseOfStrconv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,18}|0[0-9]+)?(\.[0-9]{0,25})?([eE][-+]?[0-9]{0,3})?`).Draw(t, "text")
		got, ok := ParseDouble([]byte(text))
		if !ok {
			return
		}
		want, err := strconv.ParseFloat(text, 64)
		if err != nil || got != want {
			t.Fatalf("%q became %v, not %v (%v)", text, got, want, err)
		}
		mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
		digits := strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(mantissa), "0")
		if len(digits) > 17 {
			t.Fatalf("%q has more digits than the text of a double, and became %v", text, got)
		}
	})
}

func TestTextsThatAreNoDoubles(t *testing.T) {
	for _, text := range []string{
		"", "-", ".", "1.", "-.", "+1.5", "01.5", "00", " 1.5", "1.5 ", "1,5", "1e", "1e+", "e5", ".e5", "1e999", "-1e999", "1e-999",
		"nan", "NaN", "inf", "Infinity", "0x1p4", "1_000.5", "1.2.3", "9007199254740993", "12345678901234567890", "1.234567890123456789", "--1.5",
	} {
		if v, ok := ParseDouble([]byte(text)); ok {
			t.Errorf("%q became %v", text, v)
		}
	}
	for text, want := range map[string]float64{
		"0": 0, "-0": math.Copysign(0, -1), ".5": .5, "-.5": -.5, "0.1": .1, "1.50000000000000000000000000": 1.5, "1E5": 1e5, "5e-324": 5e-324,
		"9007199254740992": 1 << 53, "0.00000000000000000000000000000001": 1e-32, "17850.0": 17850, "0e999": 0,
	} {
		got, ok := ParseDouble([]byte(text))
		if !ok || got != want || math.Signbit(got) != math.Signbit(want) {
			t.Errorf("%q became %v, %v", text, got, ok)
		}
	}
}

func TestDecimalsHoldEveryDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		precision := rapid.IntRange(1, 38).Draw(t, "precision")
		scale := rapid.IntRange(0, precision).Draw(t, "scale")
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?`).Draw(t, "text")
		got, ok := DecimalParser{Precision: precision, Scale: scale}.Parse([]byte(text))
		exact, _ := new(big.Rat).SetString(text)
		unscaled := new(big.Rat).Mul(exact, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
		limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
		fits := unscaled.IsInt() && new(big.Int).Abs(unscaled.Num()).Cmp(limit) < 0
		if ok != fits {
			t.Fatalf("%q in decimal(%d,%d): %v, want %v", text, precision, scale, ok, fits)
		}
		if ok && got != decimal128.FromBigInt(unscaled.Num()) {
			t.Fatalf("%q in decimal(%d,%d) became %v", text, precision, scale, got.BigInt())
		}
	})
}

func TestDatesAreThoseOfTheCalendar(t *testing.T) {
	var f Formats
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`(19|20|00|99)[0-9]{2}-[01][0-9]-[0-3][0-9]`).Draw(t, "text")
		want, err := time.Parse(time.DateOnly, text)
		exists := err == nil && want.Year() > 0
		days, ok := f.ParseDate([]byte(text))
		if ok != exists || ok && int64(days) != want.Unix()/86400 {
			t.Fatalf("%s: %d, %v; want %v", text, days, ok, want)
		}
	})
}

func TestTimes(t *testing.T) {
	var f Formats
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(-6e16, 2.5e17).Draw(t, "at")).UTC()
		for _, layout := range []string{"2006-01-02 15:04:05.999999", "2006-01-02T15:04:05.000000", "2006-01-02 15:04"} {
			text := at.Format(layout)
			want, err := time.Parse(layout, text)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := f.ParseTimestamp([]byte(text)); !ok || got != want.UnixMicro() {
				t.Fatalf("%s: %d, %v", text, got, ok)
			}
		}
		zone := time.FixedZone("", 60*rapid.IntRange(-15*60, 15*60).Draw(t, "zone"))
		for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05.000000 -0700", "2006-01-02 15:04:05Z07:00"} {
			text := at.In(zone).Format(layout)
			want, err := time.Parse(layout, text)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := f.ParseTimestampTZ([]byte(text)); !ok || got != want.UnixMicro() {
				t.Fatalf("%s: %d, %v", text, got, ok)
			}
		}
	})
}
