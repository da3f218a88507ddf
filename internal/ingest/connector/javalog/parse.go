package javalog

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

// parser reads the records of one log.
type parser struct {
	layout *layout
	match  *match
	clock  *textlog.LocalClock
	// before and behind are the columns of the layout's elements; -1 is none.
	before, behind []int
	// midnight is when the day of times of day began, last the time before.
	midnight, last int64
	plain          []byte
}

func newParser(l *layout, columns []connector.Column, clock *textlog.LocalClock, day int32) *parser {
	if l == nil { // of an input that the plan was not made for
		l = known()[0]
	}
	p := &parser{layout: l, match: l.newMatch(), clock: clock, midnight: int64(day) * microsPerDay}
	index := func(elements []element) (at []int) {
		for _, e := range elements {
			at = append(at, slices.IndexFunc(columns, func(c connector.Column) bool { return c.Name == e.column }))
		}
		return at
	}
	p.before, p.behind = index(l.before), index(l.behind)
	return p
}

// Begins reports whether a line has the layout's anchor.
func (p *parser) Begins(line []byte) bool {
	_, d := p.layout.head(line, p.layout.anchor, p.match)
	return d == nil
}

// Parse reads one record.
func (p *parser) Parse(rec *textlog.Record, row *textlog.Row) *textlog.Departure {
	text := p.withoutReturns(rec)
	p.match.dated = false
	at, d := p.layout.head(text, len(p.layout.before), p.match)
	if d != nil {
		return &textlog.Departure{At: d.at, What: d.what}
	}
	msg, stack := splitStack(text[at:])
	end, d := p.layout.tail(msg, p.match)
	if d != nil {
		return &textlog.Departure{At: at + d.at, What: d.what}
	}
	if p.match.dated {
		row.Long(moment, p.moment())
	}
	setParts(row, text, p.layout.before, p.match.before, p.before)
	setParts(row, msg, p.layout.behind, p.match.behind, p.behind)
	row.Text(message, msg[:end])
	row.Int(lineCount, int32(rec.Lines))
	if len(stack) > 0 {
		row.Text(stackTrace, stack)
		if class, text, ok := exception(stack); ok {
			row.Text(exceptionClass, class)
			if text != nil && string(text) != "null" { // as Logback writes that there is none
				row.Text(exceptionMessage, text)
			}
		}
	}
	return nil
}

// withoutReturns returns the record's text with \n alone for line ends.
func (p *parser) withoutReturns(rec *textlog.Record) []byte {
	if rec.Lines == 1 || bytes.IndexByte(rec.Text, '\r') < 0 {
		return rec.Text
	}
	p.plain = p.plain[:0]
	for i, c := range rec.Text {
		if c != '\r' || i+1 == len(rec.Text) || rec.Text[i+1] != '\n' {
			p.plain = append(p.plain, c)
		}
	}
	return p.plain
}

// moment is the time that was matched, in UTC.
func (p *parser) moment() int64 {
	micros := p.match.micros
	if p.layout.clockOnly() {
		if micros < p.last-microsPerDay/2 {
			p.midnight += microsPerDay
		}
		p.last = micros
		micros += p.midnight
	}
	if p.match.zoned {
		return micros
	}
	return p.clock.UTC(micros)
}

// setParts sets the columns of elements that have one.
func setParts(row *textlog.Row, text []byte, elements []element, parts []part, columns []int) {
	for i, e := range elements {
		if columns[i] < 0 {
			continue
		}
		value := bytes.TrimSpace(text[parts[i].lo:parts[i].hi])
		if e.kind == number {
			if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
				row.Long(columns[i], n)
			}
		} else if len(value) > 0 {
			row.Text(columns[i], value)
		}
	}
}
