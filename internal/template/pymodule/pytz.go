package pymodule

import (
	_ "embed" // the names of zones
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones by name, wherever the binary runs

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// namedZone is a zone of pytz. As there, one that was not localized means the
// first offset that the place ever had.
type namedZone struct {
	place *time.Location
	name  string
	state zoneState
}

// pytzUTC is pytz.utc.
var pytzUTC = sync.OnceValue(func() *namedZone {
	return &namedZone{place: time.UTC, name: "UTC", state: zoneState{name: "UTC", dst: new(time.Duration)}}
})

// UTC returns pytz's utc.
func UTC() Zone { return pytzUTC() }

func pytzModule() *module {
	all, common := zoneNames()
	return &module{name: "pytz", attrs: map[string]any{
		"all_timezones": all, "all_timezones_set": all, "common_timezones": common, "common_timezones_set": common,
		"timezone":    jinja.NewFunc("timezone", pytzTimezone),
		"FixedOffset": jinja.NewFunc("FixedOffset", pytzFixedOffset),
		"utc":         UTC(), "UTC": UTC(),
	}}
}

// zoneList holds the names of zones that pytz lists, with * before the common
// ones.
//
//go:embed zones.txt
var zoneList string

func zoneNames() (all, common python.Tuple) {
	for line := range strings.Lines(zoneList) {
		mark, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		name = strings.TrimSpace(name)
		all = append(all, name)
		if mark == "*" {
			common = append(common, name)
		}
	}
	return all, common
}

func pytzTimezone(c *jinja.Call) (any, error) {
	b, err := c.Bind("zone")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(name, "utc") {
		return UTC(), nil
	}
	place, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, fmt.Errorf("knows no time zone %s", quoted(name))
	}
	z := &namedZone{place: place, name: name}
	z.state = z.stateAt(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))
	z.state.offset = z.state.offset.Round(time.Minute)
	return z, nil
}

func pytzFixedOffset(c *jinja.Call) (any, error) {
	b, err := c.Bind("_offset")
	if err != nil {
		return nil, err
	}
	minutes, err := b.Int(0, 0)
	if err != nil {
		return nil, err
	}
	if minutes <= -1440 || minutes >= 1440 {
		return nil, errors.New("the offset is less than a day")
	}
	if minutes == 0 {
		return UTC(), nil
	}
	d := time.Duration(minutes) * time.Minute
	name := fmt.Sprintf("pytz.FixedOffset(%d)", minutes)
	return &namedZone{place: time.FixedZone(name, int(minutes)*60), name: name,
		state: zoneState{offset: d, dst: new(time.Duration)}}, nil
}

// stateAt is what holds in the place at a point in time.
func (z *namedZone) stateAt(utc time.Time) zoneState {
	t := utc.In(z.place)
	name, offset := t.Zone()
	s := zoneState{offset: time.Duration(offset) * time.Second, name: name, dst: new(time.Duration)}
	if t.IsDST() {
		*s.dst = time.Hour
		if start, _ := t.ZoneBounds(); !start.IsZero() {
			before := start.Add(-time.Second)
			if _, standard := before.Zone(); !before.IsDST() && offset > standard {
				*s.dst = time.Duration(offset-standard) * time.Second
			}
		}
	}
	return s
}

// localized is the zone as it is at one time.
func (z *namedZone) localized(s zoneState) *namedZone {
	if z.isFixed() {
		return z
	}
	return &namedZone{place: z.place, name: z.name, state: s}
}

func (z *namedZone) isFixed() bool {
	return z.place == time.UTC || strings.HasPrefix(z.name, "pytz.FixedOffset")
}

func (z *namedZone) at(time.Time) zoneState { return z.state }

func (z *namedZone) fromUTC(utc time.Time) DateTime {
	if z.isFixed() {
		return DateTime{wall: utc.Add(z.state.offset), zone: z}
	}
	s := z.stateAt(utc)
	return DateTime{wall: utc.Add(s.offset), zone: z.localized(s)}
}

// Str is the name of the zone.
func (z *namedZone) Str() string { return z.name }

// Repr prints zone and state as pytz does.
func (z *namedZone) Repr() string {
	switch {
	case z.place == time.UTC:
		return "<UTC>"
	case z.isFixed():
		return z.name
	}
	kind := "STD"
	if z.state.dst != nil && *z.state.dst != 0 {
		kind = "DST"
	}
	offset := deltaOf(z.state.offset).Str()
	if z.state.offset >= 0 {
		offset = "+" + offset
	}
	if z.transitions() {
		return fmt.Sprintf("<DstTzInfo '%s' %s%s %s>", z.name, z.state.name, offset, kind)
	}
	return fmt.Sprintf("<StaticTzInfo '%s'>", z.name)
}

