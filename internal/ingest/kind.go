package ingest

import (
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/lake"
)

// kinds pairs the types that connectors have with the lake's.
var kinds = map[connector.Kind]lake.Kind{
	connector.String: lake.String, connector.Boolean: lake.Boolean, connector.Int: lake.Int,
	connector.Long: lake.Long, connector.Float: lake.Float, connector.Double: lake.Double,
	connector.Decimal: lake.Decimal, connector.Date: lake.Date, connector.Time: lake.Time,
	connector.Timestamp: lake.Timestamp, connector.TimestampTZ: lake.TimestampTZ,
	connector.Binary: lake.Binary, connector.UUID: lake.UUID,
	connector.List: lake.List, connector.Struct: lake.Struct, connector.Map: lake.Map,
}

func lakeType(t connector.Type) lake.Type {
	out := lake.Type{Kind: kinds[t.Kind], Precision: t.Precision, Scale: t.Scale}
	switch t.Kind {
	case connector.List:
		out.Elem = &lake.Field{Name: "element", Type: lakeType(*t.Elem)}
	case connector.Map:
		out.Key = &lake.Field{Name: "key", Type: lakeType(*t.Key), Required: true}
		out.Value = &lake.Field{Name: "value", Type: lakeType(*t.Elem)}
	case connector.Struct:
		for _, f := range t.Fields {
			out.Fields = append(out.Fields, lake.Field{Name: f.Name, Type: lakeType(f.Type)})
		}
	}
	return out
}

func connectorType(t lake.Type) (connector.Type, bool) {
	switch t.Kind {
	case lake.List:
		elem, ok := connectorType(t.Elem.Type)
		return connector.ListOf(elem), ok
	case lake.Map:
		key, ok1 := connectorType(t.Key.Type)
		value, ok2 := connectorType(t.Value.Type)
		return connector.MapOf(key, value), ok1 && ok2
	case lake.Struct:
		out := connector.Type{Kind: connector.Struct}
		for _, f := range t.Fields {
			inner, ok := connectorType(f.Type)
			if !ok {
				return out, false
			}
			out.Fields = append(out.Fields, connector.Field{Name: f.Name, Type: inner})
		}
		return out, true
	}
	for from, to := range kinds {
		if to == t.Kind {
			return connector.Type{Kind: from, Precision: t.Precision, Scale: t.Scale}, true
		}
	}
	return connector.Type{}, false
}
