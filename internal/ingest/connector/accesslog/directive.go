package accesslog

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// directive is what stands for a value in a log format.
type directive struct {
	name string
	kind fieldKind
	// opens and closes are written around the value.
	opens, closes string
	time          *textvalue.Format
}

// apacheDirectives are those without an argument, by letter.
var apacheDirectives = map[byte]directive{
	'a': {name: "client_address"}, 'A': {name: "server_address"}, 'B': {name: "bytes", kind: longField}, 'b': {name: "bytes", kind: longField},
	'D': {name: "duration_us", kind: longField}, 'f': {name: "file"}, 'h': {name: "remote_host"}, 'H': {name: "protocol"},
	'I': {name: "bytes_received", kind: longField}, 'k': {name: "keepalive_requests", kind: longField}, 'l': {name: "ident"}, 'L': {name: "log_id"},
	'm': {name: "method"}, 'O': {name: "bytes_sent", kind: longField}, 'p': {name: "port", kind: intField}, 'P': {name: "process_id", kind: longField},
	'q': {name: "query"}, 'r': {name: "request", kind: requestField}, 'R': {name: "handler"}, 's': {name: "status", kind: intField},
	'S': {name: "bytes_transferred", kind: longField}, 't': {name: "time", kind: clfField, opens: "[", closes: "]"},
	'T': {name: "duration_s", kind: longField}, 'u': {name: "remote_user"}, 'U': {name: "path"}, 'v': {name: "virtual_host"}, 'V': {name: "server_name"},
	'X': {name: "connection_status"},
}

// apacheArguments are those with an argument, by letter: what their columns'
// names start with.
var apacheArguments = map[byte]string{'i': "header_", 'o': "response_", 'C': "cookie_", 'e': "env_", 'n': "note_", 'x': "variable_", '^': "trailer_"}

// apacheDirective reads the directive that format starts with: a percent sign,
// statuses and < or >, an argument in braces, a letter. No name is %%.
func apacheDirective(format string) (d directive, size int, err error) {
	at := 1
	for at < len(format) && strings.IndexByte("!<>,0123456789", format[at]) >= 0 {
		at++
	}
	argument, given := "", false
	if at < len(format) && format[at] == '{' {
		end := strings.IndexByte(format[at:], '}')
		if end < 0 {
			return d, 0, fmt.Errorf("%q is never closed", format)
		}
		argument, given = format[at+1:at+end], true
		at += end + 1
	}
	if at >= len(format) {
		return d, 0, fmt.Errorf("%q is no directive", format)
	}
	letter := format[at]
	at++
	if letter == '^' { // trailers: %{name}^ti and %{name}^to
		at = min(at+2, len(format))
	}
	if letter == '%' {
		return d, at, nil
	}
	if prefix, ok := apacheArguments[letter]; ok && given {
		return directive{name: headerName(prefix, argument)}, at, nil
	}
	d, ok := apacheDirectives[letter]
	if !ok {
		return d, 0, fmt.Errorf("%q is no directive of Apache that is known here", format[:at])
	}
	if given {
		d, err = d.with(letter, argument)
	}
	return d, at, err
}

// with is a directive with an argument.
func (d directive) with(letter byte, argument string) (directive, error) {
	switch {
	case letter == 't':
		return timeDirective(argument)
	case letter == 'T' && (argument == "ms" || argument == "us"):
		d.name = "duration_" + argument
	case letter == 'p' && argument == "remote":
		d.name = "remote_port"
	case letter == 'P' && strings.HasSuffix(argument, "tid"):
		d.name, d.kind = "thread_id", textField
	case letter == 'a':
		d.name = "peer_address"
	}
	return d, nil
}

// timeDirective is %{argument}t.
func timeDirective(argument string) (directive, error) {
	argument = strings.TrimPrefix(strings.TrimPrefix(argument, "begin:"), "end:")
	d := directive{name: "time"}
	switch argument {
	case "", "begin", "end":
		return apacheDirectives['t'], nil
	case "sec":
		d.kind = secondsField
	case "msec":
		d.kind = millisField
	case "usec":
		d.kind = microsField
	case "msec_frac", "usec_frac":
		return directive{name: "time_fraction", kind: longField}, nil
	default:
		replaced := strings.NewReplacer("%F", "%Y-%m-%d", "%T", "%H:%M:%S", "%R", "%H:%M").Replace(argument)
		format, err := textvalue.ParseFormat(replaced)
		if err != nil {
			return d, err
		}
		d.kind, d.time = strftimeField, format
	}
	return d, nil
}

// nginxVariables are those whose columns are called otherwise, or are no texts.
var nginxVariables = map[string]directive{
	"remote_addr": {name: "remote_host"}, "time_local": {name: "time", kind: clfField}, "time_iso8601": {name: "time", kind: isoField},
	"msec": {name: "time", kind: secondsField}, "request": {name: "request", kind: requestField}, "status": {name: "status", kind: intField},
	"body_bytes_sent": {name: "bytes", kind: longField}, "bytes_sent": {name: "bytes_sent", kind: longField},
	"http_referer": {name: "referrer"}, "http_user_agent": {name: "user_agent"}, "request_time": {name: "request_time", kind: doubleField},
	"request_length": {name: "bytes_received", kind: longField}, "server_port": {name: "port", kind: intField}, "remote_port": {name: "remote_port", kind: intField},
	"connection": {name: "connection", kind: longField}, "connection_requests": {name: "connection_requests", kind: longField},
	"server_name": {name: "virtual_host"}, "request_method": {name: "method"}, "server_protocol": {name: "protocol"}, "pid": {name: "process_id", kind: longField},
	"gzip_ratio": {name: "gzip_ratio", kind: doubleField},
}

// nginxVariable reads the variable that format starts with, $name or ${name};
// 0 is none.
func nginxVariable(format string) (d directive, size int) {
	name := strings.TrimPrefix(format[1:], "{")
	n := 0
	for n < len(name) && (name[n] == '_' || name[n]-'0' <= 9 || 'a' <= name[n]|0x20 && name[n]|0x20 <= 'z') {
		n++
	}
	if n == 0 {
		return d, 0
	}
	size = len(format) - len(name) + n
	if format[1] == '{' && size < len(format) && format[size] == '}' {
		size++
	}
	name = name[:n]
	if d, ok := nginxVariables[name]; ok {
		return d, size
	}
	if header, ok := strings.CutPrefix(name, "http_"); ok {
		return directive{name: headerName("header_", header)}, size
	}
	return directive{name: name}, size
}

// headerName is the column of a header, cookie or variable.
func headerName(prefix, name string) string {
	plain := strings.ToLower(strings.ReplaceAll(name, "-", "_"))
	switch {
	case prefix == "header_" && plain == "referer":
		return "referrer"
	case prefix == "header_" && plain == "user_agent":
		return "user_agent"
	default:
		return prefix + plain
	}
}
