package typed

import (
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textvalue"
)

// caster writes values into vectors of one type. It is not safe for concurrent
// use.
type caster struct {
	t connector.Type
	// text sets what comes as another type, by way of its text.
	text    textvalue.Setter
	scratch []byte
	// rounds lets numbers be rounded into float and double.
	rounds bool
	// inner are the casters of a struct's fields, a list's elements, or a map's
	// keys and values.
	inner []*caster
	// source are the fields of the structs that places were made for: each
	// field's position in t, or -1.
	source []connector.Field
	places []int
	// missing are the fields of t that source lacks.
	missing []int
}

// newCaster returns the caster of a column; declared columns are read more
// kindly.
func newCaster(t connector.Type, declared bool) *caster {
	kindly := declared || t.Kind != connector.Float && t.Kind != connector.Double
	c := &caster{t: t, rounds: declared}
	switch t.Kind {
	case connector.List:
		c.inner = []*caster{newCaster(*t.Elem, declared)}
	case connector.Map:
		c.inner = []*caster{newCaster(*t.Key, declared), newCaster(*t.Elem, declared)}
	case connector.Struct:
		for _, f := range t.Fields {
			c.inner = append(c.inner, newCaster(f.Type, declared))
		}
	default:
		c.text = textvalue.NewSetter(t, textvalue.Formats{}, kindly)
	}
	return c
}

// set sets a row to a value. Where it reports that the value does not fit, the
// row is still to be set, or to be rewound.
func (c *caster) set(v *connector.Vector, row int, x *Value) bool {
	if !x.Present {
		v.SetNull(row)
		return true
	}
	if x.Kind == Unfit || x.Nanos != 0 && c.t.Kind != connector.String {
		return false
	}
	if x.Kind != c.t.Kind {
		return c.convert(v, row, x)
	}
	switch c.t.Kind {
	case connector.Boolean:
		v.SetBool(row, x.Int != 0)
	case connector.Int, connector.Date:
		v.Int32s()[row] = int32(x.Int)
	case connector.Long, connector.Time, connector.Timestamp, connector.TimestampTZ:
		v.Int64s()[row] = x.Int
	case connector.Float:
		v.Float32s()[row] = float32(x.Float)
	case connector.Double:
		v.Float64s()[row] = x.Float
	case connector.Decimal:
		return c.decimal(v, row, x)
	case connector.List:
		return c.list(v, row, x)
	case connector.Map:
		return c.entries(v, row, x)
	case connector.Struct:
		return c.fields(v, row, x)
	case connector.String:
		v.SetText(row, x.Bytes)
		return utf8.Valid(x.Bytes)
	default:
		v.SetText(row, x.Bytes)
	}
	return true
}

// convert sets a row to a value of another kind.
func (c *caster) convert(v *connector.Vector, row int, x *Value) bool {
	switch {
	case c.t.Kind == connector.String:
		if x.Kind == connector.Binary && !utf8.Valid(x.Bytes) {
			return false
		}
		c.scratch = AppendText(c.scratch[:0], x)
		v.SetText(row, c.scratch)
		return utf8.Valid(c.scratch)
	case c.t.Nested() || nested(x.Kind):
		return false
	case isWhole(x.Kind):
		if done, ok := c.whole(v, row, x.Int); done {
			return ok
		}
	case x.Kind == connector.Float && c.t.Kind == connector.Double:
		v.Float64s()[row] = x.Float
		return true
	case x.Kind == connector.Double && c.t.Kind == connector.Float:
		v.Float32s()[row] = float32(x.Float)
		return c.rounds || x.Float != x.Float || float64(float32(x.Float)) == x.Float
	case x.Kind == connector.String && c.t.Kind == connector.Binary:
		v.SetText(row, x.Bytes)
		return true
	case x.Kind == connector.Binary:
		return false
	case c.rounds && x.Kind == connector.TimestampTZ && c.t.Kind == connector.Timestamp:
		v.Int64s()[row] = x.Int // in UTC, as is declared
		return true
	}
	if c.text == nil {
		return false
	}
	c.scratch = AppendText(c.scratch[:0], x)
	return c.text(v, row, c.scratch)
}

