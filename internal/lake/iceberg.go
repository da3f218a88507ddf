package lake

import (
	"fmt"

	"github.com/apache/iceberg-go"
)

var primitives = map[Kind]iceberg.Type{
	Boolean: iceberg.PrimitiveTypes.Bool, Int: iceberg.PrimitiveTypes.Int32, Long: iceberg.PrimitiveTypes.Int64,
	Float: iceberg.PrimitiveTypes.Float32, Double: iceberg.PrimitiveTypes.Float64,
	Date: iceberg.PrimitiveTypes.Date, Time: iceberg.PrimitiveTypes.Time,
	Timestamp: iceberg.PrimitiveTypes.Timestamp, TimestampTZ: iceberg.PrimitiveTypes.TimestampTz,
	TimestampNS: iceberg.PrimitiveTypes.TimestampNs, TimestampTZNS: iceberg.PrimitiveTypes.TimestampTzNs,
	String: iceberg.PrimitiveTypes.String, UUID: iceberg.PrimitiveTypes.UUID, Binary: iceberg.PrimitiveTypes.Binary,
}

func toIcebergType(t Type) iceberg.Type {
	switch t.Kind {
	case Decimal:
		return iceberg.DecimalTypeOf(t.Precision, t.Scale)
	case Fixed:
		return iceberg.FixedTypeOf(t.Length)
	case Struct:
		return &iceberg.StructType{FieldList: toIcebergFields(t.Fields)}
	case List:
		return &iceberg.ListType{
			ElementID: t.Elem.ID, Element: toIcebergType(t.Elem.Type), ElementRequired: t.Elem.Required}
	case Map:
		return &iceberg.MapType{
			KeyID: t.Key.ID, KeyType: toIcebergType(t.Key.Type),
			ValueID: t.Value.ID, ValueType: toIcebergType(t.Value.Type), ValueRequired: t.Value.Required}
	default:
		return primitives[t.Kind]
	}
}

func toIcebergFields(fields []Field) []iceberg.NestedField {
	out := make([]iceberg.NestedField, len(fields))
	for i, f := range fields {
		out[i] = iceberg.NestedField{ID: f.ID, Name: f.Name, Type: toIcebergType(f.Type), Required: f.Required, Doc: f.Doc,
			InitialDefault: f.InitialDefault, WriteDefault: f.WriteDefault}
	}
	return out
}

// toIcebergSchema converts a checked schema.
func toIcebergSchema(s Schema) *iceberg.Schema {
	return iceberg.NewSchema(s.ID, toIcebergFields(s.Fields)...)
}

func fromIcebergType(t iceberg.Type) (Type, error) {
	for kind, p := range primitives {
		if p.Equals(t) {
			return TypeOf(kind), nil
		}
	}
	switch t := t.(type) {
	case iceberg.DecimalType:
		return DecimalOf(t.Precision(), t.Scale()), nil
	case iceberg.FixedType:
		return Type{Kind: Fixed, Length: t.Len()}, nil
	case *iceberg.StructType:
		fields, err := fromIcebergFields(t.FieldList)
		return Type{Kind: Struct, Fields: fields}, err
	case *iceberg.ListType:
		elem, err := fromIcebergType(t.Element)
		return Type{Kind: List, Elem: &Field{
			ID: t.ElementID, Name: "element", Type: elem, Required: t.ElementRequired}}, err
	case *iceberg.MapType:
		key, err := fromIcebergType(t.KeyType)
		if err != nil {
			return Type{}, err
		}
		value, err := fromIcebergType(t.ValueType)
		return Type{Kind: Map,
			Key:   &Field{ID: t.KeyID, Name: "key", Type: key, Required: true},
			Value: &Field{ID: t.ValueID, Name: "value", Type: value, Required: t.ValueRequired}}, err
	}
	return Type{}, fmt.Errorf("type %s is not supported by this version", t)
}

func fromIcebergFields(fields []iceberg.NestedField) ([]Field, error) {
	out := make([]Field, len(fields))
	for i, f := range fields {
		typ, err := fromIcebergType(f.Type)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", f.Name, err)
		}
		out[i] = Field{ID: f.ID, Name: f.Name, Type: typ, Required: f.Required, Doc: f.Doc,
			InitialDefault: f.InitialDefault, WriteDefault: f.WriteDefault}
	}
	return out, nil
}

func fromIcebergSchema(s *iceberg.Schema) (Schema, error) {
	fields, err := fromIcebergFields(s.Fields())
	return Schema{ID: s.ID, Fields: fields}, err
}
