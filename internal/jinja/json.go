package jinja

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"unicode/utf16"

	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// filterToJSON is jinja2's tojson: keys sorted, safe inside HTML.
func filterToJSON(c *Call) (any, error) {
	b, err := c.Bind("_value", "indent?")
	if err != nil {
		return nil, err
	}
	o := JSONOptions{SortKeys: true}
	if b.Any(1, nil) != nil {
		n, err := b.Int(1, 0)
		if err != nil {
			return nil, err
		}
		o.Indent = strings.Repeat(" ", int(max(0, min(n, 100))))
		o.Lines = true
	}
	text, err := JSON(b.Any(0, nil), o)
	return strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`).Replace(text), err
}

// JSONOptions says how [JSON] writes.
type JSONOptions struct {
	SortKeys bool
	// Lines puts every item on a line of its own, indented by Indent.
	Lines  bool
	Indent string
}

// JSON writes a value as Python's json.dumps does.
func JSON(v any, o JSONOptions) (string, error) {
	w := &jsonWriter{JSONOptions: o}
	err := w.value(v, 0)
	return w.b.String(), err
}

type jsonWriter struct {
	JSONOptions
	b strings.Builder
}

func (w *jsonWriter) value(v any, depth int) error {
	if depth > python.MaxDepth {
		return python.ErrTooDeep
	}
	if w.b.Len() > python.MaxString {
		return python.ErrTooLong
	}
	switch v := v.(type) {
	case nil:
		w.b.WriteString("null")
	case bool:
		fmt.Fprint(&w.b, v)
	case string:
		w.text(v)
	case float64:
		w.float(v)
	case int64, *big.Int:
		s, err := python.Str(v)
		w.b.WriteString(s)
		return err
	case *python.List:
		return w.list(v.Items, depth)
	case python.Tuple:
		return w.list(v, depth)
	case *python.Dict:
		return w.dict(v, depth)
	case python.Plain:
		return w.value(python.From(v.Plain()), depth+1)
	case python.Mapping:
		d, _, err := python.AsDict(v)
		if err != nil {
			return err
		}
		return w.dict(d, depth)
	default:
		return python.UndefinedOr(fmt.Errorf("a %s has no form in JSON", python.TypeName(v)), v)
	}
	return nil
}

func (w *jsonWriter) float(f float64) {
	switch {
	case math.IsNaN(f):
		w.b.WriteString("NaN")
	case math.IsInf(f, 0):
		w.b.WriteString(map[bool]string{true: "Infinity", false: "-Infinity"}[f > 0])
	default:
		s, _ := python.Repr(f) // fails for what is too long only
		w.b.WriteString(s)
	}
}

func (w *jsonWriter) text(s string) {
	w.b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.b.WriteByte('\\')
			w.b.WriteRune(r)
		case r == '\n':
			w.b.WriteString(`\n`)
		case r == '\r':
			w.b.WriteString(`\r`)
		case r == '\t':
			w.b.WriteString(`\t`)
		case r == '\b':
			w.b.WriteString(`\b`)
		case r == '\f':
			w.b.WriteString(`\f`)
		case r >= 0x20 && r < 0x7f:
			w.b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&w.b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&w.b, `\u%04x`, r)
		}
	}
	w.b.WriteByte('"')
}

// line begins a line at a depth, or separates items on one.
func (w *jsonWriter) line(depth int, first bool) {
	if !first {
		w.b.WriteByte(',')
	}
	switch {
	case w.Lines:
		w.b.WriteString("\n" + strings.Repeat(w.Indent, depth))
	case !first:
		w.b.WriteByte(' ')
	}
}

func (w *jsonWriter) close(end string, empty bool, depth int) {
	if w.Lines && !empty {
		w.b.WriteString("\n" + strings.Repeat(w.Indent, depth))
	}
	w.b.WriteString(end)
}

func (w *jsonWriter) list(items []any, depth int) error {
	w.b.WriteByte('[')
	for i, item := range items {
		w.line(depth+1, i == 0)
		if err := w.value(item, depth+1); err != nil {
			return err
		}
	}
	w.close("]", len(items) == 0, depth)
	return nil
}

func (w *jsonWriter) dict(d *python.Dict, depth int) error {
	entries, err := python.Collect(d.Items())
	if err == nil && w.SortKeys {
		entries, err = python.Sorted(entries, attributeKey(int64(0), true), false)
	}
	if err != nil {
		return err
	}
	w.b.WriteByte('{')
	for i, e := range entries {
		w.line(depth+1, i == 0)
		key, err := jsonKey(e.(python.Tuple)[0])
		if err != nil {
			return err
		}
		w.text(key)
		w.b.WriteString(": ")
		if err := w.value(e.(python.Tuple)[1], depth+1); err != nil {
			return err
		}
	}
	w.close("}", len(entries) == 0, depth)
	return nil
}

func jsonKey(key any) (string, error) {
	switch k := key.(type) {
	case string:
		return k, nil
	case nil:
		return "null", nil
	case bool:
		return fmt.Sprint(k), nil
	case int64, float64, *big.Int:
		return python.Str(k)
	}
	return "", fmt.Errorf("a %s cannot be a key in JSON", python.TypeName(key))
}
