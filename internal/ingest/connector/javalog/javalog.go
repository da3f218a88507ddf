// Package javalog is for reading the logs of Java programs, as Log4j, Logback
// and java.util.logging write them: a time, a level, a thread, a logger and a
// message, and below it what the message has more, such as a stack trace.
//
// It promises that every physical line is part of a record: a line that does
// not begin as records do belongs to the record before it, and the column lines
// says how many a record has. A line that begins as records do but departs from
// the layout behind that, and lines before the first record, are rejects. It
// leaves finding lines and joining them to package textlog.
//
// # Layouts
//
// The layout is the option `pattern`, a PatternLayout of Log4j or Logback, or is
// found out for each file: of the layouts in layouts.go the one that the file's
// first lines have. Only that part of a pattern language is understood that
// leads back from text to values: converters need text between them.
//
// A record begins where a line has what the layout has up to its time, or up to
// its level where it has no time.
//
// # Stack traces
//
// What a record's lines hold below the message from the name of an exception on
// is its stack_trace; exception_class and exception_message are those of its
// first line.
//
// # Times
//
// Times without a zone are in `time_zone`. Layouts that write the time of day
// only need the day: the option `date`, or a date in the file's name. Where the
// clock goes back by more than twelve hours, the next day has begun.
package javalog

import (
	"context"
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

// columns are what every log has; layouts may have more.
var columns = []connector.Column{
	{Name: "time", Type: connector.Type{Kind: connector.TimestampTZ}},
	{Name: "level"}, {Name: "thread"}, {Name: "logger"}, {Name: "message"},
	{Name: "exception_class"}, {Name: "exception_message"}, {Name: "stack_trace"},
	{Name: "lines", Type: connector.Type{Kind: connector.Int}},
}

const (
	moment = iota
	level
	thread
	logger
	message
	exceptionClass
	exceptionMessage
	stackTrace
	lineCount
)

// New returns the format "java_log".
func New() connector.Format {
	return textlog.New(textlog.Spec{
		Name: "java_log",
		What: "Java logs",
		Own: []connector.OptionSpec{
			{Name: "pattern", Kind: connector.TextOption, Default: "found out from each file's first lines", Doc: "The PatternLayout of Log4j or Logback that wrote the log."},
			{Name: "date", Kind: connector.TextOption, Default: "found out from the file's name", Doc: "The day on which a log begins that has the time of day only, such as 2026-11-21."},
			textlog.ZoneOption(),
		},
		Joins:   true,
		Message: "message",
		Plan:    plan,
	})
}

// plan finds the layout of each input.
func plan(ctx context.Context, s *textlog.Source) (*textlog.Plan, error) {
	zone, err := s.Zone()
	if err != nil {
		return nil, err
	}
	var declared *layout
	if text, ok := s.Settings.Text("pattern"); ok {
		if declared, err = compile(text); err != nil {
			return nil, diag.New("bad-option", s.Given["pattern"].Place, "option \"pattern\": %v", err).
				WithHint("a converter needs text behind it that ends its value; see docs/formats/logs.md")
		}
	}
	layouts, days := map[string]*layout{}, map[string]int32{}
	result := &textlog.Plan{Columns: slices.Clone(columns)}
	for _, in := range s.Inputs {
		found := declared
		if found == nil {
			if found, err = find(ctx, s, in); err != nil {
				return nil, err
			}
		}
		if found.clockOnly() {
			if days[in.Name], err = dayOf(s, in); err != nil {
				return nil, err
			}
			result.Whole = true
		}
		layouts[in.Name] = found
		result.Columns = withExtras(result.Columns, found.extras)
	}
	if declared != nil {
		result.Columns = withExtras(result.Columns, declared.extras)
	}
	result.Parser = func(in connector.Input) textlog.Parser {
		return newParser(layouts[in.Name], result.Columns, textlog.NewLocalClock(zone), days[in.Name])
	}
	return result, nil
}

// withExtras adds the columns that are not there.
func withExtras(to, extras []connector.Column) []connector.Column {
	for _, c := range extras {
		if !slices.ContainsFunc(to, func(have connector.Column) bool { return have.Name == c.Name }) {
			to = append(to, c)
		}
	}
	return to
}
