package typed

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// jsonReader reads what AppendJSON wrote, and what people made of it. Bytes that
// are no UTF-8 stay as they are.
type jsonReader struct {
	rest     []byte
	truncate bool
}

var errNotJSON = errors.New("it is no JSON object")

// peek is the next byte that is no space, or 0.
func (r *jsonReader) peek() byte {
	r.rest = bytes.TrimLeft(r.rest, " \t\r\n")
	if len(r.rest) == 0 {
		return 0
	}
	return r.rest[0]
}

func (r *jsonReader) skip(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// object reads an object of the fields of t.
func (r *jsonReader) object(t connector.Type, x *Value) error {
	*x = Value{Present: true, Kind: connector.Struct, Fields: t.Fields, Items: make([]Value, len(t.Fields))}
	return r.members(func(key []byte) error {
		i := t.Field(string(key))
		if i < 0 {
			return fmt.Errorf("it has a field %.100q, which the input did not have", key)
		}
		return r.value(t.Fields[i].Type, &x.Items[i])
	})
}

// members calls fn in front of each value of an object.
func (r *jsonReader) members(fn func(key []byte) error) error {
	if !r.skip('{') {
		return errNotJSON
	}
	if r.skip('}') {
		return nil
	}
	for {
		if r.peek() != '"' {
			return errNotJSON
		}
		key, err := r.text()
		if err != nil {
			return err
		}
		if !r.skip(':') {
			return errNotJSON
		}
		if err := fn(key); err != nil {
			return err
		}
		if r.skip('}') {
			return nil
		}
		if !r.skip(',') {
			return errNotJSON
		}
	}
}

// value reads a value of an input's type.
func (r *jsonReader) value(t connector.Type, x *Value) error {
	*x = Value{}
	switch c := r.peek(); {
	case c == '"':
		text, err := r.text()
		*x = textOf(t, text, r.truncate)
		return err
	case c == '[' && t.Kind == connector.List:
		return r.list(t, x)
	case c == '{' && t.Kind == connector.Struct:
		return r.object(t, x)
	case c == '{' && t.Kind == connector.Map:
		return r.entries(t, x)
	case c == '{':
		return r.unfit(x)
	default:
		return r.word(t, x)
	}
}

// unfit reads what AppendJSON writes of what is no value.
func (r *jsonReader) unfit(x *Value) error {
	return r.members(func(key []byte) error {
		if string(key) != unfitKey || r.peek() != '"' {
			return fmt.Errorf("the field %.100q is an object, which the input's was not", key)
		}
		text, err := r.text()
		*x = Value{Present: true, Kind: Unfit, Bytes: text}
		return err
	})
}

func (r *jsonReader) list(t connector.Type, x *Value) error {
	x.Present, x.Kind = true, connector.List
	r.skip('[')
	if r.skip(']') {
		return nil
	}
	for {
		var item Value
		if err := r.value(*t.Elem, &item); err != nil {
			return err
		}
		x.Items = append(x.Items, item)
		if r.skip(']') {
			return nil
		}
		if !r.skip(',') {
			return errNotJSON
		}
	}
}

func (r *jsonReader) entries(t connector.Type, x *Value) error {
	x.Present, x.Kind = true, connector.Map
	return r.members(func(key []byte) error {
		var item Value
		err := r.value(*t.Elem, &item)
		x.Items = append(x.Items, textOf(*t.Key, key, r.truncate), item)
		return err
	})
}

// word reads a number, true, false or null.
func (r *jsonReader) word(t connector.Type, x *Value) error {
	end := bytes.IndexAny(r.rest, ",]} \t\r\n")
	if end < 0 {
		end = len(r.rest)
	}
	word := r.rest[:end]
	r.rest = r.rest[end:]
	switch string(word) {
	case "null":
		return nil
	case "true", "false":
		*x = Value{Present: true, Kind: connector.Boolean}
		if word[0] == 't' {
			x.Int = 1
		}
		return nil
	}
	f, err := strconv.ParseFloat(string(word), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return errNotJSON
	}
	if n, ok := textvalue.ParseLong(word); ok && isWhole(t.Kind) {
		*x = Value{Present: true, Kind: t.Kind, Int: n}
		if t.Kind == connector.Int && int64(int32(n)) != n {
			x.Kind = connector.Long
		}
		return nil
	}
	if t.Kind == connector.Float || t.Kind == connector.Double {
		*x = Value{Present: true, Kind: connector.Double, Float: f}
		return nil
	}
	*x = Value{Present: true, Kind: connector.String, Bytes: bytes.Clone(word)}
	return nil
}

// textOf makes a value of an input's type of its text.
func textOf(t connector.Type, text []byte, truncate bool) Value {
	x := Value{Present: true, Kind: connector.String, Bytes: text}
	switch t.Kind {
	case connector.Binary:
		if content, err := base64.StdEncoding.DecodeString(string(text)); err == nil {
			x.Kind, x.Bytes = connector.Binary, content
		}
	case connector.Float, connector.Double:
		if f, ok := textvalue.KindlyDouble(text); ok {
			x.Kind, x.Float = connector.Double, f
		}
	case connector.Time, connector.Timestamp, connector.TimestampTZ:
		momentOf(t.Kind, text, truncate, &x)
	}
	return x
}

// momentOf makes a time of a text that has nanoseconds; others stay texts.
func momentOf(kind connector.Kind, text []byte, truncate bool, x *Value) {
	point := bytes.IndexByte(text, '.')
	if point < 0 {
		return
	}
	end := point + 1
	for end < len(text) && text[end]-'0' <= 9 {
		end++
	}
	nanos := text[min(point+7, end):end]
	if len(nanos) == 0 || len(nanos) > 3 {
		return
	}
	var own textvalue.Formats
	parse := map[connector.Kind]func([]byte) (int64, bool){
		connector.Time: textvalue.ParseTime, connector.Timestamp: own.ParseTimestamp, connector.TimestampTZ: own.ParseTimestampTZ,
	}[kind]
	micros, ok := parse(append(bytes.Clone(text[:point+7]), text[end:]...))
	if !ok {
		return
	}
	n, _ := strconv.Atoi((string(nanos) + "00")[:3]) // digits
	*x = Value{Present: true, Kind: kind, Int: micros}
	if !truncate {
		x.Nanos = int16(n)
	}
}

// text reads a string.
func (r *jsonReader) text() ([]byte, error) {
	r.skip('"')
	var out []byte
	for i := 0; i < len(r.rest); i++ {
		switch c := r.rest[i]; c {
		case '"':
			r.rest = r.rest[i+1:]
			return out, nil
		case '\\':
			longer, used, ok := unescape(out, r.rest[i+1:])
			if !ok {
				return nil, errNotJSON
			}
			out = longer
			i += used
		default:
			out = append(out, c)
		}
	}
	return nil, errNotJSON
}

// unescape appends what an escape stands for, and returns how long it is.
func unescape(out, escape []byte) (text []byte, used int, ok bool) {
	if len(escape) == 0 {
		return out, 0, false
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if i := bytes.IndexByte([]byte(from), escape[0]); i >= 0 {
		return append(out, to[i]), 1, true
	}
	first, ok := unit(escape)
	if !ok {
		return out, 0, false
	}
	if len(escape) > 6 && escape[5] == '\\' {
		if second, ok := unit(escape[6:]); ok {
			if c := utf16.DecodeRune(first, second); c != utf8.RuneError {
				return utf8.AppendRune(out, c), 11, true
			}
		}
	}
	return utf8.AppendRune(out, first), 5, true
}

// unit reads uXXXX.
func unit(escape []byte) (rune, bool) {
	if len(escape) < 5 || escape[0] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(escape[1:5]), 16, 16)
	return rune(n), err == nil
}
