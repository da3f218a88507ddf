package exchange

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

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
		items, err := python.Collect(a)
		if err != nil {
			return nil, err
		}
		lists[i] = items
		if i == 0 || len(items) < shortest {
			shortest = len(items)
		}
	}
	at := 0
	return python.NewIterator("zip", func() (any, bool, error) {
		if at >= shortest {
			return nil, false, nil
		}
		row := make(python.Tuple, len(lists))
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
	a, okA := b.Any(0, nil).(*python.Dict)
	other, okB := b.Any(1, nil).(*python.Dict)
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
	out := python.NewDict()
	err = eachList(a, func(key string, list any, items []any) error {
		known, ok := there[ident.Fold(key)]
		if !ok {
			out.SetString(key, list)
			return nil
		}
		left := python.NewList()
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

func eachList(d *python.Dict, do func(key string, list any, items []any) error) error {
	for i := range d.Len() {
		key, list := d.Entry(i)
		name, ok := key.(string)
		if !ok {
			return errors.New("the keys are strings")
		}
		items, err := python.Collect(list)
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