// transitions reports whether the place ever had more than one offset.
func (z *namedZone) transitions() bool {
	start, end := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).In(z.place).ZoneBounds()
	return !start.IsZero() || !end.IsZero()
}

// TypeName is Python's.
func (z *namedZone) TypeName() string { return "tzinfo" }

// Equal compares place and state.
func (z *namedZone) Equal(other any) bool {
	o, ok := other.(*namedZone)
	return ok && o.name == z.name && o.state.offset == z.state.offset && o.state.name == z.state.name
}

// Hash makes it a key.
func (z *namedZone) Hash() (any, bool) { return z.name + " " + z.state.name, true }

// Attr returns a part or a method.
func (z *namedZone) Attr(name string) (any, bool) {
	switch name {
	case "zone":
		if z.isFixed() && z.place != time.UTC {
			return nil, true
		}
		return z.name, true
	case "localize":
		return jinja.NewFunc(name, z.localize), true
	case "normalize":
		return jinja.NewFunc(name, z.normalize), true
	case "fromutc":
		return jinja.NewFunc(name, z.fromutc), true
	}
	return bound(Zone(z), name, zoneMethods())
}

func (z *namedZone) normalize(c *jinja.Call) (any, error) {
	b, err := c.Bind("dt", "is_dst?")
	if err != nil {
		return nil, err
	}
	d, ok := b.Any(0, nil).(DateTime)
	if !ok || d.zone == nil {
		return nil, errors.New("needs a datetime with a zone")
	}
	return z.fromUTC(d.Time()), nil
}

func (z *namedZone) fromutc(c *jinja.Call) (any, error) {
	b, err := c.Bind("dt")
	if err != nil {
		return nil, err
	}
	d, ok := b.Any(0, nil).(DateTime)
	if !ok {
		return nil, fmt.Errorf("needs a datetime, not %s", python.TypeName(b.Any(0, nil)))
	}
	return z.fromUTC(d.wall), nil
}

func (z *namedZone) localize(c *jinja.Call) (any, error) {
	b, err := c.Bind("dt", "is_dst?")
	if err != nil {
		return nil, err
	}
	d, ok := b.Any(0, nil).(DateTime)
	switch {
	case !ok:
		return nil, fmt.Errorf("needs a datetime, not %s", python.TypeName(b.Any(0, nil)))
	case d.zone != nil:
		return nil, errors.New("the datetime has a zone already")
	case z.isFixed():
		return DateTime{wall: d.wall, zone: z}, nil
	}
	return z.localizeWall(d.wall, b.Any(1, false))
}

// localizeWall finds what a clock of the place means. Where clocks show a time
// twice or never, isDST chooses; None makes that an error.
func (z *namedZone) localizeWall(wall time.Time, isDST any) (DateTime, error) {
	var found []zoneState
	for _, around := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		s := z.stateAt(wall.Add(around))
		if got := z.stateAt(wall.Add(-s.offset)); got.offset == s.offset && got.name == s.name {
			if len(found) == 0 || found[0].offset != s.offset || found[0].name != s.name {
				found = append(found, s)
			}
		}
	}
	if len(found) == 1 {
		return DateTime{wall: wall, zone: z.localized(found[0])}, nil
	}
	if isDST == nil {
		what := "never there"
		if len(found) > 1 {
			what = "there twice"
		}
		return DateTime{}, fmt.Errorf("the time %s is %s in %s", DateTime{wall: wall}.Str(), what, z.name)
	}
	wantDST := python.Truth(isDST)
	if len(found) == 0 {
		return z.localizeGap(wall, wantDST)
	}
	for _, s := range found {
		if (*s.dst != 0) == wantDST {
			return DateTime{wall: wall, zone: z.localized(s)}, nil
		}
	}
	if wantDST {
		return DateTime{wall: wall, zone: z.localized(found[0])}, nil
	}
	return DateTime{wall: wall, zone: z.localized(found[len(found)-1])}, nil
}

// localizeGap gives a time that no clock shows the state of before or after.
func (z *namedZone) localizeGap(wall time.Time, wantDST bool) (DateTime, error) {
	shift := -6 * time.Hour
	if wantDST {
		shift = -shift
	}
	d, err := z.localizeWall(wall.Add(shift), wantDST)
	d.wall = wall
	return d, err
}
