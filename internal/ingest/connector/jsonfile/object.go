package jsonfile

import (
	"fmt"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// key reads a key and the colon behind it, or the end of an empty object.
func (q *parser) key(p int) int {
	if c := q.text[p]; c != '"' {
		switch {
		case c == '}' && q.state == wantFirst:
			q.close(p + 1)
			return p + 1
		case c == '}':
			return q.fail(p, "a comma behind the last field of an object")
		}
		return q.fail(p, q.unexpected(p, "a key in double quotes"))
	}
	if p = q.plain(p); q.state != wantKey {
		return p
	}
	f := &q.frames[len(q.frames)-1]
	next := q.keys.expected(f.at, q.text, p+1, q.hi)
	if next.text != "" {
		p += len(next.text) + 1
	} else if next, p = q.readKey(f, p+1); q.state >= done {
		return p
	}
	for p < q.hi && isBlank(q.text[p]) {
		p++
	}
	if p >= q.hi {
		q.state = short
		return p
	}
	if q.text[p] != ':' {
		return q.fail(p, q.unexpected(p, "a colon"))
	}
	if next.slot > f.most {
		f.most = next.slot
	} else {
		f.unordered = true
	}
	f.at = behind(next.slot)
	q.name, q.slot, q.state = next.id, next.slot, wantValue
	if q.omit != nil && len(q.frames) == 1 && f.node < 0 && q.omit[q.keys.names.Text(next.id)] {
		q.drop = len(q.nodes)
	}
	if p++; p < q.hi && !isBlank(q.text[p]) {
		return q.value(p)
	}
	return p
}

// readKey reads the key that starts at p, behind its quote, and the quote
// behind it.
func (q *parser) readKey(f *frame, p int) (found key, end int) {
	text, end := q.scan(p)
	if q.state >= done {
		return key{}, end
	}
	return q.keys.learn(f.keys, f.at, text), end + 1
}

// str reads a string that starts with the quote at p.
func (q *parser) str(p int) int {
	text, end := q.scan(p + 1)
	if q.state >= done {
		return end
	}
	q.add(record.Text, text)
	return end + 1
}

// scan reads a string from behind its quote and returns its value and where
// its closing quote is.
func (q *parser) scan(p int) (value []byte, end int) {
	end, flags, how := scanString(q.text, p, q.hi)
	switch how {
	case unended:
		q.state = short
		return nil, end
	case control:
		return nil, q.fail(end, fmt.Sprintf("the character %q is in a string, where JSON has an escape for it", q.text[end]))
	}
	value = q.text[p:end]
	if flags&wide != 0 && !utf8.Valid(value) {
		q.rule, q.reason, q.state = connector.RuleEncoding, "a string is not UTF-8", failed
		return nil, end
	}
	if flags&escaped == 0 {
		return value, end
	}
	start := len(q.arena)
	var at int
	var bad string
	if q.arena, at, bad = unescape(q.arena, value); bad != "" {
		q.fail(p+at, bad)
		if bad == halfPair {
			q.rule = connector.RuleEncoding
		}
		return nil, p + at
	}
	return q.arena[start:], end
}

// findTwice looks for keys that an object has twice.
func (q *parser) findTwice(f *frame) {
	q.turn++
	for i := f.node + 1; i < int32(len(q.nodes)); {
		n := &q.nodes[i]
		for int(n.Name) >= len(q.stamps) {
			q.stamps = append(q.stamps, make([]int32, 64+len(q.stamps))...)
		}
		if q.stamps[n.Name] == q.turn {
			key := q.keys.names.Text(n.Name)
			reason := fmt.Sprintf("the key %q is there twice in one object", key[:min(len(key), 100)])
			q.doubts = append(q.doubts, connector.Violation{Rule: connector.RuleDuplicate, Reason: reason})
		}
		q.stamps[n.Name] = q.turn
		i = n.End
	}
}
