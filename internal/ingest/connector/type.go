package connector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Type is the type of a column. Which fields mean something follows from Kind.
type Type struct {
	Kind Kind
	// Precision and Scale are a Decimal's.
	Precision, Scale int
	// Elem is a List's; a Map's value.
	Elem *Type
	// Key is a Map's.
	Key *Type
	// Fields are a Struct's.
	Fields []Field
}

// Field is one field of a struct.
type Field struct {
	Name string
	Type Type
}

// ListOf returns the type of a list.
func ListOf(elem Type) Type { return Type{Kind: List, Elem: &elem} }

// MapOf returns the type of a map.
func MapOf(key, value Type) Type { return Type{Kind: Map, Key: &key, Elem: &value} }

// StructOf returns the type of a struct.
func StructOf(fields ...Field) Type { return Type{Kind: Struct, Fields: fields} }

// Equal reports whether t and u are the same type.
func (t Type) Equal(u Type) bool {
	return t.Kind == u.Kind && t.Precision == u.Precision && t.Scale == u.Scale &&
		equalInner(t.Elem, u.Elem) && equalInner(t.Key, u.Key) &&
		slices.EqualFunc(t.Fields, u.Fields, func(a, b Field) bool { return a.Name == b.Name && a.Type.Equal(b.Type) })
}

func equalInner(t, u *Type) bool {
	if t == nil || u == nil {
		return t == u
	}
	return t.Equal(*u)
}

// Nested reports whether values of t hold other values.
func (t Type) Nested() bool { return t.Kind == List || t.Kind == Struct || t.Kind == Map }

// Field returns the position of the struct's field of that name, or -1. Names
// that differ only by case are the same name.
func (t Type) Field(name string) int {
	folded := ident.Fold(name)
	return slices.IndexFunc(t.Fields, func(f Field) bool { return ident.Fold(f.Name) == folded })
}

// String returns Iceberg's spelling, such as decimal(18,3) or list<string>;
// [ParseType] reads it.
func (t Type) String() string {
	switch t.Kind {
	case Decimal:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case List:
		return "list<" + t.Elem.String() + ">"
	case Map:
		return "map<" + t.Key.String() + ", " + t.Elem.String() + ">"
	case Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = fieldName(f.Name) + ": " + f.Type.String()
		}
		return "struct<" + strings.Join(parts, ", ") + ">"
	default:
		return t.Kind.String()
	}
}

// fieldName quotes a name that does not stand for itself in a type.
func fieldName(name string) string {
	plain := name != "" && !strings.ContainsAny(name, "<>,:\"() \t\n")
	if plain {
		return name
	}
	return ident.Quote(name)
}

// Arrow returns the Arrow type of the column's values; times are microseconds.
func (t Type) Arrow() arrow.DataType {
	switch t.Kind {
	case Boolean:
		return arrow.FixedWidthTypes.Boolean
	case Int:
		return arrow.PrimitiveTypes.Int32
	case Long:
		return arrow.PrimitiveTypes.Int64
	case Float:
		return arrow.PrimitiveTypes.Float32
	case Double:
		return arrow.PrimitiveTypes.Float64
	case Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case TimestampTZ:
		return arrow.FixedWidthTypes.Timestamp_us
	case Time:
		return arrow.FixedWidthTypes.Time64us
	case Binary:
		return arrow.BinaryTypes.Binary
	case List:
		return arrow.ListOf(t.Elem.Arrow())
	case Map:
		return arrow.MapOf(t.Key.Arrow(), t.Elem.Arrow())
	case Struct:
		fields := make([]arrow.Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = arrow.Field{Name: f.Name, Type: f.Type.Arrow(), Nullable: true}
		}
		return arrow.StructOf(fields...)
	default:
		return arrow.BinaryTypes.String
	}
}

// WidensTo reports whether Iceberg lets a column of type t become one of type
// to: the same type, int to long, float to double, more decimal precision; a
// struct may gain fields, and what is inside may widen.
func (t Type) WidensTo(to Type) bool {
	switch t.Kind {
	case Int:
		return to.Kind == Int || to.Kind == Long
	case Float:
		return to.Kind == Float || to.Kind == Double
	case Decimal:
		return to.Kind == Decimal && to.Scale == t.Scale && to.Precision >= t.Precision
	case List:
		return to.Kind == List && t.Elem.WidensTo(*to.Elem)
	case Map:
		return to.Kind == Map && t.Key.Equal(*to.Key) && t.Elem.WidensTo(*to.Elem)
	case Struct:
		return to.Kind == Struct && !slices.ContainsFunc(t.Fields, func(f Field) bool {
			i := to.Field(f.Name)
			return i < 0 || !f.Type.WidensTo(to.Fields[i].Type)
		})
	default:
		return t.Equal(to)
	}
}
