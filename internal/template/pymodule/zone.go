package pymodule

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Zone is Python's tzinfo: what a time of day means.
type Zone interface {
	python.Object
	python.Stringer
	// at tells what holds at a time as clocks show it.
	at(wall time.Time) zoneState
	// fromUTC shows a point in time, whose clock reads UTC, in the zone.
	fromUTC(utc time.Time) DateTime
}

// zoneState is what a zone means at one time.
type zoneState struct {
	offset time.Duration
	dst    *time.Duration // nil: the zone does not say
	name   string
}

// fixedZone is Python's timezone: always the same offset.
type fixedZone struct {
	offset Delta
	name   string // empty: made from the offset
}

var utcZone = fixedZone{}

// fixed returns a zone that is some time ahead of UTC.
func fixed(offset time.Duration) fixedZone { return fixedZone{offset: deltaOf(offset)} }

func makeTimezone(c *jinja.Call) (any, error) {
	b, err := c.Bind("offset", "name?")
	if err != nil {
		return nil, err
	}
	offset, ok := b.Any(0, nil).(Delta)
	if !ok {
		return nil, fmt.Errorf("needs a timedelta, not %s", python.TypeName(b.Any(0, nil)))
	}
	if d, ok := offset.duration(); !ok || d <= -24*time.Hour || d >= 24*time.Hour {
		return nil, errors.New("the offset of a timezone is less than a day")
	}
	name, err := b.String(1, "")
	if err != nil {
		return nil, err
	}
	return fixedZone{offset, name}, nil
}

func timezoneClass() *class {
	day := 23*time.Hour + 59*time.Minute
	return newClass("datetime.timezone", makeTimezone, map[string]any{
		"utc": utcZone, "min": fixed(-day), "max": fixed(day),
	})
}

func (z fixedZone) at(time.Time) zoneState {
	d, _ := z.offset.duration()
	return zoneState{offset: d, name: z.Str()}
}

func (z fixedZone) fromUTC(utc time.Time) DateTime {
	d, _ := z.offset.duration()
	return DateTime{wall: utc.Add(d), zone: z}
}

// Str is the name of the zone, such as UTC+02:00.
func (z fixedZone) Str() string {
	if z.name != "" {
		return z.name
	}
	d, _ := z.offset.duration()
	if d == 0 {
		return "UTC"
	}
	return "UTC" + offsetText(d, ":")
}

// Repr prints as the call that makes it.
func (z fixedZone) Repr() string {
	switch {
	case z == utcZone:
		return "datetime.timezone.utc"
	case z.name != "":
		return "datetime.timezone(" + z.offset.Repr() + ", " + quoted(z.name) + ")"
	}
	return "datetime.timezone(" + z.offset.Repr() + ")"
}

// TypeName is Python's.
func (z fixedZone) TypeName() string { return "datetime.timezone" }

// Equal compares the offsets.
func (z fixedZone) Equal(other any) bool {
	o, ok := other.(fixedZone)
	return ok && o.offset == z.offset
}

// Hash makes it a key.
func (z fixedZone) Hash() (any, bool) { return z.offset, true }

// Attr returns a method.
func (z fixedZone) Attr(name string) (any, bool) { return bound(Zone(z), name, zoneMethods()) }

// zoneMethods are what every zone can be asked about a time.
var zoneMethods = sync.OnceValue(func() map[string]method[Zone] {
	ask := func(answer func(zoneState) any) method[Zone] {
		return func(z Zone, c *jinja.Call) (any, error) {
			b, err := c.Bind("dt", "is_dst?")
			if err != nil {
				return nil, err
			}
			switch at := b.Any(0, nil).(type) {
			case nil:
				if _, isFixed := z.(fixedZone); !isFixed {
					return nil, nil
				}
				return answer(z.at(time.Time{})), nil
			case DateTime:
				return answer(z.at(at.wall)), nil
			default:
				return nil, fmt.Errorf("needs a datetime, not %s", python.TypeName(at))
			}
		}
	}
	return map[string]method[Zone]{
		"utcoffset": ask(func(s zoneState) any { return deltaOf(s.offset) }),
		"tzname":    ask(func(s zoneState) any { return s.name }),
		"dst": ask(func(s zoneState) any {
			if s.dst == nil {
				return nil
			}
			return deltaOf(*s.dst)
		}),
	}
})

// offsetText prints an offset from UTC, as far as it is not zero.
func offsetText(d time.Duration, colon string) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	us := d.Microseconds()
	s := fmt.Sprintf("%s%02d%s%02d", sign, us/3_600_000_000, colon, us/60_000_000%60)
	if us%60_000_000 != 0 {
		s += fmt.Sprintf("%s%02d", colon, us/1_000_000%60)
	}
	if us%1_000_000 != 0 {
		s += fmt.Sprintf(".%06d", us%1_000_000)
	}
	return s
}

func quoted(s string) string {
	r, err := python.Repr(s)
	if err != nil {
		return s
	}
	return r
}

// zoneOf reads an argument that is a zone or None.
func zoneOf(v any) (Zone, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case Zone:
		return v, nil
	}
	return nil, fmt.Errorf("needs a tzinfo or None, not %s", python.TypeName(v))
}
