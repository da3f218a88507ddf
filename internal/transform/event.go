package transform

import (
	"fmt"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
)

// Batch is a range of event time, its end excluded; a zero time is open.
type Batch struct {
	Start, End time.Time
}

// common is what two ranges have in common; nil is all of time. Ranges that are
// apart have a range in common that nothing lies in.
func common(a, b *Batch) *Batch {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	both := *a
	if b.Start.After(both.Start) {
		both.Start = b.Start
	}
	if both.End.IsZero() || !b.End.IsZero() && b.End.Before(both.End) {
		both.End = b.End
	}
	return &both
}

// filter is the condition for the rows of a resource that a text of another one
// reads, by when they happened; "" is all. As in dbt only models and snapshots
// read parts, and only of what says when its rows happened.
func (t *Transformer) filter(of, by *project.Resource, env Env) string {
	eventTime := settingsOf(of).text("event_time")
	if eventTime == "" || by.Kind != project.KindModel && by.Kind != project.KindSnapshot {
		return ""
	}
	window := common(env.Batch, t.Sample)
	if window == nil {
		return ""
	}
	for _, c := range of.Columns {
		if c.Name == eventTime && c.Quote != nil && *c.Quote {
			eventTime = ident.Quote(eventTime)
			break
		}
	}
	return within(eventTime, *window)
}

// timeLayouts are the spellings of times in settings and flags.
var timeLayouts = []string{
	time.DateOnly, time.DateTime, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
	time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15",
}

// ParseTime reads a time as people write it in settings and flags; without a
// zone it is UTC.
func ParseTime(v any) (time.Time, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC(), nil
	case string:
		for _, layout := range timeLayouts {
			if t, err := time.ParseInLocation(layout, v, time.UTC); err == nil {
				return t.UTC(), nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("%v is not a time", v)
}

// literal is a time as dbt writes it into SQL.
func literal(t time.Time) string { return "'" + t.UTC().Format("2006-01-02 15:04:05-07:00") + "'" }

// within is the condition that an event lies in a range.
func within(eventTime string, b Batch) string {
	switch {
	case b.Start.IsZero():
		return eventTime + " < " + literal(b.End)
	case b.End.IsZero():
		return eventTime + " >= " + literal(b.Start)
	default:
		return eventTime + " >= " + literal(b.Start) + " and " + eventTime + " < " + literal(b.End)
	}
}
