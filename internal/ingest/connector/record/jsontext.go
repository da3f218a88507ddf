package record

import (
	"encoding/json"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// text is the value at index i as a string column keeps it: a scalar's text, of
// lists and objects their source text or, without one, JSON.
func textOf(nodes []Node, names *Names, scratch []byte, i int32) []byte {
	n := &nodes[i]
	switch n.Kind {
	case False:
		return []byte("false")
	case True:
		return []byte("true")
	case List, Object:
		if n.Text == nil {
			return appendJSON(scratch[:0], nodes, names, i)
		}
	}
	return n.Text
}

// appendJSON writes the value at index i as JSON. It does not call itself, so
// that depth costs nothing.
func appendJSON(out []byte, nodes []Node, names *Names, i int32) []byte {
	type level struct {
		end    int32
		object bool
	}
	var open []level
	for k, end := i, nodes[i].End; ; {
		for len(open) > 0 && k == open[len(open)-1].end {
			out = append(out, closer(open[len(open)-1].object))
			open = open[:len(open)-1]
		}
		if k == end {
			return out
		}
		n := &nodes[k]
		if c := out[max(0, len(out)-1):]; len(open) > 0 && c[0] != '{' && c[0] != '[' {
			out = append(out, ',')
		}
		if len(open) > 0 && open[len(open)-1].object {
			out = append(connector.AppendQuoted(out, []byte(names.Text(n.Name))), ':')
		}
		k++
		switch n.Kind {
		case Null:
			out = append(out, "null"...)
		case False:
			out = append(out, "false"...)
		case True:
			out = append(out, "true"...)
		case Number:
			out = append(out, n.Text...)
		case List, Object:
			if n.Text != nil && json.Valid(n.Text) {
				out = append(out, n.Text...)
				k = n.End
				continue
			}
			open = append(open, level{n.End, n.Kind == Object})
			out = append(out, map[bool]byte{true: '{', false: '['}[n.Kind == Object])
		default:
			out = connector.AppendQuoted(out, n.Text)
		}
	}
}

func closer(object bool) byte {
	if object {
		return '}'
	}
	return ']'
}
