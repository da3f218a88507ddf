package postgres

import (
	"encoding/binary"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
)

// arrayHead is what an array starts with: how many dimensions, whether there
// are NULLs, and the type of its elements. Of each dimension follow its size and
// its lower bound, then the elements.
const arrayHead = 12

// cursor walks over values that each have their length before them, -1 for
// NULL.
type cursor struct {
	data []byte
	bad  bool
}

// next returns the next value; nil is NULL.
func (c *cursor) next() []byte {
	if len(c.data) < 4 {
		c.bad = true
		return nil
	}
	n := int32(binary.BigEndian.Uint32(c.data))
	c.data = c.data[4:]
	switch {
	case n == -1:
		return nil
	case n < 0 || int(n) > len(c.data):
		c.bad = true
		return nil
	}
	value := c.data[:n:n]
	c.data = c.data[n:]
	return value
}

// parseArray returns the sizes of an array's dimensions and its elements.
func parseArray(data []byte) (sizes []int, elements cursor, ok bool) {
	if len(data) < arrayHead {
		return nil, cursor{}, false
	}
	dimensions := int(binary.BigEndian.Uint32(data))
	data = data[arrayHead:]
	if dimensions < 0 || dimensions > len(data)/8 {
		return nil, cursor{}, false
	}
	total := 1
	for range dimensions {
		size := int(int32(binary.BigEndian.Uint32(data)))
		data = data[8:]
		if size < 0 || size > len(data)/4+1 {
			return nil, cursor{}, false
		}
		total *= size
		if total > len(data)/4+1 {
			return nil, cursor{}, false
		}
		sizes = append(sizes, size)
	}
	return sizes, cursor{data: data}, true
}

// bindArray reads arrays of one dimension, whatever their lower bound.
func bindArray(s *shape, t connector.Type) setter {
	set := bind(s.elem, *t.Elem)
	if set == nil {
		return nil
	}
	return func(v *connector.Vector, row int, data []byte) bool {
		if len(data) < arrayHead {
			return false
		}
		switch dimensions := binary.BigEndian.Uint32(data); {
		case dimensions == 0:
			v.SetList(row)
			return true
		case dimensions > 1 || len(data) < arrayHead+8:
			return false
		}
		count := int(binary.BigEndian.Uint32(data[arrayHead:]))
		elements := cursor{data: data[arrayHead+8:]}
		elem := v.Elem()
		for range count {
			value := elements.next()
			if elements.bad {
				return false
			}
			if at := elem.Extend(); value == nil {
				elem.SetNull(at)
			} else if !set(elem, at, value) {
				elem.SetNull(at)
				return false
			}
		}
		v.SetList(row)
		return true
	}
}

// bindComposite reads composite values: how many fields, then each with its
// type and its value.
func bindComposite(s *shape, t connector.Type) setter {
	sets, at := make([]setter, len(s.fields)), make([]int, len(s.fields))
	taken := make([]bool, len(t.Fields))
	for i, f := range s.fields {
		at[i] = t.Field(f.name)
		if at[i] < 0 {
			return nil
		}
		taken[at[i]] = true
		if sets[i] = bind(f.shape, t.Fields[at[i]].Type); sets[i] == nil {
			return nil
		}
	}
	return func(v *connector.Vector, row int, data []byte) bool {
		if len(data) < 4 || int(binary.BigEndian.Uint32(data)) != len(sets) {
			return false
		}
		values := cursor{data: data[4:]}
		for i, set := range sets {
			if len(values.data) < 4 {
				return false
			}
			values.data = values.data[4:]
			value := values.next()
			if values.bad {
				return false
			}
			if child := v.Child(at[i]); value == nil {
				child.SetNull(row)
			} else if !set(child, row, value) {
				return false
			}
		}
		for i, there := range taken {
			if !there {
				v.Child(i).SetNull(row)
			}
		}
		return true
	}
}
