package pymodule

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Clock is Python's time: a time of day.
type Clock struct {
	wall time.Time // of 1900-01-01
	zone Zone
	fold int64
}

// NewClock returns the time of day that a clock shows.
func NewClock(t time.Time) Clock { return clockOf(t, nil, 0) }

func clockOf(t time.Time, zone Zone, fold int64) Clock {
	h, m, s := t.Clock()
	us := t.Nanosecond() / 1000
	return Clock{time.Date(1900, 1, 1, h, m, s, us*1000, time.UTC), zone, fold}
}

// clockOn checks a time of day and puts it on a date.
func clockOn(day time.Time, n []int64) (time.Time, error) {
	for i, limit := range []int64{24, 60, 60, 1_000_000} {
		if n[i] < 0 || n[i] >= limit {
			return day, fmt.Errorf("the %s is outside of 0 to %d",
				[]string{"hour", "minute", "second", "microsecond"}[i], limit-1)
		}
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, int(n[0]), int(n[1]), int(n[2]), int(n[3])*1000, time.UTC), nil
}

func makeClock(c *jinja.Call) (any, error) {
	return clockFrom(c, Clock{wall: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)})
}

// clockFrom reads the arguments of a time of day; what is left out is as in t.
func clockFrom(c *jinja.Call, t Clock) (any, error) {
	b, err := c.Bind("hour?", "minute?", "second?", "microsecond?", "tzinfo?", "fold?")
	if err != nil {
		return nil, err
	}
	h, m, s := t.wall.Clock()
	n, err := ints(b, int64(h), int64(m), int64(s), int64(t.wall.Nanosecond()/1000))
	if err != nil {
		return nil, err
	}
	var zone any
	if t.zone != nil {
		zone = t.zone
	}
	if t.zone, err = zoneOf(b.Any(4, zone)); err != nil {
		return nil, err
	}
	if t.fold, err = foldOf(b, 5, t.fold); err != nil {
		return nil, err
	}
	t.wall, err = clockOn(t.wall, n)
	return t, err
}

func foldOf(b python.Bound, i int, missing int64) (int64, error) {
	fold, err := b.Int(i, missing)
	if err == nil && fold != 0 && fold != 1 {
		err = errors.New("fold is 0 or 1")
	}
	return fold, err
}

func clockClass() *class {
	midnight := Clock{wall: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)}
	return newClass("datetime.time", makeClock, map[string]any{
		"min": midnight, "max": Clock{wall: midnight.wall.Add(24*time.Hour - time.Microsecond)},
		"resolution": Delta{0, 1},
		"fromisoformat": jinja.NewFunc("fromisoformat", func(c *jinja.Call) (any, error) {
			return fromText(c, parseISOTime)
		}),
	})
}

// Attr returns a part or a method.
func (t Clock) Attr(name string) (any, bool) {
	if v, ok := clockPart(t.wall, t.zone, t.fold, name); ok {
		return v, true
	}
	return bound(t, name, clockMethods())
}

// clockPart returns a part of a time of day.
func clockPart(wall time.Time, zone Zone, fold int64, name string) (any, bool) {
	switch name {
	case "hour":
		return wall.Hour(), true
	case "minute":
		return wall.Minute(), true
	case "second":
		return wall.Second(), true
	case "microsecond":
		return wall.Nanosecond() / 1000, true
	case "fold":
		return fold, true
	case "tzinfo":
		if zone == nil {
			return nil, true
		}
		return zone, true
	}
	return nil, false
}

var clockMethods = sync.OnceValue(func() map[string]method[Clock] {
	methods := map[string]method[Clock]{
		"replace": func(t Clock, c *jinja.Call) (any, error) { return clockFrom(c, t) },
		"isoformat": func(t Clock, c *jinja.Call) (any, error) {
			b, err := c.Bind("timespec?")
			if err != nil {
				return nil, err
			}
			spec, err := b.String(0, "auto")
			if err != nil {
				return nil, err
			}
			text, err := isoClock(t.wall, spec)
			return text + t.offset(), err
		},
		"strftime": func(t Clock, c *jinja.Call) (any, error) { return strftimeCall(DateTime(t), c) },
	}
	for _, name := range []string{"utcoffset", "dst", "tzname"} {
		methods[name] = func(t Clock, c *jinja.Call) (any, error) {
			if _, err := c.Bind(); err != nil || t.zone == nil {
				return nil, err
			}
			f, _ := t.zone.Attr(name)
			return c.Invoke(f, nil)
		}
	}
	return methods
})

// offset prints what the zone says without a date.
func (t Clock) offset() string {
	if z, ok := t.zone.(fixedZone); ok {
		return offsetText(z.at(t.wall).offset, ":")
	}
	return ""
}

// Str prints as isoformat.
func (t Clock) Str() string {
	text, _ := isoClock(t.wall, "auto")
	return text + t.offset()
}

// Repr prints as the call that makes it.
func (t Clock) Repr() string {
	return "datetime.time(" + reprClock(t.wall) + reprZone(t.zone, t.fold) + ")"
}

// reprClock prints hour and minute, and more where there is more.
func reprClock(t time.Time) string {
	s := fmt.Sprintf("%d, %d", t.Hour(), t.Minute())
	us := t.Nanosecond() / 1000
	if t.Second() != 0 || us != 0 {
		s += fmt.Sprintf(", %d", t.Second())
	}
	if us != 0 {
		s += fmt.Sprintf(", %d", us)
	}
	return s
}

func reprZone(zone Zone, fold int64) string {
	s := ""
	if fold != 0 {
		s = ", fold=1"
	}
	if zone == nil {
		return s
	}
	r, err := python.Repr(zone)
	if err != nil {
		return s
	}
	return s + ", tzinfo=" + r
}

// TypeName is Python's.
func (t Clock) TypeName() string { return "datetime.time" }

// Truth is true, at midnight as well.
func (t Clock) Truth() bool { return true }

// Format is strftime.
func (t Clock) Format(spec string) (string, error) {
	return strftime(DateTime(t), spec), nil
}

// Hash makes it a key.
func (t Clock) Hash() (any, bool) {
	return fmt.Sprintf("time %d", t.wall.Add(-t.behind()).UnixMicro()), true
}

// behind is how far the zone is ahead of UTC; 0 without one.
func (t Clock) behind() time.Duration {
	if z, ok := t.zone.(fixedZone); ok {
		return z.at(t.wall).offset
	}
	return 0
}

// aware reports whether the zone says its offset without a date.
func (t Clock) aware() bool { _, ok := t.zone.(fixedZone); return ok }

// Equal compares with another time of day.
func (t Clock) Equal(other any) bool {
	o, ok := other.(Clock)
	return ok && t.aware() == o.aware() && t.wall.Add(-t.behind()).Equal(o.wall.Add(-o.behind()))
}

// Compare orders times of day.
func (t Clock) Compare(other any) (int, bool, error) {
	o, ok := other.(Clock)
	if ok && t.aware() != o.aware() {
		return 0, true, errAware
	}
	return t.wall.Add(-t.behind()).Compare(o.wall.Add(-o.behind())), ok, nil
}
