package lake

import (
	"fmt"
	"math"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestBucketsAreThoseOfTheSpecification: the hashes are Appendix B of the
// Iceberg specification.
func TestBucketsAreThoseOfTheSpecification(t *testing.T) {
	at := time.Date(2017, 11, 16, 22, 31, 8, 0, time.UTC)
	for _, c := range []struct {
		typ   Type
		value any
		hash  int32
	}{
		{TypeOf(Int), 34, 2017239379},
		{TypeOf(Long), int64(34), 2017239379},
		{DecimalOf(9, 2), "14.20", -500754589},
		{TypeOf(Date), at.Truncate(24 * time.Hour), -653330422},
		{TypeOf(Date), "2017-11-16", -653330422},
		{TypeOf(Time), int64(81068000000), -662762989},
		{TypeOf(Timestamp), at, -2047944441},
		{TypeOf(TimestampTZ), at.In(time.FixedZone("", -8*3600)), -2047944441},
		{TypeOf(TimestampNS), at, -2047944441},
		{TypeOf(String), "iceberg", 1210000089},
		{TypeOf(UUID), "f79c3e09-677c-4bbd-a479-3f349cb785e7", 1488055340},
		{Type{Kind: Fixed, Length: 4}, []byte{0, 1, 2, 3}, -188683207},
		{TypeOf(Binary), []byte{0, 1, 2, 3}, -188683207},
	} {
		for _, n := range []int{1, 16, math.MaxInt32} {
			bucket, err := Bucketer(c.typ, n)
			if err != nil {
				t.Fatal(err)
			}
			got, err := bucket(c.value)
			if want := (c.hash & math.MaxInt32) % int32(n); err != nil || got != want {
				t.Errorf("bucket[%d] of %v as %s = %d, %v; want %d", n, c.value, c.typ, got, err, want)
			}
		}
	}
}

func TestTimeTransformsCountFromTheEpochAndRoundDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.Int64Range(-62135596800_000000, 253402300799_999999).Draw(t, "micros")
		at := time.UnixMicro(micros).UTC()
		floor := func(unit int64) int32 {
			q := micros / unit
			if micros%unit < 0 {
				q--
			}
			return int32(q)
		}
		want := map[string]any{
			"year":  int32(at.Year() - 1970),
			"month": int32((at.Year()-1970)*12 + int(at.Month()) - 1),
			"day":   floor(86400_000000),
			"hour":  floor(3600_000000),
		}
		got := map[string]any{}
		for transform := range want {
			var err error
			if got[transform], err = Transform(transform, TypeOf(TimestampTZ), at); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(at, diff)
		}
	})
}

func TestTruncateRoundsDownAndCutsCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := rapid.Int64Range(math.MinInt64/2, math.MaxInt64).Draw(t, "v"), rapid.Int64Range(1, 1000).Draw(t, "w")
		transform := PartitionField{Column: "c", Transform: fmt.Sprintf("truncate[%d]", w)}
		got, err := Transform(transform.Transform, TypeOf(Long), v)
		if err != nil {
			t.Fatal(err)
		}
		if n := got.(int64); n > v || v-n >= w || n%w != 0 {
			t.Errorf("%s of %d = %d", transform.Transform, v, n)
		}
		s := rapid.String().Draw(t, "s")
		got, err = Transform(transform.Transform, TypeOf(String), s)
		if err != nil {
			t.Fatal(err)
		}
		if cut := got.(string); s[:len(cut)] != cut || utf8.RuneCountInString(cut) != min(int(w), utf8.RuneCountInString(s)) {
			t.Errorf("%s of %q = %q", transform.Transform, s, cut)
		}
	})
}

func TestTransformsOfNullAreNullAndOfOtherTypesErrors(t *testing.T) {
	if got, err := Transform("bucket[4]", TypeOf(String), nil); got != nil || err != nil {
		t.Errorf("of null: %v, %v", got, err)
	}
	for _, c := range []struct {
		transform string
		typ       Type
		value     any
	}{
		{"bucket[4]", TypeOf(Double), 1.5},
		{"bucket[4]", TypeOf(Int), int64(math.MaxInt64)},
		{"bucket[0]", TypeOf(Int), 1},
		{"day", TypeOf(String), "2024-01-01"},
		{"hour", TypeOf(Date), "2024-01-01"},
		{"week", TypeOf(Date), "2024-01-01"},
		{"truncate[2]", TypeOf(Int), 1.5},
	} {
		if got, err := Transform(c.transform, c.typ, c.value); err == nil {
			t.Errorf("%s of %v as %s = %v", c.transform, c.value, c.typ, got)
		}
	}
}
