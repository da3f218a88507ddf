package jsonfile

import (
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ingest/connector/record"
)

// plain reads the fields of an object from the key at p on, and those of objects
// inside it, as long as they come as expected and have plain values: most of what
// most files hold. It does nothing that the other methods would not do, and
// leaves to them what is left. The state is wantKey where that is a key.
func (q *parser) plain(p int) int {
	f := &q.frames[len(q.frames)-1]
	q.state = wantKey
	for q.omit == nil {
		next := q.keys.at(f.at)
		start := p + len(next.text) + 2
		if next.text == "" || start >= q.hi || string(q.text[p+1:start-1]) != next.text || q.text[start-1] != ':' || next.slot <= f.most {
			return p
		}
		if q.text[start] == '{' && q.text[start+1] == '"' && start+1 < q.hi && len(q.frames) < deepest {
			f.most, f.at = next.slot, behind(next.slot)
			q.name, q.slot = next.id, next.slot
			p = q.open(start, record.Object)
			f, q.state = &q.frames[len(q.frames)-1], wantKey
			continue
		}
		kind, text, end := q.plainValue(start)
		if end == 0 {
			return p
		}
		f.most, f.at = next.slot, behind(next.slot)
		q.nodes = append(q.nodes, record.Node{Kind: kind, Name: next.id, End: int32(len(q.nodes) + 1), Text: text})
		for end < q.hi && q.text[end] == '}' {
			end++
			if q.close(end); q.state == done {
				return end
			}
			f = &q.frames[len(q.frames)-1]
			if !f.object {
				return end
			}
		}
		if end+1 >= q.hi || q.text[end] != ',' || q.text[end+1] != '"' {
			q.state = wantMore
			return end
		}
		p, q.state = end+1, wantKey
	}
	return p
}

// plainValue returns the value at p, which is a scalar or an empty list, and
// where it ends; 0 where it is another, has escapes or is not right.
func (q *parser) plainValue(p int) (kind record.Kind, text []byte, end int) {
	switch c := q.text[p]; c {
	case '"':
		end, flags, how := scanString(q.text, p+1, q.hi)
		text = q.text[p+1 : end]
		if how != closed || flags&escaped != 0 || flags&wide != 0 && !utf8.Valid(text) {
			return 0, nil, 0
		}
		return record.Text, text, end + 1
	case '[':
		if len(q.frames) == deepest {
			return 0, nil, 0
		}
		return q.word(p, "[]", record.List)
	case 't':
		return q.word(p, "true", record.True)
	case 'f':
		return q.word(p, "false", record.False)
	case 'n':
		_, _, end = q.word(p, "null", record.Null)
		return record.Null, nil, end
	default:
		if c != '-' && c-'0' > 9 {
			return 0, nil, 0
		}
		end, bad := scanNumber(q.text, p, q.hi)
		if bad != "" || end >= q.hi {
			return 0, nil, 0
		}
		return record.Number, q.text[p:end], end
	}
}

func (q *parser) word(p int, word string, of record.Kind) (kind record.Kind, text []byte, end int) {
	end = p + len(word)
	if end > q.hi || string(q.text[p:end]) != word {
		return 0, nil, 0
	}
	return of, q.text[p:end], end
}
