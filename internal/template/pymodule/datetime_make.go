package pymodule

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// datetimeModule is Python's datetime.
func datetimeModule(clock func() time.Time) *module {
	return &module{name: "datetime", attrs: map[string]any{
		"date": dateClass(clock), "datetime": datetimeClass(clock), "time": clockClass(),
		"timedelta": newClass("datetime.timedelta", makeDelta, deltaConstants()), "timezone": timezoneClass(),
		"tzinfo": newClass("datetime.tzinfo", func(*jinja.Call) (any, error) {
			return nil, errors.New("is for subclasses; use datetime.timezone or pytz.timezone")
		}, nil),
		"UTC": utcZone, "MINYEAR": 1, "MAXYEAR": 9999,
	}}
}

func datetimeClass(clock func() time.Time) *class {
	method := func(f func(*jinja.Call, func() time.Time) (any, error)) jinja.Callable {
		return func(c *jinja.Call) (any, error) { return f(c, clock) }
	}
	attrs := map[string]any{
		"min": DateTime{wall: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)},
		"max": DateTime{wall: time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)}, "resolution": Delta{0, 1},
	}
	for name, f := range map[string]jinja.Callable{
		"now": method(datetimeNow), "utcnow": method(datetimeUTCNow), "today": method(datetimeToday),
		"fromtimestamp":    method(datetimeFromTimestamp),
		"utcfromtimestamp": datetimeUTCFromTimestamp,
		"fromisoformat":    func(c *jinja.Call) (any, error) { return fromText(c, parseISODateTime) },
		"fromordinal":      midnightOf(dateFromOrdinal),
		"fromisocalendar":  midnightOf(dateFromCalendar),
		"combine":          datetimeCombine,
		"strptime":         datetimeParse,
	} {
		attrs[name] = jinja.NewFunc(name, f)
	}
	return newClass("datetime.datetime", func(c *jinja.Call) (any, error) { return datetimeFrom(c, nil) }, attrs)
}

// datetimeFrom reads the arguments of a datetime; what is left out is as in d.
func datetimeFrom(c *jinja.Call, d *DateTime) (any, error) {
	params := []string{"year?", "month?", "day?", "hour?", "minute?", "second?", "microsecond?", "tzinfo?", "fold?"}
	missing := make([]int64, 7)
	var out DateTime
	var zone any
	if d == nil {
		params[0], params[1], params[2] = "year", "month", "day"
	} else {
		out = *d
		if d.zone != nil {
			zone = d.zone
		}
		w := d.wall
		missing = []int64{int64(w.Year()), int64(w.Month()), int64(w.Day()), int64(w.Hour()), int64(w.Minute()),
			int64(w.Second()), int64(w.Nanosecond() / 1000)}
	}
	b, err := c.Bind(params...)
	if err != nil {
		return nil, err
	}
	n, err := ints(b, missing...)
	if err != nil {
		return nil, err
	}
	if out.zone, err = zoneOf(b.Any(7, zone)); err != nil {
		return nil, err
	}
	if out.fold, err = foldOf(b, 8, out.fold); err != nil {
		return nil, err
	}
	day, err := dateOf(n[0], n[1], n[2])
	if err != nil {
		return nil, err
	}
	out.wall, err = clockOn(day.day, n[3:])
	return out, err
}

func datetimeNow(c *jinja.Call, clock func() time.Time) (any, error) {
	b, err := c.Bind("tz?")
	if err != nil {
		return nil, err
	}
	zone, err := zoneOf(b.Any(0, nil))
	if err != nil || zone == nil {
		return NewDateTime(clock()), err
	}
	return zone.fromUTC(wallOf(clock().UTC())), nil
}

func datetimeUTCNow(c *jinja.Call, clock func() time.Time) (any, error) {
	_, err := c.Bind()
	return NewDateTime(clock().UTC()), err
}

func datetimeToday(c *jinja.Call, clock func() time.Time) (any, error) {
	_, err := c.Bind()
	return NewDateTime(clock()), err
}

// fromTimestamp reads seconds since 1970 as what the local clock shows.
func fromTimestamp(c *jinja.Call, clock func() time.Time, zoned bool) (time.Time, Zone, error) {
	params := []string{"timestamp"}
	if zoned {
		params = append(params, "tz?")
	}
	b, err := c.Bind(params...)
	if err != nil {
		return time.Time{}, nil, err
	}
	var zone Zone
	if zoned {
		if zone, err = zoneOf(b.Any(1, nil)); err != nil {
			return time.Time{}, nil, err
		}
	}
	t, err := epoch(b.Any(0, nil))
	return t.In(clock().Location()), zone, err
}

// epoch is a point in time by its seconds since 1970.
func epoch(v any) (time.Time, error) {
	seconds, err := exactNumber(v)
	if err != nil {
		return time.Time{}, err
	}
	us := roundHalfEven(seconds.Mul(seconds, new(big.Rat).SetInt64(1_000_000)))
	if !us.IsInt64() {
		return time.Time{}, errors.New("the timestamp is out of range")
	}
	t := time.UnixMicro(us.Int64()).UTC()
	return t, inRange(t)
}

func datetimeFromTimestamp(c *jinja.Call, clock func() time.Time) (any, error) {
	t, zone, err := fromTimestamp(c, clock, true)
	switch {
	case err != nil:
		return nil, err
	case zone != nil:
		return zone.fromUTC(wallOf(t.UTC())), nil
	}
	return NewDateTime(t), nil
}

func datetimeUTCFromTimestamp(c *jinja.Call) (any, error) {
	b, err := c.Bind("_timestamp")
	if err != nil {
		return nil, err
	}
	t, err := epoch(b.Any(0, nil))
	return NewDateTime(t), err
}

// midnightOf makes a datetime of what makes a date.
func midnightOf(f jinja.Callable) jinja.Callable {
	return func(c *jinja.Call) (any, error) {
		v, err := f(c)
		if d, ok := v.(Date); ok && err == nil {
			return DateTime{wall: d.day}, nil
		}
		return nil, err
	}
}

func datetimeCombine(c *jinja.Call) (any, error) {
	b, err := c.Bind("date", "time", "tzinfo?")
	if err != nil {
		return nil, err
	}
	var day time.Time
	switch d := b.Any(0, nil).(type) {
	case Date:
		day = d.day
	case DateTime:
		day = d.wall
	default:
		return nil, fmt.Errorf("needs a date, not %s", python.TypeName(d))
	}
	t, ok := b.Any(1, nil).(Clock)
	if !ok {
		return nil, fmt.Errorf("needs a time, not %s", python.TypeName(b.Any(1, nil)))
	}
	var zone any
	if t.zone != nil {
		zone = t.zone
	}
	tz, err := zoneOf(b.Any(2, zone))
	y, m, d := day.Date()
	h, min, s := t.wall.Clock()
	return DateTime{time.Date(y, m, d, h, min, s, t.wall.Nanosecond(), time.UTC), tz, t.fold}, err
}
