package agate

import (
	"math"
	"math/big"
	"strconv"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/pymodule"
)

// Type is the type of a column.
type Type string

// The types, by agate's names and dbt's.
const (
	Integer  Type = "Integer"
	Number   Type = "Number"
	Date     Type = "Date"
	DateTime Type = "DateTime"
	Boolean  Type = "Boolean"
	Text     Type = "Text"
)

// Attr returns the functions that turn a value of the type into what JSON and
// CSV have.
func (t Type) Attr(name string) (any, bool) {
	convert, known := map[string]func(any) (any, error){"jsonify": t.jsonify, "csvify": csvify}[name]
	if !known {
		return nil, false
	}
	return jinja.NewFunc(name, func(c *jinja.Call) (any, error) {
		b, err := c.Bind("d")
		if err != nil {
			return nil, err
		}
		return convert(b.Any(0, nil))
	}), true
}

func (t Type) jsonify(v any) (any, error) {
	switch {
	case v == nil || t == Integer || t == Boolean:
		return v, nil
	case t == Number:
		text, err := python.Str(v)
		if err != nil {
			return nil, err
		}
		return strconv.ParseFloat(text, 64)
	}
	return csvify(v)
}

func csvify(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case pymodule.DateTime:
		return v.ISO(), nil
	}
	return python.Str(v)
}

// Str is the name.
func (t Type) Str() string { return string(t) }

// Equal compares with other types.
func (t Type) Equal(other any) bool { return other == any(t) }

// kindOf is the narrowest type that holds a value; None fits all of them.
func kindOf(v any) Type {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return Boolean
	case int64, *big.Int:
		return Integer
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Text
		}
		return Number
	case pymodule.Decimal:
		return Number
	case pymodule.Date:
		return Date
	case pymodule.DateTime:
		return DateTime
	}
	return Text
}

// typed finds the type of a column and gives its values that type.
func typed(rows [][]any, column int) Type {
	kind := Type("")
	for _, row := range rows {
		kind = common(kind, kindOf(row[column]))
	}
	if kind == "" {
		return Integer
	}
	for _, row := range rows {
		row[column] = cast(row[column], kind)
	}
	return kind
}

// common is the type that holds values of both types.
func common(a, b Type) Type {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	case (a == Integer || a == Number) && (b == Integer || b == Number):
		return Number
	case (a == Date || a == DateTime) && (b == Date || b == DateTime):
		return DateTime
	}
	return Text
}

func cast(v any, to Type) any {
	if v == nil {
		return nil
	}
	switch to {
	case Number:
		if text, err := python.Str(v); err == nil {
			if d, err := pymodule.ParseDecimal(text); err == nil {
				return d
			}
		}
	case DateTime:
		if d, ok := v.(pymodule.Date); ok {
			return pymodule.NewDateTime(d.Time())
		}
	case Text:
		return asText(v)
	}
	return v
}

// asText is how a value that is no plain one stands in a column of text: lists
// and dicts as JSON.
func asText(v any) any {
	switch v.(type) {
	case string:
		return v
	case *python.List, *python.Dict, python.Tuple:
		if text, err := jinja.JSON(plain(v), jinja.JSONOptions{}); err == nil {
			return text
		}
	}
	text, err := python.Str(v)
	if err != nil {
		return nil
	}
	return text
}

// plain is a value as JSON can write it: dates as texts, decimals as numbers.
func plain(v any) any {
	switch v := v.(type) {
	case *python.List:
		return &python.List{Items: plainAll(v.Items)}
	case python.Tuple:
		return python.Tuple(plainAll(v))
	case *python.Dict:
		out := python.NewDict()
		for i := range v.Len() {
			key, value := v.Entry(i)
			if err := out.Set(key, plain(value)); err != nil {
				continue
			}
		}
		return out
	case pymodule.Decimal:
		if n, ok := v.Int(); ok && v.Equal(n) {
			return n
		}
		return v.Float()
	case pymodule.DateTime:
		return v.ISO()
	case python.Stringer:
		return v.Str()
	}
	return v
}

func plainAll(items []any) []any {
	out := make([]any, len(items))
	for i, item := range items {
		out[i] = plain(item)
	}
	return out
}
