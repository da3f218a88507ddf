// Package syslog is for reading syslog messages: those of RFC 5424, with
// structured data, those of RFC 3164 (BSD), and the lines that syslog daemons
// write to files, which have no priority.
//
// It promises that each line's form is found out by itself, that a message of
// any of them becomes a row, and that every other line is a reject that says
// where it departs. It leaves finding lines and framed messages to package
// textlog.
//
//	<34>1 2003-10-11T22:14:15.003Z host app 42 ID47 [a@1 k="v"] message
//	<34>Oct 11 22:14:15 host app[42]: message
//	Oct 11 22:14:15 host app[42]: message
//	2003-10-11T22:14:15.003+02:00 host app[42]: message
//
// Messages are one a line, or framed by a count of octets (RFC 6587), and may
// then hold line ends. A dash of RFC 5424 means NULL.
//
// # Times without a year
//
// RFC 3164 writes neither year nor zone. The year is the option `year`, else the
// one that puts the time last before the file was last written, a day's
// grace given: a file of December and January is read right. The zone is the
// option `time_zone`.
package syslog

import (
	"context"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

// columns are what every message is read as; the positions have names below.
var columns = []connector.Column{
	{Name: "time", Type: connector.Type{Kind: connector.TimestampTZ}},
	{Name: "priority", Type: connector.Type{Kind: connector.Int}},
	{Name: "facility"}, {Name: "severity"}, {Name: "host"}, {Name: "app"}, {Name: "process_id"}, {Name: "message_id"},
	{Name: "structured_data", Type: connector.ListOf(connector.StructOf(
		connector.Field{Name: "element"}, connector.Field{Name: "name"}, connector.Field{Name: "value"},
	))},
	{Name: "message"},
}

const (
	moment = iota
	priority
	facility
	severity
	host
	app
	processID
	messageID
	structuredData
	message
)

var facilities = [...]string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
	"ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

var severities = [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// New returns the format "syslog".
func New() connector.Format {
	return textlog.New(textlog.Spec{
		Name: "syslog",
		What: "syslog messages",
		Own: []connector.OptionSpec{
			{Name: "year", Kind: connector.CountOption, Default: "found out from when the file was last written", Doc: "The year of times that are written without one."},
			textlog.ZoneOption(),
		},
		Counts:  true,
		Message: "message",
		Plan:    plan,
	})
}

func plan(_ context.Context, s *textlog.Source) (*textlog.Plan, error) {
	zone, err := s.Zone()
	if err != nil {
		return nil, err
	}
	year := int(s.Settings.Number("year", 0))
	if option, ok := s.Given["year"]; ok && (year < 1 || year > 9999) {
		return nil, diag.New("bad-option", option.Place, "option \"year\": %v is not a year", option.Value)
	}
	now := time.Now()
	return &textlog.Plan{
		Columns: columns,
		Parser: func(in connector.Input) textlog.Parser {
			last := in.Modified
			if last.IsZero() {
				last = now
			}
			return &parser{clock: clock{local: textlog.NewLocalClock(zone), year: year, last: last.UnixMicro()}}
		},
	}, nil
}
