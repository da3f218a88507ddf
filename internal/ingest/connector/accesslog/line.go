package accesslog

import (
	"bytes"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// part is a part of a text.
type part struct {
	lo, hi int
	// escaped says that the part holds backslashes.
	escaped bool
}

// line is one line, taken apart.
type line struct {
	texts  [len(layoutTexts)]part
	micros int64
	status int32
	size   int64
	// noStatus and noSize say that a dash stood there.
	noStatus, noSize bool
	combined         bool
}

// The texts of a line, in the order in which they stand there.
const (
	hostText = iota
	identText
	userText
	requestText
	referrerText
	agentText
)

var layoutTexts = [...]string{"remote_host", "ident", "remote_user", "request", "referrer", "user_agent"}

// departure is where a line departs from the format.
type departure struct {
	at   int
	what string
}

func (d *departure) violation(lo int) connector.Violation {
	return connector.Violation{Rule: connector.RuleFormat, Reason: fmt.Sprintf("%s at column %d", d.what, d.at-lo+1)}
}

// scanner takes lines apart. It remembers the last date, as dates come in runs.
type scanner struct {
	date [11]byte
	days int32
}

// scan reads the line text[p:hi] into l; nil is a line of the format.
func (s *scanner) scan(text []byte, p, hi int, l *line) *departure {
	for i := hostText; i <= identText; i++ {
		n := bytes.IndexByte(text[p:hi], ' ')
		if n <= 0 {
			return &departure{p, "no " + layoutTexts[i]}
		}
		l.texts[i] = part{lo: p, hi: p + n}
		p += n + 1
	}
	// A user's name may hold spaces.
	n := bytes.Index(text[p:hi], []byte(" ["))
	if n <= 0 {
		return &departure{p, "no remote_user and time in brackets"}
	}
	l.texts[userText] = part{lo: p, hi: p + n}
	p += n + 2
	if p+len(timeLayout) > hi || !s.time(text[p:p+len(timeLayout)], &l.micros) {
		return &departure{p, "no time such as " + timeLayout[:len(timeLayout)-1]}
	}
	p += len(timeLayout)
	p, d := l.quoted(text, p, hi, requestText)
	if d != nil {
		return d
	}
	if p, d = l.numbers(text, p, hi); d != nil {
		return d
	}
	l.combined = p < hi
	return l.agents(text, p, hi)
}

// agents reads what the combined format has more, if the line goes on at p.
func (l *line) agents(text []byte, p, hi int) (d *departure) {
	if !l.combined {
		return nil
	}
	for i := referrerText; i <= agentText; i++ {
		if p >= hi || text[p] != ' ' {
			return &departure{p, "no " + layoutTexts[i]}
		}
		if p, d = l.quoted(text, p+1, hi, i); d != nil {
			return d
		}
	}
	if p < hi {
		return &departure{p, "more text behind user_agent"}
	}
	return nil
}

// quoted reads a quoted part at p and returns where it ends.
func (l *line) quoted(text []byte, p, hi, i int) (int, *departure) {
	if p >= hi || text[p] != '"' {
		return p, &departure{p, "no quote before " + layoutTexts[i]}
	}
	q := part{lo: p + 1}
	for at := q.lo; ; {
		n := bytes.IndexByte(text[at:hi], '"')
		if n < 0 {
			return p, &departure{p, "a quote that is never closed in " + layoutTexts[i]}
		}
		q.hi = at + n
		slashes := 0
		for q.hi-slashes > q.lo && text[q.hi-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			break
		}
		at = q.hi + 1
	}
	q.escaped = bytes.IndexByte(text[q.lo:q.hi], '\\') >= 0
	l.texts[i] = q
	return q.hi + 1, nil
}

// numbers reads " status bytes" at p and returns where they end.
func (l *line) numbers(text []byte, p, hi int) (int, *departure) {
	n, next, ok := number(text, p, hi, 3)
	if !ok {
		return p, &departure{p, "no status"}
	}
	l.status, l.noStatus = int32(n), n < 0
	p = next
	l.size, next, ok = number(text, p, hi, 18)
	if !ok {
		return p, &departure{p, "no bytes"}
	}
	l.noSize = l.size < 0
	return next, nil
}

// number reads a space and up to digits digits, or a dash, which is -1; the
// line or a space follows.
func number(text []byte, p, hi, digits int) (n int64, next int, ok bool) {
	if p+1 >= hi || text[p] != ' ' {
		return 0, p, false
	}
	p++
	if text[p] == '-' {
		n = -1
		p++
	} else {
		start := p
		for ; p < hi && text[p]-'0' <= 9; p++ {
			n = n*10 + int64(text[p]-'0')
			if p-start >= digits {
				return 0, p, false
			}
		}
		if p == start {
			return 0, p, false
		}
	}
	return n, p, p == hi || text[p] == ' '
}
