package jsonfile

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

const (
	// mendLimit is how far behind the start of a broken record the next one is
	// looked for, and mendLines at how many lines.
	mendLimit = 1 << 20
	mendLines = 1000
)

const (
	cutOff   = "it was cut off"
	notEnded = "the record does not end before the next one starts"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// shown is what stands at pos, for messages.
func (d *document) shown() string {
	q := parser{text: d.text, hi: d.hi}
	return q.unexpected(d.pos, "")[len(" is expected, not "):]
}

// recover begins a record that is no record since something else stands at pos,
// and goes on behind it.
func (d *document) recover(rec *record.Record, at int, reason string) error {
	d.begin(rec)
	d.parser.rule, d.parser.reason = connector.RuleFormat, reason
	return d.mend(rec, at, at)
}

// odd rejects a comma or a bracket where a value should be.
func (d *document) odd(rec *record.Record) error {
	top := len(d.levels) - 1
	l := &d.levels[top]
	c := d.text[d.pos]
	closes := l.object && c == '}' || !l.object && c == ']'
	if !closes && c != ',' {
		return d.recover(rec, d.pos, "a value is expected, not "+d.shown())
	}
	d.begin(rec)
	rec.Raw = d.text[d.pos : d.pos+1]
	d.pos++
	if closes {
		rec.Reject(connector.RuleFormat, "a comma stands behind the last value of what starts in line "+itoa(l.line))
		d.leave()
		return nil
	}
	rec.Reject(connector.RuleFormat, "a value is missing in front of a comma")
	l.expects = another
	return nil
}

// mend rejects the record that starts at start and is not JSON at a byte
// behind it, and finds where to go on.
func (d *document) mend(rec *record.Record, start, at int) error {
	rule, reason, offset := d.parser.rule, d.parser.reason, at-start
	d.pos = start
	for {
		end, v := d.pairedEnd()
		if v == paired && (d.column < 0 || bytes.IndexByte(d.text[start:end], '\n') < 0) {
			return d.cut(rec, end, rule, reason, offset, false)
		}
		if next, ok := d.nextRecord(d.pos + max(0, bytes.LastIndexByte(d.text[d.pos:d.pos+offset], '\n'))); ok {
			return d.cut(rec, next, rule, reason, offset, true)
		}
		if v == paired {
			return d.cut(rec, end, rule, reason, offset, false)
		}
		if d.last || d.hi-d.pos > mendLimit {
			break
		}
		if err := d.more(); err != nil {
			return err
		}
		start = d.pos
	}
	return d.restOf(rec, rule, fmt.Sprintf("byte %d of the record: %s", offset+1, reason))
}

// pairedEnd follows the brackets from pos to where the level of the records
// is again.
func (d *document) pairedEnd() (end int, v verdict) {
	var b brackets
	for _, l := range d.levels[d.kept():] {
		b.push(l.object)
	}
	n, v := b.follow(d.text[d.pos:d.hi])
	if n == 0 {
		return d.pos, broken
	}
	end = d.pos + n
	switch {
	case v == unfinished && d.last && b.inScalar:
		return end, paired
	case v != paired:
		return end, v
	case len(d.levels) == 0 && b.inScalar:
		// Words are no records of their own: the line is one.
		i := bytes.IndexByte(d.text[end:d.hi], '\n')
		if i >= 0 {
			return end + i, paired
		}
		if d.last {
			return d.hi, paired
		}
		return d.hi, unfinished
	case len(d.levels) == 0:
		return end, paired
	}
	for p := end; p < d.hi; p++ {
		if c := d.text[p]; !isBlank(c) {
			if c != ',' && c != ']' && c != '}' {
				v = broken
			}
			return end, v
		}
	}
	return end, v
}

// kept is how many levels stay when a record is broken: all, if its elements
// are the records, else the array that is the file.
func (d *document) kept() int {
	if n := len(d.levels); n > 0 && d.levels[n-1].holds {
		return n
	}
	if len(d.levels) > 0 && d.isTop() {
		return 1
	}
	return 0
}

// cut rejects what is in front of end, and goes on there.
func (d *document) cut(rec *record.Record, end int, rule, reason string, offset int, atRecord bool) error {
	raw := bytes.TrimRight(d.text[d.pos:end], " \t\r\n,")
	if !atRecord {
		raw = d.text[d.pos:end]
	}
	d.parser.rule, d.parser.reason = rule, reason
	if rec.Raw = raw; len(raw) > d.max {
		rec.Raw = raw[:min(len(raw), connector.KeptOfLong)]
	}
	d.parser.reject(rec, raw, offset, d.encoding)
	d.levels = d.levels[:d.kept()]
	if top := len(d.levels) - 1; top >= 0 {
		d.levels[top].expects = aComma
		if atRecord {
			d.levels[top].expects = another
		}
	}
	d.pos = end
	return nil
}

// nextRecord looks, behind from, for a line that starts as the record at pos
// does, as far from the line's start. A comma must stand in front of it, or it
// must hold a whole record.
func (d *document) nextRecord(from int) (at int, ok bool) {
	first := d.text[d.pos]
	if first != '{' && first != '[' {
		first = '{'
	}
	budget := mendLimit
	for range mendLines {
		i := bytes.IndexByte(d.text[from:d.hi], '\n')
		if i < 0 || budget < 0 {
			return 0, false
		}
		line := from + i + 1
		p := line
		for p < d.hi && isBlank(d.text[p]) && d.text[p] != '\n' {
			p++
		}
		if p < d.hi && d.text[p] == first && (d.column < 0 || p-line == d.column) {
			if d.column >= 0 && d.kept() > 0 && d.behindComma(line) || d.isRecord(p, &budget) {
				return p, true
			}
		}
		from = line
	}
	return 0, false
}

// behindComma reports whether the last character in front of p that is no blank
// is a comma.
func (d *document) behindComma(p int) bool {
	for p--; p >= d.pos && isBlank(d.text[p]); {
		p--
	}
	return p >= d.pos && d.text[p] == ','
}

// isRecord reports whether a whole record is at p, with something behind it
// that may be there. What it looks at is taken from the budget.
func (d *document) isRecord(p int, budget *int) bool {
	var rec record.Record
	q := newParser(record.NewNames(), nil)
	end := q.parse(&rec, d.text, p, d.hi, d.last)
	*budget -= end - p
	if q.state != done {
		return false
	}
	for ; end < d.hi; end++ {
		if c := d.text[end]; !isBlank(c) {
			return d.kept() == 0 || c == ',' || c == ']'
		}
	}
	return true
}

// columnOf is how far p is from its line's start, if only blanks are between
// and the line's start is in view; else -1.
func (d *document) columnOf(p int) int {
	for i := p - 1; i >= 0; i-- {
		switch c := d.text[i]; {
		case c == '\n':
			return p - 1 - i
		case !isBlank(c):
			return -1
		}
	}
	return -1
}

// mendCut deals with a record that the file ends in: perhaps only a bracket is
// missing, and other records follow.
func (d *document) mendCut(rec *record.Record) error {
	reason := "the file ends inside the record: " + cutOff
	if next, ok := d.nextRecord(d.pos); ok {
		return d.cut(rec, next, connector.RuleFormat, notEnded, next-d.pos-1, true)
	}
	return d.restOf(rec, connector.RuleFormat, reason)
}

// rest begins a record that is the rest of the file.
func (d *document) rest(rec *record.Record, reason string) error {
	d.begin(rec)
	return d.restOf(rec, connector.RuleFormat, reason)
}

// restOf rejects all that follows as one record.
func (d *document) restOf(rec *record.Record, rule, reason string) error {
	size, kept, err := d.pass(nil)
	if err != nil {
		return err
	}
	d.levels = d.levels[:0]
	rec.Raw = kept
	rec.Violations = connector.TextViolations(kept, d.encoding)
	if size > len(kept) {
		reason += fmt.Sprintf("; no record was found behind it, so this reject stands for the rest of the file, %d bytes of which the first %d are kept", size, len(kept))
	}
	rec.Reject(rule, reason)
	return nil
}
