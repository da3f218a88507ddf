package pymodule

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

const (
	dayMicros = 86_400_000_000
	maxDays   = 999_999_999
)

var errDelta = errors.New("the timedelta is longer than 999999999 days")

// Delta is Python's timedelta.
type Delta struct {
	days   int64
	micros int64 // of the day: 0 <= micros < dayMicros
}

// NewDelta returns a timedelta of days and microseconds.
func NewDelta(days, micros int64) Delta {
	days += micros / dayMicros
	if micros %= dayMicros; micros < 0 {
		days, micros = days-1, micros+dayMicros
	}
	return Delta{days, micros}
}

func deltaOf(d time.Duration) Delta { return NewDelta(0, d.Microseconds()) }

// deltaOfBig is a timedelta of microseconds.
func deltaOfBig(micros *big.Int) (Delta, error) {
	days, rest := new(big.Int).DivMod(micros, big.NewInt(dayMicros), new(big.Int))
	if !days.IsInt64() || days.Int64() > maxDays || days.Int64() < -maxDays {
		return Delta{}, errDelta
	}
	return Delta{days.Int64(), rest.Int64()}, nil
}

// total is the timedelta in microseconds.
func (d Delta) total() *big.Int {
	t := new(big.Int).Mul(big.NewInt(d.days), big.NewInt(dayMicros))
	return t.Add(t, big.NewInt(d.micros))
}

// seconds is the timedelta in seconds, as a float.
func (d Delta) seconds() float64 {
	f, _ := new(big.Rat).SetFrac(d.total(), big.NewInt(1_000_000)).Float64()
	return f
}

// duration is the timedelta for Go; ok is false where it does not fit.
func (d Delta) duration() (time.Duration, bool) {
	if d.days > 100_000 || d.days < -100_000 {
		return 0, false
	}
	return time.Duration(d.days)*24*time.Hour + time.Duration(d.micros)*time.Microsecond, true
}

// deltaUnits are the arguments of timedelta in order, in microseconds.
var deltaUnits = []int64{dayMicros, 1_000_000, 1, 1_000, 60_000_000, 3_600_000_000, 7 * dayMicros}

func makeDelta(c *jinja.Call) (any, error) {
	b, err := c.Bind("days?", "seconds?", "microseconds?", "milliseconds?", "minutes?", "hours?", "weeks?")
	if err != nil {
		return nil, err
	}
	sum := new(big.Rat)
	for i, unit := range deltaUnits {
		n, err := exactNumber(b.Any(i, int64(0)))
		if err != nil {
			return nil, err
		}
		sum.Add(sum, n.Mul(n, new(big.Rat).SetInt64(unit)))
	}
	return deltaOfBig(roundHalfEven(sum))
}

// exactNumber returns an int or a float without rounding.
func exactNumber(v any) (*big.Rat, error) {
	switch v := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(v), nil
	case bool:
		if v {
			return big.NewRat(1, 1), nil
		}
		return new(big.Rat), nil
	case *big.Int:
		return new(big.Rat).SetInt(v), nil
	case float64:
		if r := new(big.Rat).SetFloat64(v); r != nil {
			return r, nil
		}
		return nil, errors.New("needs a finite number")
	}
	return nil, fmt.Errorf("needs a number, not %s", python.TypeName(v))
}

func roundHalfEven(r *big.Rat) *big.Int {
	floor, rest := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	switch twice := rest.Lsh(rest, 1).Cmp(r.Denom()); {
	case twice > 0, twice == 0 && floor.Bit(0) == 1:
		floor.Add(floor, big.NewInt(1))
	}
	return floor
}

// Attr returns a part or a method.
func (d Delta) Attr(name string) (any, bool) {
	switch name {
	case "days":
		return d.days, true
	case "seconds":
		return d.micros / 1_000_000, true
	case "microseconds":
		return d.micros % 1_000_000, true
	}
	if v, ok := deltaConstants()[name]; ok {
		return v, true
	}
	return bound(d, name, deltaMethods())
}

var deltaMethods = sync.OnceValue(func() map[string]method[Delta] {
	return map[string]method[Delta]{"total_seconds": plain(func(d Delta) any { return d.seconds() })}
})

func deltaConstants() map[string]any {
	return map[string]any{
		"min": Delta{-maxDays, 0}, "max": Delta{maxDays, dayMicros - 1}, "resolution": Delta{0, 1},
	}
}

// Str prints as in `1 day, 2:03:04.000005`.
func (d Delta) Str() string {
	var s string
	if d.days != 0 {
		s = fmt.Sprintf("%d day", d.days)
		if d.days != 1 && d.days != -1 {
			s += "s"
		}
		s += ", "
	}
	secs := d.micros / 1_000_000
	s += fmt.Sprintf("%d:%02d:%02d", secs/3600, secs/60%60, secs%60)
	if us := d.micros % 1_000_000; us != 0 {
		s += fmt.Sprintf(".%06d", us)
	}
	return s
}

// Repr prints as the call that makes it.
func (d Delta) Repr() string {
	var parts []string
	for _, p := range []struct {
		name  string
		value int64
	}{{"days", d.days}, {"seconds", d.micros / 1_000_000}, {"microseconds", d.micros % 1_000_000}} {
		if p.value != 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", p.name, p.value))
		}
	}
	if parts == nil {
		return "datetime.timedelta(0)"
	}
	return "datetime.timedelta(" + strings.Join(parts, ", ") + ")"
}

// TypeName is Python's.
func (d Delta) TypeName() string { return "datetime.timedelta" }

// Truth is false for no time at all.
func (d Delta) Truth() bool { return d != Delta{} }

// Hash makes it a key.
func (d Delta) Hash() (any, bool) { return d, true }

// Equal compares with another timedelta.
func (d Delta) Equal(other any) bool { return other == any(d) }

// Compare orders timedeltas.
func (d Delta) Compare(other any) (int, bool, error) {
	o, ok := other.(Delta)
	return d.total().Cmp(o.total()), ok, nil
}
