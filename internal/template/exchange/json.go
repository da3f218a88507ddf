package exchange

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

func toJSON(c *jinja.Call) (any, error) {
	b, err := c.Bind("value", "default?", "sort_keys?")
	if err != nil {
		return nil, err
	}
	text, err := jinja.JSON(b.Any(0, nil), jinja.JSONOptions{SortKeys: b.Bool(2, false)})
	if err != nil && b.Has(1) {
		return b.Any(1, nil), nil
	}
	return text, err
}

// fromJSON keeps the order of keys.
func fromJSON(c *jinja.Call) (any, error) {
	b, err := c.Bind("string", "default?")
	if err != nil {
		return nil, err
	}
	text, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := decodeJSON(d)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more than one value")
		}
	}
	if err != nil {
		return b.Any(1, nil), nil //nolint:nilerr // what is no JSON is the default, as in dbt
	}
	return v, nil
}

func decodeJSON(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Number:
		if n, err := t.Int64(); err == nil {
			return n, nil
		}
		return t.Float64()
	case json.Delim:
		if t == '[' {
			return decodeList(d)
		}
		return decodeDict(d)
	}
	return token, nil
}

func decodeList(d *json.Decoder) (any, error) {
	list := python.NewList()
	for d.More() {
		v, err := decodeJSON(d)
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, v)
	}
	_, err := d.Token()
	return list, err
}

func decodeDict(d *json.Decoder) (any, error) {
	dict := python.NewDict()
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := decodeJSON(d)
		if err != nil {
			return nil, err
		}
		dict.SetString(key.(string), v)
	}
	_, err := d.Token()
	return dict, err
}
