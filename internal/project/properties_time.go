package project

import (
	"time"

	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// moments are the ways in which a point in time is written; without a zone it is
// UTC.
var moments = []string{time.DateOnly, time.DateTime, "2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04:05Z07:00"}

// moment reads a date or a time, and returns it as dbt shows it; "" is none.
func (f *file) moment(m *yamldoc.Map, key string) string {
	text := f.text(m, key)
	if text == "" {
		return ""
	}
	for _, layout := range moments {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format("2006-01-02T15:04:05.999999-07:00")
		}
	}
	f.problems.Errorf("bad-value", m.Place(key), "`%s` is no point in time: %s", key, text).WithHint("write 2026-01-31, or 2026-01-31T12:00:00+01:00")
	return ""
}
