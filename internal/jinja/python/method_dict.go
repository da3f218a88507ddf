package python

import (
	"errors"
	"fmt"
)

func makeDictMethods() map[string]method {
	return map[string]method{
		"keys":       on(nil, func(d *Dict, _ Bound) (any, error) { return View{viewKeys, d}, nil }),
		"values":     on(nil, func(d *Dict, _ Bound) (any, error) { return View{viewValues, d}, nil }),
		"items":      on(nil, func(d *Dict, _ Bound) (any, error) { return View{viewItems, d}, nil }),
		"get":        on(takes("_key", "_default?"), dictGet),
		"pop":        on(takes("_key", "_default?"), dictPop),
		"fromkeys":   on(takes("_keys", "_value?"), dictFromKeys),
		"popitem":    on(nil, dictPopItem),
		"setdefault": on(takes("_key", "_default?"), dictSetDefault),
		"update":     dictUpdate,
		"copy":       on(nil, func(d *Dict, _ Bound) (any, error) { return d.copy(), nil }),
		"clear": on(nil, func(d *Dict, _ Bound) (any, error) {
			d.clear()
			return nil, nil
		}),
	}
}

func dictGet(d *Dict, b Bound) (any, error) {
	v, ok, err := d.Get(b.Any(0, nil))
	if err != nil || ok {
		return v, err
	}
	return b.Any(1, nil), nil
}

func dictPop(d *Dict, b Bound) (any, error) {
	h, err := hashKey(b.Any(0, nil), 0)
	if err != nil {
		return nil, err
	}
	i := d.find(h)
	if i < 0 {
		if b.Has(1) {
			return b.Any(1, nil), nil
		}
		r, err := Repr(b.Any(0, nil))
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("there is no key %s", r)
	}
	v := d.values[i]
	d.removeAt(i)
	return v, nil
}

func dictPopItem(d *Dict, _ Bound) (any, error) {
	n := d.Len()
	if n == 0 {
		return nil, errors.New("the dict is empty")
	}
	t := Tuple{d.keys[n-1], d.values[n-1]}
	d.removeAt(n - 1)
	return t, nil
}

func dictSetDefault(d *Dict, b Bound) (any, error) {
	v, ok, err := d.Get(b.Any(0, nil))
	if err != nil || ok {
		return v, err
	}
	return b.Any(1, nil), d.Set(b.Any(0, nil), b.Any(1, nil))
}

func dictUpdate(v any, a *Arguments, _ Invoke) (any, error) {
	if len(a.Args) > 1 {
		return nil, errors.New("takes one argument")
	}
	return nil, v.(*Dict).Fill(a)
}

// Fill adds what dict(…) and update(…) take: a dict or pairs, and names.
func (d *Dict) Fill(a *Arguments) error {
	for _, arg := range a.Args {
		if err := fillFrom(d, arg); err != nil {
			return err
		}
	}
	for _, n := range a.Named {
		d.SetString(n.Name, n.Value)
	}
	return nil
}

func fillFrom(d *Dict, arg any) error {
	if other, ok, err := AsDict(arg); ok {
		if err != nil {
			return err
		}
		for i, key := range other.keys {
			if err := d.Set(key, other.values[i]); err != nil {
				return err
			}
		}
		return nil
	}
	pairs, err := Collect(arg)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		pair, err := Collect(p)
		if err != nil || len(pair) != 2 {
			return errors.New("needs a dict or pairs of a key and a value")
		}
		if err := d.Set(pair[0], pair[1]); err != nil {
			return err
		}
	}
	return nil
}
