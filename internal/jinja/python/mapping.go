package python

type (
	// Mapping passes for a dict: `is mapping`, iteration over its keys, length,
	// `in`, `| items`, dict(v), **v and JSON. Methods such as items() are
	// attributes like any other: [MappingMethod] makes them.
	Mapping interface {
		Indexed
		Keys() []any
	}
	// Plain has a plain form, for [ToGo] and JSON.
	Plain interface{ Plain() any }
)

// MappingMethod returns the methods that dicts have and do not change them:
// keys, values, items and get.
func MappingMethod(m Mapping, name string) (any, bool) {
	list := func(item func(key any) (any, error)) any {
		return &Method{Name: name, Of: m, run: func(_ any, a *Arguments, _ Invoke) (any, error) {
			if _, err := a.Bind(); err != nil {
				return nil, err
			}
			l := NewList()
			for _, k := range m.Keys() {
				v, err := item(k)
				if err != nil {
					return nil, err
				}
				l.Items = append(l.Items, From(v))
			}
			return l, nil
		}}
	}
	switch name {
	case "keys":
		return list(func(key any) (any, error) { return key, nil }), true
	case "values":
		return list(func(key any) (any, error) {
			v, _, err := m.Item(key)
			return v, err
		}), true
	case "items":
		return list(func(key any) (any, error) {
			v, _, err := m.Item(key)
			return Tuple{From(key), From(v)}, err
		}), true
	case "get":
		return &Method{Name: name, Of: m, run: func(_ any, a *Arguments, _ Invoke) (any, error) {
			b, err := a.Bind("_key", "_default?")
			if err != nil {
				return nil, err
			}
			v, ok, err := m.Item(b.Any(0, nil))
			if err != nil || ok {
				return v, err
			}
			return b.Any(1, nil), nil
		}}, true
	}
	return nil, false
}

// AsDict returns a dict, or a mapping of the host's as one.
func AsDict(v any) (d *Dict, ok bool, err error) {
	switch v := v.(type) {
	case *Dict:
		return v, true, nil
	case Mapping:
		d := NewDict()
		for _, key := range v.Keys() {
			item, _, err := v.Item(key)
			if err != nil {
				return nil, true, err
			}
			if err := d.Set(From(key), From(item)); err != nil {
				return nil, true, err
			}
		}
		return d, true, nil
	}
	return nil, false, nil
}

// NewIteratorOver returns an iterator over items.
func NewIteratorOver(items []any) *Iterator {
	return counting("list_iterator", func() int { return len(items) }, func(i int) any { return From(items[i]) })
}

// Items returns the view that items() gives.
func (d *Dict) Items() View { return View{viewItems, d} }

// Delete removes a key, if it is there.
func (d *Dict) Delete(key any) {
	if h, err := hashKey(key, 0); err == nil {
		if i := d.find(h); i >= 0 {
			d.removeAt(i)
		}
	}
}
