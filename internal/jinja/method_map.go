package jinja

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// strTranslate replaces characters by a dict from their numbers to characters,
// texts, or None for those that go.
func strTranslate(s string, b Bound) (any, error) {
	var out strings.Builder
	for _, r := range s {
		v, ok, err := item(b.Any(0, nil), int64(r))
		if err != nil {
			return nil, err
		}
		if !ok {
			out.WriteRune(r)
			continue
		}
		switch v := v.(type) {
		case nil:
		case string:
			out.WriteString(v)
		case int64:
			if v < 0 || v > utf8.MaxRune {
				return nil, fmt.Errorf("%d is not the number of a character", v)
			}
			out.WriteRune(rune(v))
		default:
			return nil, fmt.Errorf("the table gives %s, not str", typeName(v))
		}
		if out.Len() > maxString {
			return nil, errTooLong
		}
	}
	return out.String(), nil
}

// strFormatMap is format() with the names of a dict.
func strFormatMap(v any, c *Call) (any, error) {
	b, err := c.Bind("_mapping")
	if err != nil {
		return nil, err
	}
	d, ok, err := asDict(b.Any(0, nil))
	if err != nil || !ok {
		return nil, firstError(err, undefinedOr(fmt.Errorf("needs a dict, not %s", typeName(b.Any(0, nil))), b.Any(0, nil)))
	}
	named := c.with(nil, nil, nil)
	named.Args = nil
	for i, key := range d.keys {
		if name, ok := key.(string); ok {
			named.Named = append(named.Named, Named{Name: name, Value: d.values[i]})
		}
	}
	return strFormat(v, named)
}

func dictFromKeys(_ *Dict, b Bound) (any, error) {
	keys, err := collect(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	d := NewDict()
	for _, key := range keys {
		if err := d.set(key, b.Any(1, nil)); err != nil {
			return nil, err
		}
	}
	return d, nil
}
