package pymodule

import (
	"errors"
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// calendarMethods are what dates and datetimes know about the calendar.
func calendarMethods() map[string]method[time.Time] {
	return map[string]method[time.Time]{
		"weekday":     plain(func(t time.Time) any { return weekday(t) }),
		"isoweekday":  plain(func(t time.Time) any { return weekday(t) + 1 }),
		"toordinal":   plain(func(t time.Time) any { return ordinal(t) }),
		"isocalendar": plain(func(t time.Time) any { return isoCalendar(t) }),
		"ctime":       plain(func(t time.Time) any { return t.Format("Mon Jan _2 15:04:05 ") + fmt.Sprint(t.Year()) }),
		"timetuple":   plain(func(t time.Time) any { return structTime(t, -1) }),
	}
}

// weekday counts from Monday, which is 0.
func weekday(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }

// namedTuple is a tuple whose items have names.
type namedTuple struct {
	name   string
	fields []string
	items  python.Tuple
}

func isoCalendar(t time.Time) namedTuple {
	year, week := t.ISOWeek()
	return namedTuple{"datetime.IsoCalendarDate", []string{"year", "week", "weekday"},
		python.Tuple{int64(year), int64(week), int64(weekday(t) + 1)}}
}

// Attr returns an item by its name.
func (n namedTuple) Attr(name string) (any, bool) {
	for i, f := range n.fields {
		if f == name {
			return n.items[i], true
		}
	}
	return nil, false
}

// Len is the number of items.
func (n namedTuple) Len() int { return len(n.items) }

// Item returns an item by its position.
func (n namedTuple) Item(key any) (any, bool, error) { return python.Item(n.items, key) }

// Slice returns a plain tuple.
func (n namedTuple) Slice(positions []int) any {
	out := python.Tuple{}
	for _, p := range positions {
		out = append(out, n.items[p])
	}
	return out
}

// Iterate goes over the items.
func (n namedTuple) Iterate() *python.Iterator { return over(n.items) }

// TypeName is Python's.
func (n namedTuple) TypeName() string { return n.name }

// Str prints names and values.
func (n namedTuple) Str() string {
	s := n.name + "("
	for i, f := range n.fields {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("%s=%v", f, n.items[i])
	}
	return s + ")"
}

// Equal compares with tuples.
func (n namedTuple) Equal(other any) bool {
	if o, ok := other.(namedTuple); ok {
		other = o.items
	}
	eq, err := python.Equal(n.items, other)
	return err == nil && eq
}

// Compare orders as tuples are ordered.
func (n namedTuple) Compare(other any) (int, bool, error) {
	if o, ok := other.(namedTuple); ok {
		other = o.items
	}
	if _, ok := other.(python.Tuple); !ok {
		return 0, false, nil
	}
	c, err := python.Compare(n.items, other)
	return c, true, err
}

// structTime is time.struct_time.
func structTime(t time.Time, dst int64) namedTuple {
	return namedTuple{"time.struct_time", []string{"tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec",
		"tm_wday", "tm_yday", "tm_isdst"}, python.Tuple{int64(t.Year()), int64(t.Month()), int64(t.Day()),
		int64(t.Hour()), int64(t.Minute()), int64(t.Second()), int64(weekday(t)), int64(t.YearDay()), dst}}
}

// ofCalendar is the date of a day of an ISO week.
func ofCalendar(year, week, day int64) (Date, error) {
	switch {
	case year < 1 || year > 9999:
		return Date{}, errYear
	case week < 1 || week > 53:
		return Date{}, errors.New("the week is outside of 1 to 53")
	case day < 1 || day > 7:
		return Date{}, errors.New("the day of a week is outside of 1 to 7")
	}
	fourth := time.Date(int(year), 1, 4, 0, 0, 0, 0, time.UTC)
	t := fourth.AddDate(0, 0, int((week-1)*7+day-1)-weekday(fourth))
	if y, w := t.ISOWeek(); int64(y) != year || int64(w) != week {
		return Date{}, errors.New("the year has no week 53")
	}
	return Date{t}, inRange(t)
}

func dateFromCalendar(c *jinja.Call) (any, error) {
	b, err := c.Bind("year", "week", "day")
	if err != nil {
		return nil, err
	}
	n, err := ints(b, 0, 0, 0)
	if err != nil {
		return nil, err
	}
	return ofCalendar(n[0], n[1], n[2])
}

// over iterates over a slice.
func over(items []any) *python.Iterator {
	i := 0
	return python.NewIterator("iterator", func() (any, bool, error) {
		if i >= len(items) {
			return nil, false, nil
		}
		i++
		return items[i-1], true, nil
	})
}
