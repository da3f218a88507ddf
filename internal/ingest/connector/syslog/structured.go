package syslog

import (
	"bytes"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textlog"
)

// parameter is one of an element's parameters; name is nil for an element
// without any.
type parameter struct{ element, name, value []byte }

// structured reads the structured data at a place and returns where it ends.
func (p *parser) structured(text []byte, at int) (int, *textlog.Departure) {
	if at < len(text) && text[at] == '-' {
		return at + 1, nil
	}
	start := at
	for at < len(text) && text[at] == '[' {
		var departure *textlog.Departure
		if at, departure = p.element(text, at+1); departure != nil {
			return 0, departure
		}
	}
	if at == start {
		return 0, &textlog.Departure{At: at, What: "no structured data, nor a dash"}
	}
	return at, nil
}

// element reads what stands in brackets: an id, and parameters.
func (p *parser) element(text []byte, at int) (int, *textlog.Departure) {
	n := bytes.IndexAny(text[at:], " ]\"=")
	if n <= 0 || text[at+n] == '"' || text[at+n] == '=' {
		return 0, &textlog.Departure{At: at, What: "no id of a structured element"}
	}
	id := text[at : at+n]
	at += n
	if text[at] == ']' {
		p.data = append(p.data, parameter{element: id})
		return at + 1, nil
	}
	for at < len(text) && text[at] == ' ' {
		at++
		n := bytes.IndexAny(text[at:], "=\" ]")
		if n <= 0 || text[at+n] != '=' || at+n+1 >= len(text) || text[at+n+1] != '"' {
			return 0, &textlog.Departure{At: at, What: "no parameter such as name=\"value\""}
		}
		name := text[at : at+n]
		value, next := p.quoted(text, at+n+2)
		if next == 0 {
			return 0, &textlog.Departure{At: at + n + 1, What: "a quote that is never closed in structured data"}
		}
		p.data = append(p.data, parameter{id, name, value})
		at = next
	}
	if at >= len(text) || text[at] != ']' {
		return 0, &textlog.Departure{At: at, What: "no bracket that closes a structured element"}
	}
	return at + 1, nil
}

// quoted reads a value up to its closing quote and returns where that ends; 0
// where there is none. A backslash stands before a quote, a backslash or a
// bracket that is part of the value; before others it is itself.
func (p *parser) quoted(text []byte, at int) (value []byte, next int) {
	for i := at; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return text[at:i], i + 1
		case text[i] == '\\':
			return p.escaped(text, at)
		}
	}
	return nil, 0
}

func (p *parser) escaped(text []byte, at int) (value []byte, next int) {
	start := len(p.value)
	for i := at; i < len(text); i++ {
		c := text[i]
		if c == '"' {
			return p.value[start:len(p.value):len(p.value)], i + 1
		}
		if c == '\\' && i+1 < len(text) && bytes.IndexByte([]byte(`"\]`), text[i+1]) >= 0 {
			i++
			c = text[i]
		}
		p.value = append(p.value, c)
	}
	return nil, 0
}

// list adds the parameters to the elements of a list.
func (p *parser) list(elem *connector.Vector) {
	for _, d := range p.data {
		row := elem.Extend()
		elem.Child(0).SetText(row, d.element)
		if d.name == nil {
			elem.Child(1).SetNull(row)
			elem.Child(2).SetNull(row)
			continue
		}
		elem.Child(1).SetText(row, d.name)
		elem.Child(2).SetText(row, d.value)
	}
}
