// Package accesslog is for reading the access logs of web servers, in the
// combined and the common format of Apache and nginx.
//
// It promises that no line is lost and none is guessed at: what has one of the
// two formats becomes a row, every other line a reject that says where it
// departs from them. It leaves to others where rows go and what a repeated load
// means.
//
// A line is
//
//	host ident user [17/May/2015:10:05:03 +0000] "request" status bytes
//
// in the common format; the combined one goes on with "referrer" and
// "user agent". Which one it is is found out line by line. A dash means NULL.
// Inside quotes \" and \\ stand for a quote and a backslash; other escapes, such
// as \x16, stay as they are. Blank lines are no records.
//
// The request is split into method, path and protocol. A request that is none,
// as scanners and broken clients send, is kept whole in path, and method and
// protocol are NULL. A path may hold spaces. Columns are the same for every log
// and cannot be declared otherwise.
//
// Other formats are declared, as Apache's LogFormat or nginx's log_format: each
// directive or variable is a column.
package accesslog

import (
	"context"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

const (
	defaultMaxRecord = 1 << 20
	largestMaxRecord = 256 << 20
)

// Format reads access logs. The zero value is ready.
type Format struct{}

var _ connector.Format = Format{}

// Name returns "access_log".
func (Format) Name() string { return "access_log" }

// Options declares what may be set.
func (Format) Options() []connector.OptionSpec {
	return []connector.OptionSpec{
		formatOption,
		{Name: "encoding", Kind: connector.ChoiceOption, Choices: connector.Encodings, Default: "utf-8", Doc: "How characters are stored."},
		{Name: "compression", Kind: connector.ChoiceOption, Choices: connector.Compressions, Default: "found out from the first bytes", Doc: "How the file is compressed."},
		{Name: "max_record", Kind: connector.SizeOption, Default: "1MiB", Doc: "The longest line."},
	}
}

// columns are what every line is read as; the positions have names below.
var columns = []connector.Column{
	{Name: "remote_host"}, {Name: "ident"}, {Name: "remote_user"},
	{Name: "time", Type: connector.Type{Kind: connector.TimestampTZ}},
	{Name: "method"}, {Name: "path"}, {Name: "protocol"},
	{Name: "status", Type: connector.Type{Kind: connector.Int}},
	{Name: "bytes", Type: connector.Type{Kind: connector.Long}},
	{Name: "referrer"}, {Name: "user_agent"},
}

const (
	remoteHost = iota
	identity
	remoteUser
	moment
	method
	path
	protocol
	status
	size
	referrer
	userAgent
)

// detail is what a layout of this package holds.
type detail struct {
	encoding    connector.Encoding
	compression connector.Compression
	maxRecord   int
	// position is where each of columns is in the layout.
	position []int
}

// Infer returns the columns of access logs; it does not look at the inputs.
func (f Format) Infer(ctx context.Context, inputs []connector.Input, req connector.Request) (*connector.Layout, error) {
	settings, err := connector.CheckOptions(f.Options(), req.Options)
	if err != nil {
		return nil, err
	}
	if format, ok := settings.Text(formatOption.Name); ok && format != "common" && format != "combined" {
		return custom.Infer(ctx, inputs, req)
	}
	d := &detail{encoding: connector.UTF8, maxRecord: int(min(settings.Number("max_record", defaultMaxRecord), largestMaxRecord))}
	if encoding, ok := settings.Text("encoding"); ok {
		d.encoding = connector.Encoding(encoding)
	}
	compression, _ := settings.Text("compression")
	d.compression = connector.Compression(compression)
	layout := connector.NewLayout(req, d)
	var problems diag.Problems
	for _, c := range columns {
		position := layout.Index(c.Name)
		if position < 0 {
			position = len(layout.Columns)
			layout.Columns = append(layout.Columns, connector.Column{Name: c.Name, Type: c.Type, Origin: connector.Declared})
		}
		if have := layout.Columns[position].Type; !have.Equal(c.Type) {
			problems.Errorf("column-type", diag.Place{}, "the table's column %q is %s, access logs have %s", c.Name, have, c.Type).
				Hint = "load access logs into a table of their own"
		}
		d.position = append(d.position, position)
	}
	connector.CheckFixed(columns, req.Declared, "access logs", &problems)
	return layout, problems.Err()
}