// whole sets a row to a whole number; done is false where c.t is no number.
func (c *caster) whole(v *connector.Vector, row int, n int64) (done, ok bool) {
	switch c.t.Kind {
	case connector.Boolean:
		v.SetBool(row, n == 1)
		return true, n == 0 || n == 1
	case connector.Int:
		v.Int32s()[row] = int32(n)
		return true, int64(int32(n)) == n
	case connector.Long:
		v.Int64s()[row] = n
		return true, true
	case connector.Float:
		v.Float32s()[row] = float32(n)
		return true, c.rounds || -1<<24 <= n && n <= 1<<24
	case connector.Double:
		v.Float64s()[row] = float64(n)
		return true, c.rounds || -1<<53 <= n && n <= 1<<53
	}
	return false, false
}

// decimal sets a row to a decimal of any scale.
func (c *caster) decimal(v *connector.Vector, row int, x *Value) bool {
	n := x.Decimal
	if int(x.Scale) != c.t.Scale {
		var ok bool
		if n, ok = rescale(n, int32(x.Scale), int32(c.t.Scale)); !ok {
			return false
		}
	}
	v.Decimals()[row] = n
	return n.FitsInPrecision(int32(c.t.Precision))
}

// rescale moves the point. Digits are never lost.
func rescale(n decimal128.Num, from, to int32) (moved decimal128.Num, ok bool) {
	if to > from && !n.FitsInPrecision(connector.MaxPrecision-(to-from)) {
		return n, n == decimal128.Num{}
	}
	moved, err := n.Rescale(from, to)
	return moved, err == nil
}

func (c *caster) list(v *connector.Vector, row int, x *Value) bool {
	elem := v.Elem()
	for i := range x.Items {
		if !c.inner[0].set(elem, elem.Extend(), &x.Items[i]) {
			return false
		}
	}
	v.SetList(row)
	return true
}

// entries sets a row to a map: keys are never NULL.
func (c *caster) entries(v *connector.Vector, row int, x *Value) bool {
	entries := v.Entries()
	for i := 0; i+1 < len(x.Items); i += 2 {
		at := entries.Extend()
		key, value := &x.Items[i], &x.Items[i+1]
		if !key.Present || !c.inner[0].set(entries.Child(0), at, key) || !c.inner[1].set(entries.Child(1), at, value) {
			return false
		}
	}
	v.SetList(row)
	return true
}

// fields sets a row to a struct, by the names of its fields. A field that the
// column lacks must be NULL.
func (c *caster) fields(v *connector.Vector, row int, x *Value) bool {
	c.match(x.Fields)
	for i := range x.Items {
		place := c.places[i]
		if place < 0 {
			if x.Items[i].Present {
				return false
			}
			continue
		}
		if !c.inner[place].set(v.Child(place), row, &x.Items[i]) {
			return false
		}
	}
	for _, place := range c.missing {
		v.Child(place).SetNull(row)
	}
	return true
}

// match finds the places of a struct's fields, once for each type of struct.
func (c *caster) match(source []connector.Field) {
	if c.places != nil && len(source) == len(c.source) && (len(source) == 0 || &source[0] == &c.source[0]) {
		return
	}
	c.source, c.places, c.missing = source, make([]int, len(source)), nil
	index := make(map[string]int, len(c.t.Fields))
	for i, f := range c.t.Fields {
		index[ident.Fold(f.Name)] = i
	}
	for i, f := range source {
		place, ok := index[ident.Fold(f.Name)]
		if !ok {
			place = -1
		}
		c.places[i] = place
		delete(index, ident.Fold(f.Name))
	}
	for i, f := range c.t.Fields {
		if _, left := index[ident.Fold(f.Name)]; left {
			c.missing = append(c.missing, i)
		}
	}
}

func nested(k connector.Kind) bool {
	return k == connector.List || k == connector.Struct || k == connector.Map
}
