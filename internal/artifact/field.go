package artifact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
)

// Fields are a mapping whose keys have an order, as Python's dicts have. Their
// values are nil, bool, int64, float64, string, []any and Fields.
type Fields []Field

// Field is a key of a mapping with its value.
type Field struct {
	Key   string
	Value any
}

// All goes through the fields in order.
func (f Fields) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for _, one := range f {
			if !yield(one.Key, one.Value) {
				return
			}
		}
	}
}

// Get returns the value of a key.
func (f Fields) Get(key string) (v any, ok bool) {
	for _, one := range f {
		if one.Key == key {
			return one.Value, true
		}
	}
	return nil, false
}

// with sets a key, in its place where it is there.
func (f Fields) with(key string, v any) Fields {
	for i := range f {
		if f[i].Key == key {
			f[i].Value = v
			return f
		}
	}
	return append(f, Field{key, v})
}

// MarshalJSON writes the fields in order.
func (f Fields) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, one := range f {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(one.Key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.Value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

// described turns a description into fields.
func described(v any) (Fields, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("describe a resource: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	out, err := fieldValue(d)
	if err != nil {
		return nil, fmt.Errorf("describe a resource: %w", err)
	}
	fields, _ := out.(Fields)
	return fields, nil
}

// fieldValue reads the next value; whole numbers are integers, as they were.
func fieldValue(d *json.Decoder) (any, error) {
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
			return fieldList(d)
		}
		return fieldMapping(d)
	}
	return token, nil
}

func fieldList(d *json.Decoder) (any, error) {
	list := []any{}
	for d.More() {
		v, err := fieldValue(d)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func fieldMapping(d *json.Decoder) (any, error) {
	fields := Fields{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := fieldValue(d)
		if err != nil {
			return nil, err
		}
		fields = append(fields, Field{fmt.Sprint(key), v})
	}
	_, err := d.Token()
	return fields, err
}
