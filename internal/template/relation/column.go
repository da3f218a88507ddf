package relation

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// Column is a column as dbt's adapter for our engine shows it: its type
// split into a name and sizes.
type Column struct {
	Name, Type                 string
	size, precision, scaleSize any // int64, or nil
}

// sized is a type with its sizes, such as varchar(10).
var sized = regexp.MustCompile(`^([^(]+)(?:\(([^)]+)\))?`)

var decimal = regexp.MustCompile(`^DECIMAL\((\d+), *(\d+)\)$`)

// NewColumn reads the engine's name for a type. As in dbt it stays whole.
func NewColumn(name, dtype string) Column {
	v := Column{Name: name, Type: dtype}
	if match := decimal.FindStringSubmatch(dtype); match != nil {
		precision, _ := strconv.ParseInt(match[1], 10, 64) // digits
		scale, _ := strconv.ParseInt(match[2], 10, 64)
		v.precision, v.scaleSize = precision, scale
	}
	return v
}

// TypeName says in errors what it is.
func (v Column) TypeName() string { return "column" }

// Repr is how Python shows it.
func (v Column) Repr() string {
	return fmt.Sprintf("<Column %s (%s)>", v.Name, v.dataType())
}

// Str is [columnValue.Repr]: columns have no text of their own.
func (v Column) Str() string { return v.Repr() }

// Equal compares all that a column is.
func (v Column) Equal(other any) bool {
	o, ok := other.(Column)
	return ok && v == o
}

// Attr returns what dbt's columns have.
func (v Column) Attr(name string) (any, bool) {
	switch name {
	case "name", "column":
		return v.Name, true
	case "quoted":
		return `"` + v.Name + `"`, true
	case "dtype":
		return v.Type, true
	case "data_type", "expanded_data_type":
		return v.dataType(), true
	case "char_size":
		return v.size, true
	case "numeric_precision":
		return v.precision, true
	case "numeric_scale":
		return v.scaleSize, true
	case "fields":
		fields := python.NewList()
		for _, f := range v.fields() {
			fields.Items = append(fields.Items, f)
		}
		return fields, true
	}
	if is, ok := v.is(name); ok {
		return jinja.NewFunc(name, func(c *jinja.Call) (any, error) {
			_, err := c.Bind()
			return is, err
		}), true
	}
	return v.method(name)
}

func (v Column) method(name string) (any, bool) {
	switch name {
	case "string_size":
		return jinja.NewFunc(name, func(c *jinja.Call) (any, error) { return v.stringSize(c) }), true
	case "can_expand_to":
		return jinja.NewFunc(name, func(c *jinja.Call) (any, error) {
			b, err := c.Bind("other_column")
			if err != nil {
				return nil, err
			}
			other, ok := b.Any(0, nil).(Column)
			return ok && v.isString() && other.isString() && other.width() > v.width(), nil
		}), true
	case "literal":
		return jinja.NewFunc(name, func(c *jinja.Call) (any, error) {
			b, err := c.Bind("value")
			if err != nil {
				return nil, err
			}
			text, err := python.Str(b.Any(0, nil))
			return text + "::" + v.dataType(), err
		}), true
	case "flatten":
		return jinja.NewFunc(name, func(*jinja.Call) (any, error) {
			flat := python.NewList()
			for _, f := range v.Flatten() {
				flat.Items = append(flat.Items, f)
			}
			return flat, nil
		}), true
	}
	return ColumnClass{}.Attr(name)
}

// The names of types by family, as dbt's adapter knows them.
var (
	stringTypes  = []string{"text", "character varying", "character", "varchar"}
	floatTypes   = []string{"real", "float", "float4", "float8", "double"}
	integerTypes = []string{
		"tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint",
		"int1", "int2", "int4", "int8", "short", "int", "signed", "long",
	}
	numericTypes = []string{"numeric", "decimal"}
)

func (v Column) in(family []string) bool {
	return slices.Contains(family, strings.ToLower(v.Type))
}

func (v Column) isString() bool { return v.in(stringTypes) }

// is answers which family the type belongs to.
func (v Column) is(name string) (bool, bool) {
	switch name {
	case "is_string":
		return v.isString(), true
	case "is_float":
		return v.in(floatTypes), true
	case "is_integer":
		return v.in(integerTypes), true
	case "is_numeric":
		return v.in(numericTypes), true
	case "is_number":
		return v.in(floatTypes) || v.in(integerTypes) || v.in(numericTypes), true
	case "is_struct":
		return v.isStruct(), true
	}
	return false, false
}

func (v Column) isStruct() bool { return strings.HasPrefix(strings.ToLower(v.Type), "struct") }

func (v Column) dataType() string {
	switch {
	case v.isString():
		return stringType(v.width())
	case v.in(numericTypes) && v.precision != nil && v.scaleSize != nil:
		return fmt.Sprintf("%s(%d,%d)", v.Type, v.precision, v.scaleSize)
	}
	return v.Type
}

func stringType(size int64) string { return fmt.Sprintf("character varying(%d)", size) }

// width is the size of a string; those without one count as dbt counts them.
func (v Column) width() int64 {
	if n, ok := v.size.(int64); ok && v.Type != "text" {
		return n
	}
	return 256
}

func (v Column) stringSize(c *jinja.Call) (any, error) {
	if !v.isString() {
		return nil, misuse(c, "`string_size` is for columns of strings, and `"+v.Name+"` is a "+v.Type)
	}
	return v.width(), nil
}

// fields are the parts of a struct.
func (v Column) fields() []Column {
	open, end := strings.IndexByte(v.Type, '('), strings.LastIndexByte(v.Type, ')')
	if !v.isStruct() || open < 0 || end < open {
		return nil
	}
	var out []Column
	depth, from := 0, open+1
	for i := open + 1; i <= end; i++ {
		switch c := v.Type[i]; {
		case c == '(':
			depth++
		case c == ')' && i < end:
			depth--
		case i == end || c == ',' && depth == 0:
			name, dtype, _ := strings.Cut(strings.TrimSpace(v.Type[from:i]), " ")
			out = append(out, Column{Name: name, Type: dtype})
			from = i + 1
		}
	}
	return out
}

// Flatten returns the parts of a struct by their full names, at any depth.
func (v Column) Flatten() []Column {
	if !v.isStruct() {
		return []Column{v}
	}
	var flat []Column
	for _, f := range v.fields() {
		for _, part := range f.Flatten() {
			part.Name = v.Name + "." + part.Name
			flat = append(flat, part)
		}
	}
	return flat
}
