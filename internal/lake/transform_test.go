package lake

import (
	"math"
	"testing"
	"time"
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

func TestTransformsOfOtherTypesAreErrors(t *testing.T) {
	for _, c := range []struct {
		transform string
		typ       Type
	}{
		{"bucket[4]", TypeOf(Double)},
		{"bucket[0]", TypeOf(Int)},
		{"day", TypeOf(String)},
		{"hour", TypeOf(Date)},
		{"week", TypeOf(Date)},
	} {
		if got, err := ResultType(c.transform, c.typ); err == nil {
			t.Errorf("%s of a %s = %s", c.transform, c.typ, got)
		}
	}
}

func TestBucketsOfValuesThatDoNotFitAreErrors(t *testing.T) {
	bucket, err := Bucketer(TypeOf(Int), 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{int64(math.MaxInt64), 1.5, "one"} {
		if got, err := bucket(value); err == nil {
			t.Errorf("the bucket of %v is %d", value, got)
		}
	}
}
