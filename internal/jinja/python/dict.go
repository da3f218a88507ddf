package python

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
)

// Dict is Python's dict: it keeps the order of insertion and is shared by
// reference.
type Dict struct {
	keys, values []any
	index        map[any]int // by hashKey; nil while the dict is small
}

// smallDict is up to how many entries are searched without an index.
const smallDict = 8

// NewDict returns an empty dict.
func NewDict() *Dict { return &Dict{} }

// Len returns the number of entries.
func (d *Dict) Len() int { return len(d.keys) }

// Entry returns the i-th key and value.
func (d *Dict) Entry(i int) (key, value any) { return d.keys[i], d.values[i] }

// GetString returns the value of a string key.
func (d *Dict) GetString(key string) (any, bool) {
	if i := d.find(key); i >= 0 {
		return d.values[i], true
	}
	return nil, false
}

// SetString sets the value of a string key.
func (d *Dict) SetString(key string, value any) { d.put(key, key, value) }

// Get returns the value of a key; an unhashable key is an error.
func (d *Dict) Get(key any) (any, bool, error) {
	h, err := hashKey(key, 0)
	if err != nil {
		return nil, false, err
	}
	if i := d.find(h); i >= 0 {
		return d.values[i], true, nil
	}
	return nil, false, nil
}

// Set sets the value of a key; an unhashable key is an error.
func (d *Dict) Set(key, value any) error {
	h, err := hashKey(key, 0)
	if err == nil {
		d.put(h, key, value)
	}
	return err
}

func (d *Dict) find(hash any) int {
	if d.index != nil {
		if i, ok := d.index[hash]; ok {
			return i
		}
		return -1
	}
	for i, k := range d.keys {
		if s, ok := k.(string); ok {
			if s == hash {
				return i
			}
			continue
		}
		if h, err := hashKey(k, 0); err == nil && h == hash {
			return i
		}
	}
	return -1
}

func (d *Dict) put(hash, key, value any) {
	if i := d.find(hash); i >= 0 {
		d.values[i] = value
		return
	}
	d.keys, d.values = append(d.keys, key), append(d.values, value)
	if d.index != nil {
		d.index[hash] = len(d.keys) - 1
	} else if len(d.keys) > smallDict {
		d.reindex()
	}
}

func (d *Dict) reindex() {
	d.index = nil
	if len(d.keys) <= smallDict {
		return
	}
	d.index = make(map[any]int, 2*len(d.keys))
	for i, k := range d.keys {
		if h, err := hashKey(k, 0); err == nil {
			d.index[h] = i
		}
	}
}

// removeAt deletes the i-th entry.
func (d *Dict) removeAt(i int) {
	last := i == len(d.keys)-1
	if last && d.index != nil {
		if h, err := hashKey(d.keys[i], 0); err == nil {
			delete(d.index, h)
		}
	}
	d.keys = append(d.keys[:i:i], d.keys[i+1:]...)
	d.values = append(d.values[:i:i], d.values[i+1:]...)
	if !last {
		d.reindex()
	}
}

func (d *Dict) clear() { *d = Dict{} }

func (d *Dict) copy() *Dict {
	c := &Dict{keys: append([]any(nil), d.keys...), values: append([]any(nil), d.values...)}
	c.reindex()
	return c
}

// The forms in which keys are compared where the value itself will not do.
type (
	noneKey  struct{}
	bigKey   string
	tupleKey string
)

// Hash returns a comparable form of a value: two values are the same key of a
// dict if and only if theirs are equal. A value that cannot be a key is an error.
func Hash(key any) (any, error) { return hashKey(key, 0) }

// hashKey returns a comparable form of a key: two keys are the same key if and
// only if theirs are equal, as 1, 1.0 and True are in Python.
func hashKey(key any, depth int) (any, error) {
	switch k := key.(type) {
	case string, int64:
		return k, nil
	case nil:
		return noneKey{}, nil
	case bool:
		return boolInt(k), nil
	case float64:
		if k == math.Trunc(k) && math.Abs(k) < 1<<62 {
			return int64(k), nil
		}
		return k, nil
	case *big.Int:
		return bigKey(k.String()), nil
	case Tuple:
		return hashTuple(k, depth)
	case *List, *Dict, View:
		return nil, fmt.Errorf("unhashable type: '%s'", TypeName(key))
	case *Undefined:
		return (*Undefined)(nil), nil
	case Range:
		return k, nil
	case *Method, *Namespace, *Iterator:
		return k, nil
	}
	if k, ok := key.(Hashed); ok {
		if h, ok := k.Hash(); ok && reflect.ValueOf(h).Comparable() {
			return h, nil
		}
		return nil, fmt.Errorf("unhashable type: '%s'", TypeName(key))
	}
	if k, ok := key.(Object); ok && Same(k, k) {
		return k, nil
	}
	return nil, fmt.Errorf("a %s cannot be a key", TypeName(key))
}

func hashTuple(t Tuple, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	var b strings.Builder
	for _, item := range t {
		h, err := hashKey(item, depth+1)
		if err != nil {
			return nil, err
		}
		part := fmt.Sprintf("%T %v", h, h)
		fmt.Fprintf(&b, "%d:%s", len(part), part)
	}
	return tupleKey(b.String()), nil
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
