package accesslog

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// namedFormats are those that Apache and nginx have by name. The columns of the
// first two are the format's without log_format, which is faster.
var namedFormats = map[string]string{
	"common":         `%h %l %u %t "%r" %>s %b`,
	"combined":       `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`,
	"combinedio":     `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O`,
	"vhost_common":   `%v %h %l %u %t "%r" %>s %b`,
	"vhost_combined": `%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"`,
}

// field is a place of a log format.
type field struct {
	// before is the text in front of it, end the first byte behind it, 0 at the
	// end of the line.
	before string
	// quoted says that it stands between quotes, in which it may be escaped.
	quoted bool
	kind   fieldKind
	// column is the first of its columns; a request has three.
	column int
	name   string
	time   *textvalue.Format
}

type fieldKind uint8

const (
	textField fieldKind = iota
	intField
	longField
	doubleField
	requestField
	// clfField is a time such as 17/May/2015:10:05:03 +0000.
	clfField
	isoField
	// unix fields are seconds, milliseconds or microseconds since 1970.
	secondsField
	millisField
	microsField
	strftimeField
)

// logFormat is a log format, understood.
type logFormat struct {
	fields  []field
	end     string
	columns []connector.Column
}

// parseLogFormat understands Apache's LogFormat and nginx's log_format.
func parseLogFormat(format string) (*logFormat, error) {
	if named, ok := namedFormats[format]; ok {
		format = named
	}
	format = strings.ReplaceAll(format, `\"`, `"`)
	f := &logFormat{}
	for format != "" {
		var d directive
		var size int
		var err error
		switch format[0] {
		case '%':
			d, size, err = apacheDirective(format)
		case '$':
			d, size = nginxVariable(format)
		}
		if err != nil {
			return nil, err
		}
		switch {
		case size > 0 && d.name != "":
			if err := f.add(d); err != nil {
				return nil, err
			}
		case size > 0: // %%
			f.end += "%"
		default:
			size = 1
			f.end += format[:1]
		}
		format = format[size:]
	}
	if len(f.fields) == 0 {
		return nil, errors.New("it has no directive such as %h, nor a variable such as $remote_addr")
	}
	f.markQuotes()
	return f, nil
}

// add adds a field and its columns.
func (f *logFormat) add(d directive) error {
	if len(f.fields) > 0 && f.end+d.opens == "" {
		return fmt.Errorf("no text between %s and %s, so it is not to be seen where one ends", f.fields[len(f.fields)-1].name, d.name)
	}
	place := field{before: f.end + d.opens, kind: d.kind, name: d.name, column: len(f.columns), time: d.time}
	f.end = d.closes
	f.fields = append(f.fields, place)
	if d.kind == requestField {
		for _, name := range []string{"method", "path", "protocol"} {
			f.addColumn(name, connector.String)
		}
		return nil
	}
	f.addColumn(d.name, d.kind.column())
	return nil
}

// addColumn adds a column; one of a name that is taken gets a number.
func (f *logFormat) addColumn(name string, kind connector.Kind) {
	free := name
	for n := 2; f.has(free); n++ {
		free = fmt.Sprintf("%s_%d", name, n)
	}
	f.columns = append(f.columns, connector.Column{Name: free, Type: connector.Type{Kind: kind}})
}

func (f *logFormat) has(name string) bool {
	for _, c := range f.columns {
		if c.Name == name {
			return true
		}
	}
	return false
}

// markQuotes finds the fields between quotes.
func (f *logFormat) markQuotes() {
	for i := range f.fields {
		behind := f.end
		if i+1 < len(f.fields) {
			behind = f.fields[i+1].before
		}
		f.fields[i].quoted = strings.HasSuffix(f.fields[i].before, `"`) && strings.HasPrefix(behind, `"`)
	}
}

// column is the kind of the column that a field becomes.
func (k fieldKind) column() connector.Kind {
	switch k {
	case intField:
		return connector.Int
	case longField:
		return connector.Long
	case doubleField:
		return connector.Double
	case clfField, isoField, secondsField, millisField, microsField, strftimeField:
		return connector.TimestampTZ
	default:
		return connector.String
	}
}
