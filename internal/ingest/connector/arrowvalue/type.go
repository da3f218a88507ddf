package arrowvalue

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/typed"
)

// largestUnsigned is how many digits an unsigned 64-bit integer has at most.
const largestUnsigned = 20

// kinds are the types whose kind says everything.
var kinds = map[arrow.Type]connector.Kind{
	arrow.NULL: typed.Unknown, arrow.BOOL: connector.Boolean,
	arrow.INT8: connector.Int, arrow.INT16: connector.Int, arrow.INT32: connector.Int,
	arrow.UINT8: connector.Int, arrow.UINT16: connector.Int,
	arrow.INT64: connector.Long, arrow.UINT32: connector.Long, arrow.DURATION: connector.Long,
	arrow.FLOAT16: connector.Float, arrow.FLOAT32: connector.Float, arrow.FLOAT64: connector.Double,
	arrow.DATE32: connector.Date, arrow.DATE64: connector.Date,
	arrow.TIME32: connector.Time, arrow.TIME64: connector.Time,
	arrow.STRING: connector.String, arrow.LARGE_STRING: connector.String,
	arrow.BINARY: connector.Binary, arrow.LARGE_BINARY: connector.Binary, arrow.FIXED_SIZE_BINARY: connector.Binary,
}

// TypeOf returns the type that holds the values of an Arrow type. It is of kind
// [typed.Unknown] where all of them are NULL.
func TypeOf(dtype arrow.DataType) (connector.Type, error) {
	switch t := dtype.(type) {
	case arrow.ExtensionType:
		if isUUID(t) {
			return connector.Type{Kind: connector.UUID}, nil
		}
		return TypeOf(t.StorageType())
	case *arrow.DictionaryType:
		return TypeOf(t.ValueType)
	case *arrow.TimestampType:
		if t.TimeZone != "" {
			return connector.Type{Kind: connector.TimestampTZ}, nil
		}
		return connector.Type{Kind: connector.Timestamp}, nil
	case arrow.DecimalType:
		if !fitsDecimal(t) {
			return connector.Type{Kind: connector.String}, nil
		}
		return connector.Type{Kind: connector.Decimal, Precision: int(t.GetPrecision()), Scale: int(t.GetScale())}, nil
	case *arrow.StructType:
		return structType(t)
	case *arrow.MapType:
		key, err := TypeOf(t.KeyType())
		if err != nil {
			return connector.Type{}, err
		}
		value, err := TypeOf(t.ItemType())
		return connector.MapOf(known(key), known(value)), err
	case arrow.ListLikeType:
		elem, err := TypeOf(t.Elem())
		return connector.ListOf(known(elem)), err
	}
	if dtype.ID() == arrow.UINT64 {
		return connector.Type{Kind: connector.Decimal, Precision: largestUnsigned}, nil
	}
	kind, ok := kinds[dtype.ID()]
	if !ok {
		return connector.Type{}, fmt.Errorf("values of type %s cannot be loaded", dtype)
	}
	return connector.Type{Kind: kind}, nil
}

// fitsDecimal reports whether a decimal has no more digits than ours; others
// become text.
func fitsDecimal(t arrow.DecimalType) bool {
	return t.GetPrecision() <= connector.MaxPrecision && 0 <= t.GetScale() && t.GetScale() <= t.GetPrecision()
}

func structType(t *arrow.StructType) (connector.Type, error) {
	if t.NumFields() == 0 {
		return connector.Type{}, fmt.Errorf("a struct without fields cannot be loaded")
	}
	s := connector.StructOf()
	for _, f := range t.Fields() {
		inner, err := TypeOf(f.Type)
		if err != nil {
			return s, err
		}
		if s.Field(f.Name) >= 0 {
			return s, fmt.Errorf("a struct has two fields named %q", f.Name)
		}
		s.Fields = append(s.Fields, connector.Field{Name: f.Name, Type: known(inner)})
	}
	return s, nil
}

// known makes string of what has no type inside another one.
func known(t connector.Type) connector.Type {
	if t.Kind == typed.Unknown {
		return connector.Type{Kind: connector.String}
	}
	return t
}

func isUUID(t arrow.ExtensionType) bool {
	return t.ExtensionName() == "arrow.uuid" && t.StorageType().ID() == arrow.FIXED_SIZE_BINARY
}
