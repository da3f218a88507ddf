package pymodule

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
)

var (
	errYear  = errors.New("the year is outside of 1 to 9999")
	errMonth = errors.New("the month is outside of 1 to 12")
	errDay   = errors.New("the day is not in that month")
)

// Date is Python's date.
type Date struct{ day time.Time } // midnight, UTC

// NewDate returns the date that a clock shows.
func NewDate(t time.Time) Date {
	y, m, d := t.Date()
	return Date{time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
}

// Time returns midnight in UTC.
func (d Date) Time() time.Time { return d.day }

// dateOf checks that there is such a date.
func dateOf(y, m, d int64) (Date, error) {
	switch {
	case y < 1 || y > 9999:
		return Date{}, errYear
	case m < 1 || m > 12:
		return Date{}, errMonth
	case d < 1 || d > 31:
		return Date{}, errDay
	}
	t := time.Date(int(y), time.Month(m), int(d), 0, 0, 0, 0, time.UTC)
	if t.Day() != int(d) {
		return Date{}, errDay
	}
	return Date{t}, nil
}

// inRange refuses times that Python cannot write.
func inRange(t time.Time) error {
	if t.Year() < 1 || t.Year() > 9999 {
		return errors.New("the date is outside of the years 1 to 9999")
	}
	return nil
}

// ordinal counts days; 1 is the first of January of the year 1.
func ordinal(t time.Time) int64 {
	const unixOrdinal = 719163
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400 + unixOrdinal
}

func ofOrdinal(n int64) (Date, error) {
	if n < 1 || n > 3652059 {
		return Date{}, errors.New("the ordinal is outside of 1 to 3652059")
	}
	return Date{time.Date(1, 1, int(n), 0, 0, 0, 0, time.UTC)}, nil
}

func makeDate(c *jinja.Call) (any, error) {
	b, err := c.Bind("year", "month", "day")
	if err != nil {
		return nil, err
	}
	n, err := ints(b, 0, 0, 0)
	if err != nil {
		return nil, err
	}
	return dateOf(n[0], n[1], n[2])
}

func dateClass(clock func() time.Time) *class {
	first, last := Date{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)}, Date{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}
	return newClass("datetime.date", makeDate, map[string]any{
		"min": first, "max": last, "resolution": NewDelta(1, 0),
		"today": jinja.NewFunc("today", func(c *jinja.Call) (any, error) {
			_, err := c.Bind()
			return NewDate(clock()), err
		}),
		"fromisoformat":   jinja.NewFunc("fromisoformat", func(c *jinja.Call) (any, error) { return fromText(c, parseISODate) }),
		"fromordinal":     jinja.NewFunc("fromordinal", dateFromOrdinal),
		"fromisocalendar": jinja.NewFunc("fromisocalendar", dateFromCalendar),
		"fromtimestamp": jinja.NewFunc("fromtimestamp", func(c *jinja.Call) (any, error) {
			t, _, err := fromTimestamp(c, clock, false)
			return NewDate(t), err
		}),
	})
}

// fromText reads the only argument, a text.
func fromText[T any](c *jinja.Call, parse func(string) (T, error)) (any, error) {
	b, err := c.Bind("_text")
	if err != nil {
		return nil, err
	}
	s, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	return parse(s)
}

func dateFromOrdinal(c *jinja.Call) (any, error) {
	b, err := c.Bind("_ordinal")
	if err != nil {
		return nil, err
	}
	n, err := b.Int(0, 0)
	if err != nil {
		return nil, err
	}
	return ofOrdinal(n)
}

// Attr returns a part or a method.
func (d Date) Attr(name string) (any, bool) {
	switch name {
	case "year":
		return d.day.Year(), true
	case "month":
		return int(d.day.Month()), true
	case "day":
		return d.day.Day(), true
	}
	return bound(d, name, dateMethods())
}

var dateMethods = sync.OnceValue(func() map[string]method[Date] {
	methods := map[string]method[Date]{
		"isoformat": plain(func(d Date) any { return d.Str() }),
		"replace":   replaceDate,
	}
	for name, f := range calendarMethods() {
		methods[name] = func(d Date, c *jinja.Call) (any, error) { return f(d.day, c) }
	}
	methods["strftime"] = func(d Date, c *jinja.Call) (any, error) { return strftimeCall(DateTime{wall: d.day}, c) }
	return methods
})

func replaceDate(d Date, c *jinja.Call) (any, error) {
	b, err := c.Bind("year?", "month?", "day?")
	if err != nil {
		return nil, err
	}
	n, err := ints(b, int64(d.day.Year()), int64(d.day.Month()), int64(d.day.Day()))
	if err != nil {
		return nil, err
	}
	return dateOf(n[0], n[1], n[2])
}

// Str prints as in 2024-02-29.
func (d Date) Str() string { return isoDate(d.day) }

func isoDate(t time.Time) string {
	return fmt.Sprintf("%04d-%02d-%02d", t.Year(), t.Month(), t.Day())
}

// Repr prints as the call that makes it.
func (d Date) Repr() string {
	return fmt.Sprintf("datetime.date(%d, %d, %d)", d.day.Year(), d.day.Month(), d.day.Day())
}

// Format is strftime.
func (d Date) Format(spec string) (string, error) { return strftime(DateTime{wall: d.day}, spec), nil }

// TypeName is Python's.
func (d Date) TypeName() string { return "datetime.date" }

// Hash makes it a key.
func (d Date) Hash() (any, bool) { return d, true }

// Equal compares with another date.
func (d Date) Equal(other any) bool {
	o, ok := other.(Date)
	return ok && o.day.Equal(d.day)
}

// Compare orders dates.
func (d Date) Compare(other any) (int, bool, error) {
	o, ok := other.(Date)
	return d.day.Compare(o.day), ok, nil
}

// Operate adds and takes away days, or counts them.
func (d Date) Operate(op string, other any, reversed bool) (any, bool, error) {
	switch o := other.(type) {
	case Date:
		if op != "-" || reversed {
			return nil, false, nil
		}
		return NewDelta(ordinal(d.day)-ordinal(o.day), 0), true, nil
	case Delta:
		days := o.days
		switch {
		case op == "-" && !reversed:
			days = -days
		case op != "+":
			return nil, false, nil
		}
		v, err := ofOrdinal(ordinal(d.day) + days)
		return v, true, err
	}
	return nil, false, nil
}
