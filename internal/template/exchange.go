package template

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
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
	list := jinja.NewList()
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
	dict := jinja.NewDict()
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

// localMD5 is local_md5.
func localMD5(c *jinja.Call) (any, error) {
	b, err := c.Bind("value")
	if err != nil {
		return nil, err
	}
	text, err := b.String(0, "")
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:]), err
}

// setOf is set(values), or the default for what cannot be one.
func setOf(c *jinja.Call) (any, error) {
	b, err := c.Bind("value", "default?")
	if err != nil {
		return nil, err
	}
	v, err := newSet(b.Any(0, nil))
	if err != nil {
		return b.Any(1, nil), nil //nolint:nilerr // as dbt does it
	}
	return v, nil
}

func setStrict(c *jinja.Call) (any, error) {
	b, err := c.Bind("value")
	if err != nil {
		return nil, err
	}
	return newSet(b.Any(0, nil))
}

// zip is zip(lists…), or the default where one cannot be looped over.
func zip(c *jinja.Call) (any, error) {
	var missing any
	for _, n := range c.Named {
		if n.Name != "default" {
			return nil, fmt.Errorf("has no argument `%s`", n.Name)
		}
		missing = n.Value
	}
	v, err := zipped(c.Args)
	if err != nil {
		return missing, nil //nolint:nilerr // as dbt does it
	}
	return v, nil
}

func zipStrict(c *jinja.Call) (any, error) { return zipped(c.Args) }

func zipped(args []any) (any, error) {
	lists := make([][]any, len(args))
	shortest := 0
	for i, a := range args {
		items, err := jinja.Collect(a)
		if err != nil {
			return nil, err
		}
		lists[i] = items
		if i == 0 || len(items) < shortest {
			shortest = len(items)
		}
	}
	at := 0
	return jinja.NewIterator("zip", func() (any, bool, error) {
		if at >= shortest {
			return nil, false, nil
		}
		row := make(jinja.Tuple, len(lists))
		for i := range lists {
			row[i] = lists[i][at]
		}
		at++
		return row, true, nil
	}), nil
}

// diffOfTwoDicts returns what the lists of one dict hold that those of another
// do not, whatever the case of letters.
func diffOfTwoDicts(c *jinja.Call) (any, error) {
	b, err := c.Bind("dict_a", "dict_b")
	if err != nil {
		return nil, err
	}
	a, okA := b.Any(0, nil).(*jinja.Dict)
	other, okB := b.Any(1, nil).(*jinja.Dict)
	if !okA || !okB {
		return nil, errors.New("takes two dicts of lists")
	}
	there := map[string]map[string]bool{}
	err = eachList(other, func(key string, _ any, items []any) error {
		there[ident.Fold(key)] = folded(items)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := jinja.NewDict()
	err = eachList(a, func(key string, list any, items []any) error {
		known, ok := there[ident.Fold(key)]
		if !ok {
			out.SetString(key, list)
			return nil
		}
		left := jinja.NewList()
		for _, item := range items {
			if text, _ := item.(string); !known[ident.Fold(text)] {
				left.Items = append(left.Items, item)
			}
		}
		if len(left.Items) > 0 {
			out.SetString(key, left)
		}
		return nil
	})
	return out, err
}

func eachList(d *jinja.Dict, do func(key string, list any, items []any) error) error {
	for i := range d.Len() {
		key, list := d.Entry(i)
		name, ok := key.(string)
		if !ok {
			return errors.New("the keys are strings")
		}
		items, err := jinja.Collect(list)
		if err == nil {
			err = do(name, list, items)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func folded(items []any) map[string]bool {
	set := map[string]bool{}
	for _, item := range items {
		if text, ok := item.(string); ok {
			set[ident.Fold(text)] = true
		}
	}
	return set
}
