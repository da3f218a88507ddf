package python

import (
	"fmt"
	"iter"
	"math"
	"math/big"
	"reflect"
	"slices"
)

// From returns the template's form of a Go value: integers become int64,
// []any a new [List], map[string]any a new [Dict] in order of its keys, and what
// has a method All that goes through keys and values one in their order. What is
// a template's value already is returned as it is.
func From(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, float64, string, *List, *Dict, Tuple, *Undefined, *Method,
		*Namespace, Range, View, *Iterator, Object:
		return v
	case int:
		return int64(v)
	case *big.Int:
		return Normal(v)
	case []any:
		l := &List{Items: make([]any, len(v))}
		for i, item := range v {
			l.Items[i] = From(item)
		}
		return l
	case map[string]any:
		return fromMap(v)
	case interface{ All() iter.Seq2[string, any] }:
		d := NewDict()
		for key, value := range v.All() {
			d.SetString(key, From(value))
		}
		return d
	}
	return fromReflect(reflect.ValueOf(v))
}

func fromMap(m map[string]any) *Dict {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	d := NewDict()
	for _, name := range names {
		d.SetString(name, From(m[name]))
	}
	return d
}

// fromReflect converts the less usual Go types.
func fromReflect(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if u := v.Uint(); u > math.MaxInt64 {
			return new(big.Int).SetUint64(u)
		}
		return int64(v.Uint())
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.String:
		return v.String()
	case reflect.Slice, reflect.Array:
		l := &List{Items: make([]any, v.Len())}
		for i := range l.Items {
			l.Items[i] = From(v.Index(i).Interface())
		}
		return l
	case reflect.Map:
		m := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			m[fmt.Sprint(key.Interface())] = v.MapIndex(key).Interface()
		}
		return fromMap(m)
	}
	return fmt.Sprint(v.Interface())
}

// ToGo is the reverse of [From]: bool, int64, float64, string, nil, []any and
// map[string]any. Tuples, ranges and views become []any, keys that are no
// strings are printed, and what has no Go form (a function, an undefined
// value) is an error.
func ToGo(v any) (any, error) { return toGo(v, 0) }

func toGo(v any, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	switch v := v.(type) {
	case nil, bool, int64, float64, string:
		return v, nil
	case *big.Int:
		return v.String(), nil
	case *Undefined:
		return nil, v.Err()
	case *Dict:
		return dictToGo(v, depth)
	case *List, Tuple, Range, View:
		items, err := Collect(v)
		if err != nil {
			return nil, err
		}
		out := make([]any, len(items))
		for i, item := range items {
			if out[i], err = toGo(item, depth+1); err != nil {
				return nil, err
			}
		}
		return out, nil
	case Plain:
		return v.Plain(), nil
	case Mapping:
		d, _, err := AsDict(v)
		if err != nil {
			return nil, err
		}
		return dictToGo(d, depth)
	case Iterable:
		items, err := Collect(v)
		if err != nil {
			return nil, err
		}
		return toGo(Tuple(items), depth+1)
	case Stringer:
		return v.Str(), nil
	}
	return nil, fmt.Errorf("a %s is no plain value", TypeName(v))
}

func dictToGo(d *Dict, depth int) (any, error) {
	out := make(map[string]any, d.Len())
	for i, key := range d.keys {
		name, err := Str(key)
		if err != nil {
			return nil, err
		}
		if out[name], err = toGo(d.values[i], depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}
