package transform

import (
	"strings"
	"time"
)

// grain is the size of batches.
type grain string

// floor is the beginning of the batch that a time is in.
func (g grain) floor(t time.Time) time.Time {
	t = t.UTC()
	y, m, d := t.Date()
	switch g {
	case "hour":
		return time.Date(y, m, d, t.Hour(), 0, 0, 0, time.UTC)
	case "month":
		return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	case "year":
		return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
	default:
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
}

// move is the beginning of the batch n batches from that of t.
func (g grain) move(t time.Time, n int) time.Time {
	t = g.floor(t)
	switch g {
	case "hour":
		return t.Add(time.Duration(n) * time.Hour)
	case "month":
		return t.AddDate(0, n, 0)
	case "year":
		return t.AddDate(n, 0, 0)
	default:
		return t.AddDate(0, 0, n)
	}
}

// ceiling is the end of the batch that a time is in, or the time itself where it
// is the end of one.
func (g grain) ceiling(t time.Time) time.Time {
	if f := g.floor(t); !f.Equal(t) {
		return g.move(f, 1)
	}
	return t
}

// id names the batch that begins at a time, as dbt does.
func (g grain) id(start time.Time) string { return strings.ReplaceAll(g.label(start), "-", "") }

// label is the beginning of a batch for people.
func (g grain) label(start time.Time) string {
	layout := map[grain]string{"hour": "2006-01-02T15", "month": "2006-01", "year": "2006"}[g]
	if layout == "" {
		layout = time.DateOnly
	}
	return start.UTC().Format(layout)
}

// Ago is the beginning of the hour, day, month or year so many before that of a
// time.
func Ago(t time.Time, n int, of string) time.Time { return grain(of).move(t, -n) }

// Grains are the sizes of batches.
var Grains = []string{"hour", "day", "month", "year"}
