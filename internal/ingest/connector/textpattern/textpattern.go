// Package textpattern is for reading text of any kind, line by line, by a
// pattern that a person gives: what it names become columns.
//
// It promises that a line either matches the pattern from its start to its end,
// and is a row, or is a reject that says where it departs. Patterns are
// [dissect], which cuts a line at fixed texts and is fast; grok, regular
// expressions put together from named ones; or a regular expression (RE2, which
// takes linear time for every line). It leaves types and everything about files
// to package record.
//
// The table of grok's names is our own, written from what they are documented to
// mean: github.com/elastic/go-grok has one too, but hands back maps of copies and
// cannot tell positions.
//
// [dissect]: https://www.elastic.co/guide/en/logstash/current/plugins-filters-dissect.html
package textpattern

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// matcher is a pattern, compiled. It is used by several goroutines.
type matcher interface {
	// names are those of the values.
	names() []string
	// match sets the values of a line; nil is none. Where the line departs it
	// returns where and from what.
	match(line []byte, values [][]byte) *departure
}

// departure is where a line departs from a pattern.
type departure struct {
	at   int
	what string
}

// prepared is what the options make.
type prepared struct {
	matcher
	columns []connector.Column
}

// New returns the format "pattern".
func New() connector.Format {
	return record.New(record.Spec{
		Name: "pattern",
		Options: []connector.OptionSpec{
			{Name: "dissect", Kind: connector.TextOption, Default: "none", Doc: "The pattern, such as %{host} %{} [%{time}] %{message}."},
			{Name: "grok", Kind: connector.TextOption, Default: "none", Doc: "The pattern, such as %{IP:client} %{NUMBER:bytes:long} %{GREEDYDATA:message}."},
			{Name: "regex", Kind: connector.TextOption, Default: "none", Doc: "The pattern, such as (?<host>\\S+) (?<message>.*), in RE2."},
			{Name: "grok_patterns", Kind: connector.ListOption, Default: "none besides those that are known", Doc: "More names for grok, each as NAME expression."},
		},
		Dates:     true,
		MaxRecord: 1 << 20,
		Prepare:   prepare,
		Columns: func(p any) []connector.Column {
			return p.(*prepared).columns
		},
		Open: func(src record.Source) (record.Parser, error) {
			p, ok := src.Prepared.(*prepared)
			if !ok {
				return nil, fmt.Errorf("read %s: no pattern", src.Input)
			}
			return record.NewLines(src, p.lines(src)), nil
		},
	})
}

// prepare compiles the pattern.
func prepare(set connector.Settings, given map[string]connector.Option) (any, error) {
	var p *prepared
	for _, name := range []string{"dissect", "grok", "regex"} {
		text, ok := set.Text(name)
		if !ok {
			continue
		}
		if p != nil {
			return nil, diag.New("bad-option", given[name].Place, "a format pattern has one of dissect, grok and regex, not two")
		}
		p = &prepared{}
		var err error
		switch name {
		case "dissect":
			p.matcher, err = newDissect(text)
		case "grok":
			p.matcher, p.columns, err = newGrok(text, set)
		default:
			p.matcher, err = newRegex(text)
		}
		if err != nil {
			return nil, diag.New("bad-option", given[name].Place, "option %q: %v", name, err)
		}
		if len(p.names()) == 0 {
			return nil, diag.New("bad-option", given[name].Place, "option %q: the pattern names nothing, so there would be no columns", name)
		}
	}
	if p == nil {
		return nil, diag.New("no-pattern", diag.Place{}, "a format pattern needs one of the options dissect, grok and regex").
			WithHint("such as dissect: \"%%{host} %%{} [%%{time}] %%{message}\"")
	}
	return p, nil
}

// lines returns what makes records of lines.
func (p *prepared) lines(src record.Source) record.LineFunc {
	names := p.names()
	ids, values := make([]int32, len(names)), make([][]byte, len(names))
	for i, name := range names {
		ids[i] = src.Names.ID([]byte(name))
	}
	return func(rec *record.Record, text []byte, lo, hi int) {
		if !connector.IsText(text, lo, hi) {
			rec.Violations = connector.TextViolations(text[lo:hi], src.Encoding)
		}
		if d := p.match(text[lo:hi], values); d != nil {
			rec.Reject(connector.RuleFormat, fmt.Sprintf("%s at column %d", d.what, d.at+1))
			return
		}
		for i, value := range values {
			kind := record.Guess
			if value == nil {
				kind = record.Null
			}
			rec.Add(ids[i], kind, value)
		}
	}
}
