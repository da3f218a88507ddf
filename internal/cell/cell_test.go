package cell_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/cell"
)

func TestTimesIntervalsAndOddNumbersAreWrittenAsPostgreSQLDoes(t *testing.T) {
	const second = 1_000_000
	for want, a := range map[string]arrow.Array{
		"00:00:00":                    clocks(arrow.Microsecond, 0),
		"03:04:05.006":                clocks(arrow.Microsecond, (3*3600+4*60+5)*second+6000),
		"24:00:00":                    clocks(arrow.Microsecond, 24*3600*second),
		"00:00:01.5":                  clocks(arrow.Nanosecond, 1_500_000_000),
		"00:00:00.000000001":          clocks(arrow.Nanosecond, 1),
		"00:00:00.25":                 intervals(arrow.MonthDayNanoInterval{Nanoseconds: 250_000_000}),
		"1 year 2 mons 1 day":         intervals(arrow.MonthDayNanoInterval{Months: 14, Days: 1}),
		"-3 days +100:00:00":          intervals(arrow.MonthDayNanoInterval{Days: -3, Nanoseconds: 360_000 * 1e9}),
		"-1 mons -2 days -00:00:00.5": intervals(arrow.MonthDayNanoInterval{Months: -1, Days: -2, Nanoseconds: -5e8}),
		"NaN":                         floats(math.NaN()),
		"Infinity":                    floats(math.Inf(1)),
		"-Infinity":                   floats(math.Inf(-1)),
		"0.1":                         floats(0.1),
		"3.0":                         floats(3),
		"1e+17":                       floats(1e17),
	} {
		if got := cell.Text(a, 0); got != want {
			t.Errorf("Text is %q, want %q", got, want)
		}
	}
}

func TestJSONHasTextForWhatItHasNoNumberFor(t *testing.T) {
	var got []string
	for _, f := range []float64{math.NaN(), math.Inf(-1), 1.5} {
		text, err := json.Marshal(cell.Value(floats(f), 0))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	if diff := cmp.Diff([]string{`"NaN"`, `"-Infinity"`, `1.5`}, got); diff != "" {
		t.Error(diff)
	}
}

func clocks(unit arrow.TimeUnit, v arrow.Time64) arrow.Array {
	b := array.NewTime64Builder(memory.DefaultAllocator, &arrow.Time64Type{Unit: unit})
	b.Append(v)
	return b.NewArray()
}

func intervals(v arrow.MonthDayNanoInterval) arrow.Array {
	b := array.NewMonthDayNanoIntervalBuilder(memory.DefaultAllocator)
	b.Append(v)
	return b.NewArray()
}

func floats(v float64) arrow.Array {
	b := array.NewFloat64Builder(memory.DefaultAllocator)
	b.Append(v)
	return b.NewArray()
}
