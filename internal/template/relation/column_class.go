package relation

import (
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// ColumnClass is api.Column.
type ColumnClass struct{}

// Attr returns its functions.
func (ColumnClass) Attr(name string) (any, bool) {
	f, ok := columnFunctions[name]
	if !ok {
		return nil, false
	}
	return jinja.NewFunc(name, f), true
}

// Call is api.Column(column, dtype, …).
func (ColumnClass) Call(c *jinja.Call) (any, error) {
	b, err := c.Bind("column", "dtype", "char_size?", "numeric_precision?", "numeric_scale?", "fields?")
	if err != nil {
		return nil, err
	}
	v := Column{size: b.Any(2, nil), precision: b.Any(3, nil), scaleSize: b.Any(4, nil)}
	if v.Name, err = b.String(0, ""); err == nil {
		v.Type, err = b.String(1, "")
	}
	return v, err
}

var columnFunctions = map[string]jinja.Callable{
	"create": func(c *jinja.Call) (any, error) {
		b, err := c.Bind("name", "label_or_dtype")
		if err != nil {
			return nil, err
		}
		name, err := b.String(0, "")
		if err != nil {
			return nil, err
		}
		dtype, err := b.String(1, "")
		return Column{Name: name, Type: translateType(dtype)}, err
	},
	"translate_type": func(c *jinja.Call) (any, error) {
		b, err := c.Bind("dtype")
		if err != nil {
			return nil, err
		}
		dtype, err := b.String(0, "")
		return translateType(dtype), err
	},
	"string_type": func(c *jinja.Call) (any, error) {
		b, err := c.Bind("size")
		if err != nil {
			return nil, err
		}
		size, err := python.Str(b.Any(0, nil))
		return "character varying(" + size + ")", err
	},
	"numeric_type":     numericType,
	"from_description": fromDescription,
}

func translateType(dtype string) string {
	if strings.EqualFold(dtype, "string") {
		return "TEXT"
	}
	return dtype
}

func numericType(c *jinja.Call) (any, error) {
	b, err := c.Bind("dtype", "precision", "scale")
	if err != nil {
		return nil, err
	}
	dtype, err := b.String(0, "")
	if err != nil || b.Any(1, nil) == nil || b.Any(2, nil) == nil {
		return dtype, err
	}
	precision, err := python.Str(b.Any(1, nil))
	if err != nil {
		return nil, err
	}
	scale, err := python.Str(b.Any(2, nil))
	return dtype + "(" + precision + "," + scale + ")", err
}

// fromDescription reads a type with its sizes, such as numeric(10,2).
func fromDescription(c *jinja.Call) (any, error) {
	b, err := c.Bind("name", "raw_data_type")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	raw, err := b.String(1, "")
	if err != nil {
		return nil, err
	}
	match := sized.FindStringSubmatch(raw)
	if match == nil {
		return nil, misuse(c, "`"+raw+"` is no type")
	}
	v := Column{Name: name, Type: match[1]}
	if match[2] == "" {
		return v, nil
	}
	var sizes []any
	for _, part := range strings.Split(match[2], ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil {
			return nil, misuse(c, "`"+raw+"` is no type: `"+part+"` is no number")
		}
		sizes = append(sizes, n)
	}
	switch len(sizes) {
	case 1:
		v.size = sizes[0]
	case 2:
		v.precision, v.scaleSize = sizes[0], sizes[1]
	}
	return v, nil
}
