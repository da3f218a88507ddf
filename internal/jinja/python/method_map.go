package python

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
		v, ok, err := Item(b.Any(0, nil), int64(r))
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
			return nil, fmt.Errorf("the table gives %s, not str", TypeName(v))
		}
		if out.Len() > MaxString {
			return nil, ErrTooLong
		}
	}
	return out.String(), nil
}

// strFormatMap is format() with the names of a dict.
func strFormatMap(v any, a *Arguments, invoke Invoke) (any, error) {
	b, err := a.Bind("_mapping")
	if err != nil {
		return nil, err
	}
	d, ok, err := AsDict(b.Any(0, nil))
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, UndefinedOr(fmt.Errorf("needs a dict, not %s", TypeName(b.Any(0, nil))), b.Any(0, nil))
	}
	named := &Arguments{}
	for i, key := range d.keys {
		if name, ok := key.(string); ok {
			named.Named = append(named.Named, Named{Name: name, Value: d.values[i]})
		}
	}
	return strFormat(v, named, invoke)
}

func dictFromKeys(_ *Dict, b Bound) (any, error) {
	keys, err := Collect(b.Any(0, nil))
	if err != nil {
		return nil, err
	}
	d := NewDict()
	for _, key := range keys {
		if err := d.Set(key, b.Any(1, nil)); err != nil {
			return nil, err
		}
	}
	return d, nil
}
