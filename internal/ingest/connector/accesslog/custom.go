package accesslog

import (
	"bytes"
	"context"
	"strconv"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

var formatOption = connector.OptionSpec{
	Name: "log_format", Kind: connector.TextOption, Default: "common or combined, found out line by line",
	Doc: "The format as Apache's LogFormat or nginx's log_format has it, or one of common, combined, combinedio, vhost_common and vhost_combined.",
}

// custom reads logs of other formats than the common and the combined one.
var custom = textlog.New(textlog.Spec{
	Name: "access_log",
	What: "access logs of this format",
	Own:  []connector.OptionSpec{formatOption},
	Plan: func(_ context.Context, s *textlog.Source) (*textlog.Plan, error) {
		text, _ := s.Settings.Text(formatOption.Name)
		format, err := parseLogFormat(text)
		if err != nil {
			return nil, diag.New("bad-option", s.Given[formatOption.Name].Place, "option \"log_format\": %v", err)
		}
		return &textlog.Plan{
			Columns: format.columns,
			Parser:  func(connector.Input) textlog.Parser { return &customParser{format: format} },
		}, nil
	},
})

// customParser reads the lines of one log.
type customParser struct {
	format  *logFormat
	scanner scanner
	plain   []byte
}

// Begins is never asked: lines are not joined.
func (*customParser) Begins([]byte) bool { return true }

// Parse reads one line.
func (p *customParser) Parse(rec *textlog.Record, row *textlog.Row) *textlog.Departure {
	line, at := rec.Text, 0
	for i := range p.format.fields {
		f := &p.format.fields[i]
		if !bytes.HasPrefix(line[at:], []byte(f.before)) {
			return &textlog.Departure{At: at, What: "no " + strconv.Quote(f.before) + " before " + f.name}
		}
		at += len(f.before)
		end := p.end(line, at, i)
		if end < 0 {
			return &textlog.Departure{At: at, What: "nothing that ends " + f.name}
		}
		value := part{lo: at, hi: end, escaped: f.quoted && bytes.IndexByte(line[at:end], '\\') >= 0}
		if !p.set(line, value, f, row) {
			return &textlog.Departure{At: at, What: "no " + f.name}
		}
		at = end
	}
	if string(line[at:]) != p.format.end {
		return &textlog.Departure{At: at, What: "more text, or less, behind the last field"}
	}
	return nil
}

// end returns where the value of field i ends that starts at a place; -1 where
// what ends it is not there.
func (p *customParser) end(line []byte, at, i int) int {
	behind := p.format.end
	if i+1 < len(p.format.fields) {
		behind = p.format.fields[i+1].before
	}
	if behind == "" {
		return len(line)
	}
	for from := at; ; {
		n := bytes.Index(line[from:], []byte(behind))
		if n < 0 {
			return -1
		}
		end := from + n
		slashes := 0
		for p.format.fields[i].quoted && end-slashes > at && line[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end
		}
		from = end + 1
	}
}

// set sets the columns of a field. A dash is NULL.
func (p *customParser) set(line []byte, value part, f *field, row *textlog.Row) bool {
	if isDash(line, value) {
		return true
	}
	text := line[value.lo:value.hi]
	switch f.kind {
	case textField:
		p.text(row, f.column, line, value)
	case requestField:
		r := split(line, value)
		p.text(row, f.column, line, r.method)
		p.text(row, f.column+1, line, r.path)
		p.text(row, f.column+2, line, r.protocol)
	case intField:
		n, ok := textvalue.ParseInt(text)
		row.Int(f.column, n)
		return ok
	case longField:
		n, ok := textvalue.ParseLong(text)
		row.Long(f.column, n)
		return ok
	case doubleField:
		n, ok := textvalue.ParseDouble(text)
		row.Double(f.column, n)
		return ok
	default:
		micros, ok := p.moment(text, f)
		row.Long(f.column, micros)
		return ok
	}
	return true
}

func (p *customParser) text(row *textlog.Row, column int, line []byte, value part) {
	switch {
	case value.absent():
	case value.escaped:
		p.plain = unescape(p.plain[:0], line[value.lo:value.hi])
		row.Text(column, p.plain)
	default:
		row.Text(column, line[value.lo:value.hi])
	}
}

// moment reads a time.
func (p *customParser) moment(text []byte, f *field) (micros int64, ok bool) {
	switch f.kind {
	case clfField:
		return micros, len(text) == clfSize && p.scanner.clf(text, &micros)
	case isoField:
		micros, zoned, n := textlog.ISOTime(text)
		return micros, zoned && n == len(text)
	case strftimeField:
		formats := textvalue.Formats{Timestamp: f.time}
		return formats.KindlyTimestampTZ(text)
	}
	seconds, err := strconv.ParseFloat(string(text), 64)
	unit := map[fieldKind]float64{secondsField: 1e6, millisField: 1e3, microsField: 1}[f.kind]
	const latest = 1 << 53
	if err != nil || !(seconds*unit > -latest && seconds*unit < latest) {
		return 0, false
	}
	return int64(seconds*unit + 0.5), true
}
