package pymodule

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
)

var errAware = errors.New("a time with a zone and one without cannot be compared or subtracted")

// DateTime is Python's datetime.
type DateTime struct {
	wall time.Time // what clocks show, as if it were UTC
	zone Zone      // nil: naive
	fold int64
}

// NewDateTime returns the date and time that a clock shows, without a zone.
func NewDateTime(t time.Time) DateTime { return DateTime{wall: wallOf(t)} }

// NewInstant returns a point in time, in UTC.
func NewInstant(t time.Time) DateTime { return DateTime{wall: wallOf(t.UTC()), zone: UTC()} }

// wallOf is what a clock shows at a time in its location, to the microsecond.
func wallOf(t time.Time) time.Time {
	y, m, d := t.Date()
	h, min, s := t.Clock()
	return time.Date(y, m, d, h, min, s, t.Nanosecond()/1000*1000, time.UTC)
}

// Time returns the point in time; one without a zone is taken as UTC.
func (d DateTime) Time() time.Time { return d.wall.Add(-d.state().offset) }

// Aware reports whether there is a zone.
func (d DateTime) Aware() bool { return d.zone != nil }

func (d DateTime) state() zoneState {
	if d.zone == nil {
		return zoneState{}
	}
	return d.zone.at(d.wall)
}

// local shows a point in time in the location of the clock.
func (d DateTime) local(clock func() time.Time) DateTime {
	here := clock().Location()
	w := d.wall
	t := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), here)
	name, offset := t.Zone()
	return DateTime{wall: w, zone: fixedZone{NewDelta(0, int64(offset)*1_000_000), name}}
}

// Attr returns a part or a method.
func (d DateTime) Attr(name string) (any, bool) {
	if v, ok := (Date{d.wall}).Attr(name); ok && (name == "year" || name == "month" || name == "day") {
		return v, true
	}
	if v, ok := clockPart(d.wall, d.zone, d.fold, name); ok {
		return v, true
	}
	return bound(d, name, datetimeMethods())
}

var datetimeMethods = sync.OnceValue(func() map[string]method[DateTime] {
	methods := map[string]method[DateTime]{
		"date":         plain(func(d DateTime) any { return NewDate(d.wall) }),
		"time":         plain(func(d DateTime) any { return clockOf(d.wall, nil, d.fold) }),
		"timetz":       plain(func(d DateTime) any { return clockOf(d.wall, d.zone, d.fold) }),
		"timestamp":    plain(func(d DateTime) any { return d.timestamp() }),
		"isoformat":    isoformatCall,
		"strftime":     strftimeCall,
		"astimezone":   asTimezone,
		"replace":      func(d DateTime, c *jinja.Call) (any, error) { return datetimeFrom(c, &d) },
		"utctimetuple": plain(func(d DateTime) any { return structTime(d.Time(), 0) }),
		"timetuple": plain(func(d DateTime) any {
			dst := int64(-1)
			if s := d.state(); s.dst != nil {
				dst = 0
				if *s.dst != 0 {
					dst = 1
				}
			}
			return structTime(d.wall, dst)
		}),
		"utcoffset": plain(func(d DateTime) any {
			if d.zone == nil {
				return nil
			}
			return deltaOf(d.state().offset)
		}),
		"dst": plain(func(d DateTime) any {
			if s := d.state(); s.dst != nil {
				return deltaOf(*s.dst)
			}
			return nil
		}),
		"tzname": plain(func(d DateTime) any {
			if d.zone == nil {
				return nil
			}
			return d.state().name
		}),
	}
	for name, f := range calendarMethods() {
		if methods[name] == nil {
			methods[name] = func(d DateTime, c *jinja.Call) (any, error) { return f(d.wall, c) }
		}
	}
	return methods
})

// timestamp is in seconds; a datetime without a zone is in local time.
func (d DateTime) timestamp() float64 {
	if d.zone == nil {
		d = d.local(time.Now)
	}
	return float64(d.Time().UnixMicro()) / 1e6
}

func asTimezone(d DateTime, c *jinja.Call) (any, error) {
	b, err := c.Bind("tz?")
	if err != nil {
		return nil, err
	}
	if d.zone == nil {
		d = d.local(time.Now)
	}
	zone, err := zoneOf(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	if zone == nil {
		t := d.Time().In(time.Local)
		name, offset := t.Zone()
		return DateTime{wall: wallOf(t), zone: fixedZone{NewDelta(0, int64(offset)*1_000_000), name}}, nil
	}
	v := zone.fromUTC(d.Time())
	return v, inRange(v.wall)
}

// Str prints as in 2024-02-29 12:00:00+00:00.
func (d DateTime) Str() string {
	text, _ := isoClock(d.wall, "auto")
	return isoDate(d.wall) + " " + text + d.offset()
}

// ISO prints as in 2024-02-29T12:00:00+00:00.
func (d DateTime) ISO() string { return strings.Replace(d.Str(), " ", "T", 1) }

func (d DateTime) offset() string {
	if d.zone == nil {
		return ""
	}
	return offsetText(d.state().offset, ":")
}

// Repr prints as the call that makes it.
func (d DateTime) Repr() string {
	y, m, day := d.wall.Date()
	return fmt.Sprintf("datetime.datetime(%d, %d, %d, %s%s)", y, m, day, reprClock(d.wall), reprZone(d.zone, d.fold))
}

// TypeName is Python's.
func (d DateTime) TypeName() string { return "datetime.datetime" }

// Format is strftime.
func (d DateTime) Format(spec string) (string, error) { return strftime(d, spec), nil }

// Hash makes it a key.
func (d DateTime) Hash() (any, bool) {
	return fmt.Sprintf("datetime %t %d", d.zone != nil, d.Time().UnixMicro()), true
}

// Equal compares points in time; one with a zone is never one without.
func (d DateTime) Equal(other any) bool {
	o, ok := other.(DateTime)
	return ok && (d.zone == nil) == (o.zone == nil) && d.Time().Equal(o.Time())
}

// Compare orders points in time.
func (d DateTime) Compare(other any) (int, bool, error) {
	o, ok := other.(DateTime)
	if ok && (d.zone == nil) != (o.zone == nil) {
		return 0, true, errAware
	}
	return d.Time().Compare(o.Time()), ok, nil
}

// Operate adds and takes away time, or measures it.
func (d DateTime) Operate(op string, other any, reversed bool) (any, bool, error) {
	switch o := other.(type) {
	case DateTime:
		switch {
		case op != "-" || reversed:
			return nil, false, nil
		case (d.zone == nil) != (o.zone == nil):
			return nil, true, errAware
		}
		a, b := d.Time(), o.Time()
		return NewDelta(ordinal(a)-ordinal(b), microsOfDay(a)-microsOfDay(b)), true, nil
	case Delta:
		switch {
		case op == "-" && !reversed:
			o = NewDelta(-o.days, -o.micros)
		case op != "+":
			return nil, false, nil
		}
		at := NewDelta(ordinal(d.wall)+o.days, microsOfDay(d.wall)+o.micros)
		day, err := ofOrdinal(at.days)
		return DateTime{wall: day.day.Add(time.Duration(at.micros) * time.Microsecond), zone: d.zone}, true, err
	}
	return nil, false, nil
}

func microsOfDay(t time.Time) int64 {
	h, m, s := t.Clock()
	return (int64(h)*3600+int64(m)*60+int64(s))*1_000_000 + int64(t.Nanosecond()/1000)
}
