package jsonfile

import (
	"fmt"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// deepest is how many values may be inside each other.
const deepest = 1000

// valueColumn is the column of records that are no objects.
const valueColumn = "value"

// state is what the parser expects next.
type state uint8

const (
	wantValue state = iota
	// wantFirst is a key or the end of an object, wantKey a key.
	wantFirst
	wantKey
	// wantMore is a comma or the end of what is open.
	wantMore
	// done, and the states in which it is not: the text ended too early, or
	// is not JSON.
	done
	short
	failed
)

// parser makes values into the nodes of a record. It does not call itself, so
// that depth costs no stack.
type parser struct {
	keys   keys
	omit   map[string]bool
	frames []frame
	state  state
	// text[:hi] is what may be used; last says that nothing follows.
	text []byte
	hi   int
	last bool
	// nodes are the record's; name and slot are those of the next value.
	nodes []record.Node
	name  int32
	slot  slot
	// drop is the length of nodes in front of a field that is left out, or -1.
	drop int
	// arena has the values of strings with escapes.
	arena []byte
	// turn and stamps find keys that are there twice.
	turn   int32
	stamps []int32
	// rule and reason say why the state is failed, doubts what else is wrong.
	rule, reason string
	doubts       []connector.Violation
}

// frame is a list or object that is open.
type frame struct {
	// node is its node, -1 for a record; start is where its text starts.
	node   int32
	start  int
	object bool
	// slot is that of the key whose value it is, keys where an object's start.
	slot slot
	keys place
	// at is the place of the next key; most is the largest slot of a key so far,
	// and unordered says that one was followed by a smaller one, or has none.
	at        place
	most      slot
	unordered bool
}

func newParser(names *record.Names, omit []string) parser {
	q := parser{keys: keys{names: names, slots: map[position]slot{}}, drop: -1}
	for _, name := range omit {
		if q.omit == nil {
			q.omit = map[string]bool{}
		}
		q.omit[name] = true
	}
	return q
}

// parse makes rec the value at text[p:hi], which does not start with a blank,
// and returns where it ends. The state tells whether it does.
func (q *parser) parse(rec *record.Record, text []byte, p, hi int, last bool) (end int) {
	q.text, q.hi, q.last = text, hi, last
	q.nodes, q.frames, q.arena, q.doubts = rec.Nodes[:0], q.frames[:0], q.arena[:0], nil
	q.drop, q.state = -1, wantValue
	if text[p] == '{' && p < hi {
		q.frames = append(q.frames, frame{node: -1, start: p, object: true, keys: recordStart, at: recordStart, most: noSlot})
		q.state = wantFirst
		p++
	} else {
		q.name = q.keys.names.ID([]byte(valueColumn))
		q.slot = q.keys.slotOf(recordStart, q.name)
	}
	p = q.run(p)
	rec.Nodes = q.nodes
	if q.state == done {
		rec.Violations = q.doubts
	}
	return p
}

// run goes on until the state says that there is nothing more to do.
func (q *parser) run(p int) int {
	for q.state < done {
		for p < q.hi && isBlank(q.text[p]) {
			p++
		}
		if p >= q.hi {
			q.state = short
			break
		}
		switch q.state {
		case wantValue:
			p = q.value(p)
		case wantFirst, wantKey:
			p = q.key(p)
		case wantMore:
			p = q.more(p)
		}
	}
	return p
}

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// value reads the value that starts at p, or opens it.
func (q *parser) value(p int) int {
	switch c := q.text[p]; c {
	case '"':
		return q.str(p)
	case '{':
		return q.open(p, record.Object)
	case '[':
		return q.open(p, record.List)
	case 't':
		return q.literal(p, "true", record.True)
	case 'f':
		return q.literal(p, "false", record.False)
	case 'n':
		return q.literal(p, "null", record.Null)
	case ']':
		if top := len(q.frames) - 1; top >= 0 && int(q.frames[top].node) == len(q.nodes)-1 && !q.frames[top].object {
			q.state = wantMore // an empty list
			return p
		}
		return q.fail(p, "a value is missing in front of ]")
	default:
		if c == '-' || c-'0' <= 9 {
			return q.number(p)
		}
		return q.fail(p, q.unexpected(p, "a value"))
	}
}

func (q *parser) number(p int) int {
	end, bad := scanNumber(q.text, p, q.hi)
	switch {
	case end >= q.hi && !q.last:
		q.state = short
	case bad != "":
		if rest := q.text[end:q.hi]; len(rest) > 0 && rest[0] == 'I' || end == p && len(rest) > 0 {
			bad = q.unexpected(end, "a number")
		}
		return q.fail(end, bad)
	default:
		q.add(record.Number, q.text[p:end])
	}
	return end
}

func (q *parser) literal(p int, word string, kind record.Kind) int {
	end := p + len(word)
	if end > q.hi {
		if !q.last && string(q.text[p:q.hi]) == word[:q.hi-p] {
			q.state = short
			return p
		}
		end = q.hi
	}
	if string(q.text[p:end]) != word {
		return q.fail(p, q.unexpected(p, "a value"))
	}
	if kind == record.Null {
		q.add(kind, nil)
	} else {
		q.add(kind, q.text[p:end])
	}
	return end
}

// add adds a scalar.
func (q *parser) add(kind record.Kind, text []byte) {
	at := len(q.nodes)
	if at == cap(q.nodes) {
		q.nodes = append(q.nodes, record.Node{})
	}
	q.nodes = q.nodes[:at+1]
	n := &q.nodes[at]
	n.Kind, n.Name, n.End, n.Text = kind, q.name, int32(at+1), text
	q.state = wantMore
	if len(q.frames) == 0 {
		q.state = done
	}
}

func (q *parser) open(p int, kind record.Kind) int {
	if len(q.frames) == deepest {
		q.rule, q.reason, q.state = connector.RuleDepth, fmt.Sprintf("more than %d values are inside each other", deepest), failed
		return p
	}
	keys := startOf(q.slot)
	f := frame{node: int32(len(q.nodes)), start: p, object: kind == record.Object, slot: q.slot, keys: keys, at: keys, most: noSlot}
	q.frames = append(q.frames, f)
	q.nodes = append(q.nodes, record.Node{Kind: kind, Name: q.name})
	q.state = wantValue
	if f.object {
		q.state = wantFirst
	}
	return p + 1
}

// more reads what follows a value inside another.
func (q *parser) more(p int) int {
	f := &q.frames[len(q.frames)-1]
	if q.drop >= 0 && len(q.frames) == 1 {
		q.nodes, q.drop = q.nodes[:q.drop], -1
	}
	switch c := q.text[p]; {
	case c == ',' && f.object:
		q.state = wantKey
		if q.text[p+1] == '"' && p+1 < q.hi {
			return q.key(p + 1)
		}
	case c == ',':
		q.state = wantValue
		if f.node >= 0 {
			q.name, q.slot = q.nodes[f.node].Name, f.slot
		}
		return q.comma(p)
	case c == '}' && f.object, c == ']' && !f.object:
		q.close(p + 1)
	default:
		return q.fail(p, q.unexpected(p, "a comma"))
	}
	return p + 1
}

// comma reads the comma of a list; a value must follow.
func (q *parser) comma(p int) int {
	for p++; p < q.hi && isBlank(q.text[p]); {
		p++
	}
	if p < q.hi && q.text[p] == ']' {
		return q.fail(p, "a comma behind the last value of a list")
	}
	return p
}

// close ends what was opened last, in front of p.
func (q *parser) close(p int) {
	top := len(q.frames) - 1
	f := &q.frames[top]
	if f.unordered {
		q.findTwice(f)
	}
	if f.node >= 0 {
		n := &q.nodes[f.node]
		n.End, n.Text = int32(len(q.nodes)), q.text[f.start:p]
	}
	q.frames = q.frames[:top]
	q.state = wantMore
	if top == 0 {
		q.state = done
	}
}

// fail says what is wrong at p.
func (q *parser) fail(p int, reason string) int {
	q.rule, q.reason, q.state = connector.RuleFormat, reason, failed
	return p
}

// unexpected says what stands at p instead of what was expected.
func (q *parser) unexpected(p int, expected string) string {
	word := q.text[p:min(q.hi, p+12)]
	for i, c := range word {
		if c <= ' ' || c == ',' || c == ']' || c == '}' || c == ':' {
			word = word[:max(i, 1)]
			break
		}
	}
	return fmt.Sprintf("%s is expected, not %q", expected, word)
}
