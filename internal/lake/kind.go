package lake

import (
	"fmt"
	"strings"
)

// Kind is the kind of a column's type.
type Kind uint8

// The kinds of Iceberg's types.
const (
	Boolean Kind = iota + 1
	Int
	Long
	Float
	Double
	Decimal
	Date
	Time
	Timestamp
	TimestampTZ
	TimestampNS
	TimestampTZNS
	String
	UUID
	Fixed
	Binary
	Struct
	List
	Map
)

var kindNames = map[Kind]string{
	Boolean: "boolean", Int: "int", Long: "long", Float: "float", Double: "double",
	Decimal: "decimal", Date: "date", Time: "time", Timestamp: "timestamp",
	TimestampTZ: "timestamptz", TimestampNS: "timestamp_ns", TimestampTZNS: "timestamptz_ns",
	String: "string", UUID: "uuid", Fixed: "fixed", Binary: "binary",
	Struct: "struct", List: "list", Map: "map",
}

// String returns Iceberg's name of the kind.
func (k Kind) String() string {
	if name, found := kindNames[k]; found {
		return name
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Type is the type of a column.
type Type struct {
	Kind Kind
	// Precision and Scale are those of a Decimal.
	Precision, Scale int
	// Length is that of a Fixed, in bytes.
	Length int
	// Fields are those of a Struct.
	Fields []Field
	// Elem is the element of a List; its name is "element".
	Elem *Field
	// Key and Value are those of a Map; their names are "key" and "value".
	Key, Value *Field
}

// TypeOf returns a type that has no parts.
func TypeOf(k Kind) Type { return Type{Kind: k} }

// DecimalOf returns a decimal type.
func DecimalOf(precision, scale int) Type {
	return Type{Kind: Decimal, Precision: precision, Scale: scale}
}

// StructOf returns a struct type.
func StructOf(fields ...Field) Type { return Type{Kind: Struct, Fields: fields} }

// ListOf returns a list whose elements may be null.
func ListOf(elem Type) Type {
	return Type{Kind: List, Elem: &Field{Name: "element", Type: elem}}
}

// MapOf returns a map whose values may be null.
func MapOf(key, value Type) Type {
	return Type{Kind: Map, Key: &Field{Name: "key", Type: key, Required: true}, Value: &Field{Name: "value", Type: value}}
}

// String returns the type in Iceberg's spelling, such as decimal(18,3) or
// struct<a: int, b: list<string>>.
func (t Type) String() string {
	switch t.Kind {
	case Decimal:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case Fixed:
		return fmt.Sprintf("fixed[%d]", t.Length)
	case Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = f.Name + ": " + f.Type.String()
		}
		return "struct<" + strings.Join(parts, ", ") + ">"
	case List:
		return "list<" + t.Elem.Type.String() + ">"
	case Map:
		return "map<" + t.Key.Type.String() + ", " + t.Value.Type.String() + ">"
	default:
		return t.Kind.String()
	}
}

// Nested reports whether the type has parts.
func (t Type) Nested() bool { return t.Kind == Struct || t.Kind == List || t.Kind == Map }

// children returns the parts of a nested type: fields, element, or key and
// value. Changing one changes the type.
func (t Type) children() []*Field {
	switch t.Kind {
	case Struct:
		out := make([]*Field, len(t.Fields))
		for i := range t.Fields {
			out[i] = &t.Fields[i]
		}
		return out
	case List:
		return []*Field{t.Elem}
	case Map:
		return []*Field{t.Key, t.Value}
	default:
		return nil
	}
}

// clone returns a copy that shares nothing with t.
func (t Type) clone() Type {
	t.Fields = cloneFields(t.Fields)
	for _, part := range []**Field{&t.Elem, &t.Key, &t.Value} {
		if *part != nil {
			f := **part
			f.Type = f.Type.clone()
			*part = &f
		}
	}
	return t
}

// minFormat is the first version of the table format that has the type.
func (t Type) minFormat() int {
	version := 2
	if t.Kind == TimestampNS || t.Kind == TimestampTZNS {
		version = 3
	}
	for _, c := range t.children() {
		version = max(version, c.Type.minFormat())
	}
	return version
}
