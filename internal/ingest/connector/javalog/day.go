package javalog

import (
	"path"
	"regexp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

var dateInName = regexp.MustCompile(`(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})`)

// dayOf returns the day on which a log begins that has the time of day only.
func dayOf(s *textlog.Source, in connector.Input) (int32, error) {
	if given, ok := s.Settings.Text("date"); ok {
		if days, ok := isoDay(given); ok {
			return days, nil
		}
		return 0, diag.New("bad-option", s.Given["date"].Place, "option \"date\": %q is not a date such as 2026-11-21", given)
	}
	if m := dateInName.FindStringSubmatch(path.Base(in.Name)); m != nil {
		if days, ok := isoDay(m[1] + "-" + m[2] + "-" + m[3]); ok {
			return days, nil
		}
	}
	return 0, diag.New("log-date", diag.Place{File: in.Name}, "the log has the time of day only, and there is no date in its name").
		WithHint("declare the day on which it begins, such as date: 2026-11-21")
}

func isoDay(text string) (int32, bool) {
	if len(text) != len("2026-11-21") {
		return 0, false
	}
	return connector.ISODate([]byte(text))
}
