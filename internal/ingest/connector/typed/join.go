package typed

import "github.com/tarn-lake/tarn/internal/ingest/connector"

// Join returns the narrowest type that holds the values of both types; ok is
// false where there is none.
func Join(a, b connector.Type) (joined connector.Type, ok bool) {
	switch {
	case a.Equal(b):
		return a, true
	case a.Kind == Unknown:
		return b, true
	case b.Kind == Unknown:
		return a, true
	case a.Nested() || b.Nested():
		return joinNested(a, b)
	case a.Kind == connector.Binary || b.Kind == connector.Binary:
		return a, false
	}
	if joined, ok := joinNumbers(a, b); ok {
		return joined, true
	}
	moments := min(a.Kind, b.Kind) == connector.Date && max(a.Kind, b.Kind) == connector.Timestamp
	if moments {
		return connector.Type{Kind: connector.Timestamp}, true
	}
	return connector.Type{Kind: connector.String}, true
}

func joinNested(a, b connector.Type) (connector.Type, bool) {
	if a.Kind != b.Kind {
		return a, false
	}
	switch a.Kind {
	case connector.List:
		elem, ok := Join(*a.Elem, *b.Elem)
		return connector.ListOf(elem), ok
	case connector.Map:
		key, ok := Join(*a.Key, *b.Key)
		value, ok2 := Join(*a.Elem, *b.Elem)
		return connector.MapOf(key, value), ok && ok2
	}
	joined := connector.StructOf(append([]connector.Field(nil), a.Fields...)...)
	for _, f := range b.Fields {
		i := joined.Field(f.Name)
		if i < 0 {
			joined.Fields = append(joined.Fields, f)
			continue
		}
		t, ok := Join(joined.Fields[i].Type, f.Type)
		if !ok {
			return a, false
		}
		joined.Fields[i].Type = t
	}
	return joined, true
}

// joinNumbers joins two types of numbers where a number type holds both.
func joinNumbers(a, b connector.Type) (connector.Type, bool) {
	if !isNumber(a.Kind) || !isNumber(b.Kind) {
		return a, false
	}
	if isWhole(a.Kind) && isWhole(b.Kind) {
		return connector.Type{Kind: connector.Long}, true
	}
	if a.Kind != connector.Decimal && b.Kind != connector.Decimal {
		return connector.Type{Kind: connector.Double}, true
	}
	x, okX := asDecimal(a)
	y, okY := asDecimal(b)
	scale := max(x.Scale, y.Scale)
	precision := max(x.Precision-x.Scale, y.Precision-y.Scale) + scale
	return connector.Type{Kind: connector.Decimal, Precision: precision, Scale: scale}, okX && okY && precision <= connector.MaxPrecision
}

func isNumber(k connector.Kind) bool { return connector.Int <= k && k <= connector.Decimal }

func isWhole(k connector.Kind) bool { return k == connector.Int || k == connector.Long }

// asDecimal returns the decimal that holds the numbers of a type.
func asDecimal(t connector.Type) (connector.Type, bool) {
	switch t.Kind {
	case connector.Int:
		return connector.Type{Kind: connector.Decimal, Precision: 10}, true
	case connector.Long:
		return connector.Type{Kind: connector.Decimal, Precision: 19}, true
	case connector.Decimal:
		return t, true
	default:
		return t, false
	}
}
