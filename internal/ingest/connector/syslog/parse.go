package syslog

import (
	"bytes"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

// parser reads messages.
type parser struct {
	clock clock
	// header and data are the last message's.
	header header
	data   []parameter
	value  []byte
}

// header is what stands before a message. Absent texts are nil.
type header struct {
	priority               int
	micros                 int64
	timed                  bool
	host, app, process, id []byte
}

// Begins is never asked: messages are not joined.
func (*parser) Begins([]byte) bool { return true }

// Parse reads one message.
func (p *parser) Parse(rec *textlog.Record, row *textlog.Row) *textlog.Departure {
	text := rec.Text
	p.header, p.data, p.value = header{priority: -1}, p.data[:0], p.value[:0]
	at := 0
	if text[0] == '<' {
		if at = p.priority(text); at == 0 {
			return &textlog.Departure{At: 0, What: "no priority from <0> to <191>"}
		}
	}
	var departure *textlog.Departure
	if n := version(text[at:]); n > 0 && at > 0 {
		at, departure = p.protocol(text, at+n)
	} else {
		at, departure = p.traditional(text, at)
	}
	if departure != nil {
		return departure
	}
	p.write(text[at:], row)
	return nil
}

// priority reads <0> to <191> and returns where it ends.
func (p *parser) priority(text []byte) int {
	n := 0
	for i := 1; i < min(len(text), 5); i++ {
		switch c := text[i]; {
		case c == '>' && i > 1:
			p.header.priority = n
			return i + 1
		case c-'0' <= 9:
			if n = n*10 + int(c-'0'); n > 191 {
				return 0
			}
		default:
			return 0
		}
	}
	return 0
}

// version reads RFC 5424's version, up to three digits, and a space; a time of
// RFC 3339 is none.
func version(text []byte) int {
	for i, c := range text[:min(len(text), 4)] {
		switch {
		case c == ' ' && i > 0:
			return i + 1
		case c-'0' > 9 || i == 0 && c == '0':
			return 0
		}
	}
	return 0
}

// protocol reads the rest of an RFC 5424 header at p, and structured data.
func (p *parser) protocol(text []byte, at int) (int, *textlog.Departure) {
	h := &p.header
	word, next := field(text, at)
	if string(word) != "-" {
		var n int
		if h.micros, n = p.clock.stamp(word); n != len(word) {
			return 0, &textlog.Departure{At: at, What: "no time such as 2003-10-11T22:14:15.003Z"}
		}
		h.timed = true
	}
	for _, part := range []struct {
		name string
		to   *[]byte
	}{{"host", &h.host}, {"app", &h.app}, {"process id", &h.process}, {"message id", &h.id}} {
		if at = next; at >= len(text) {
			return 0, &textlog.Departure{At: len(text), What: "no " + part.name}
		}
		if word, next = field(text, at); len(word) == 0 {
			return 0, &textlog.Departure{At: at, What: "no " + part.name}
		}
		if string(word) != "-" {
			*part.to = word
		}
	}
	at, departure := p.structured(text, next)
	if departure != nil || at == len(text) {
		return at, departure
	}
	if text[at] != ' ' {
		return 0, &textlog.Departure{At: at, What: "no space behind the structured data"}
	}
	at++
	return at + connector.UTF8.BOM(text[at:]), nil
}

// field returns the word at a place and where the next one starts.
func field(text []byte, at int) (word []byte, next int) {
	at = min(at, len(text))
	if n := bytes.IndexByte(text[at:], ' '); n >= 0 {
		return text[at : at+n], at + n + 1
	}
	return text[at:], len(text)
}

// traditional reads the rest of an RFC 3164 header: a time, a host and a tag.
// Daemons leave the host out of local messages, and the tag of some.
func (p *parser) traditional(text []byte, at int) (int, *textlog.Departure) {
	h := &p.header
	micros, n := p.clock.stamp(text[at:])
	if n == 0 || at+n < len(text) && text[at+n] != ' ' {
		return 0, &textlog.Departure{At: at, What: "no time such as Oct 11 22:14:15 or 2003-10-11T22:14:15.003Z"}
	}
	h.micros, h.timed = micros, true
	at = min(at+n+1, len(text))
	if p.tag(text, &at) {
		return at, nil
	}
	word, next := field(text, at)
	if len(word) == 0 {
		return 0, &textlog.Departure{At: at, What: "no host"}
	}
	h.host = word
	at = next
	p.tag(text, &at)
	return at, nil
}

// tag reads `app: ` or `app[process]: ` and moves behind it, if it stands there.
func (p *parser) tag(text []byte, at *int) bool {
	lo := *at
	end := bytes.IndexAny(text[lo:], ":[ ")
	if end <= 0 || text[lo+end] == ' ' {
		return false
	}
	end += lo
	next := end
	var process []byte
	if text[end] == '[' {
		n := bytes.IndexAny(text[end:], "] ")
		if n < 0 || text[end+n] != ']' {
			return false
		}
		process, next = text[end+1:end+n], end+n+1
	}
	if next >= len(text) || text[next] != ':' {
		return false
	}
	if next++; next < len(text) {
		if text[next] != ' ' { // as in 10:11:12 or fe80::1
			return false
		}
		next++
	}
	p.header.app, p.header.process = text[lo:end], process
	*at = next
	return true
}

// write sets the columns.
func (p *parser) write(msg []byte, row *textlog.Row) {
	h := &p.header
	if h.timed {
		row.Long(moment, h.micros)
	}
	if h.priority >= 0 {
		row.Int(priority, int32(h.priority))
		row.Text(facility, []byte(facilities[h.priority>>3]))
		row.Text(severity, []byte(severities[h.priority&7]))
	}
	for i, value := range [...][]byte{h.host, h.app, h.process, h.id} {
		if value != nil {
			row.Text(host+i, value)
		}
	}
	if len(p.data) > 0 {
		row.List(structuredData, p.list)
	}
	if len(msg) > 0 {
		row.Text(message, msg)
	}
}
