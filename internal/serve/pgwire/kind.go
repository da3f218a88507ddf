package pgwire

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// kind is a type, as PostgreSQL and as the engine have it.
type kind struct {
	oid      uint32
	size     int16
	modifier int32
	array    uint32 // the type of arrays of it
	engine   string
	// element is the type of an array's elements.
	element *kind
}

// text and json are what everything else is.
var (
	textKind = kind{oid: pgcatalog.Text, size: -1, modifier: -1, array: 1009, engine: "VARCHAR"}
	jsonKind = kind{oid: pgcatalog.JSON, size: -1, modifier: -1, array: 199, engine: "JSON"}
)

// kindOf returns the type for a type of the engine, by its name there. Numbers
// without a sign become wider ones; what has parts is JSON, but for lists of
// simple values, which are arrays; what PostgreSQL would cut or does not have is
// text.
func kindOf(name string) kind {
	if t, simple := pgcatalog.OfEngine(name); simple {
		return kind{oid: t.OID, size: t.Size, modifier: -1, array: t.Array, engine: name}
	}
	var precision, scale int32
	switch {
	case asText(name):
		return textKind
	case strings.HasSuffix(name, "]"):
		element := kindOf(name[:strings.LastIndexByte(name, '[')])
		if element.array == 0 || element.oid == pgcatalog.JSON {
			return jsonKind
		}
		return kind{oid: element.array, size: -1, modifier: -1, engine: name, element: &element}
	case strings.HasPrefix(name, "STRUCT("), strings.HasPrefix(name, "MAP("), strings.HasPrefix(name, "UNION("):
		return jsonKind
	case strings.HasPrefix(name, "DECIMAL("):
		if _, err := fmt.Sscanf(name, "DECIMAL(%d,%d)", &precision, &scale); err == nil {
			return kind{oid: pgcatalog.Numeric, size: -1, modifier: (precision<<16 | scale) + 4, array: 1231, engine: name}
		}
	}
	return textKind
}

// asText reports whether values of a type have to be made text by the engine.
func asText(name string) bool {
	return name == "TIMESTAMP_NS" || gate.Lossy(name)
}

// clientKinds are the engine's types for those that clients give parameters.
var clientKinds = map[uint32]string{
	pgcatalog.Bool: "BOOLEAN", pgcatalog.Bytea: "BLOB", pgcatalog.Char: "VARCHAR", pgcatalog.Name: "VARCHAR", pgcatalog.Int8: "BIGINT", pgcatalog.Int2: "SMALLINT", pgcatalog.Int4: "INTEGER",
	pgcatalog.Text: "VARCHAR", pgcatalog.Oid: "UINTEGER", pgcatalog.Xid: "UINTEGER", pgcatalog.JSON: "VARCHAR", pgcatalog.JSONB: "VARCHAR", pgcatalog.Float4: "FLOAT", pgcatalog.Float8: "DOUBLE",
	pgcatalog.Bpchar: "VARCHAR", pgcatalog.Varchar: "VARCHAR", pgcatalog.Date: "DATE", pgcatalog.Time: "TIME", pgcatalog.Timestamp: "TIMESTAMP", pgcatalog.Regclass: "VARCHAR", pgcatalog.Regtype: "VARCHAR",
	pgcatalog.TimestampTZ: "TIMESTAMP WITH TIME ZONE", pgcatalog.Interval: "INTERVAL", pgcatalog.Numeric: "DECIMAL(38,9)", pgcatalog.UUID: "UUID", pgcatalog.Regproc: "VARCHAR",
}

// arrayElements are the types of the elements of arrays.
var arrayElements = map[uint32]uint32{
	1000: pgcatalog.Bool, 1001: pgcatalog.Bytea, 1003: pgcatalog.Name, 1005: pgcatalog.Int2, 1007: pgcatalog.Int4, 1009: pgcatalog.Text, 1014: pgcatalog.Bpchar, 1015: pgcatalog.Varchar, 1016: pgcatalog.Int8,
	1021: pgcatalog.Float4, 1022: pgcatalog.Float8, 1028: pgcatalog.Oid, 1115: pgcatalog.Timestamp, 1182: pgcatalog.Date, 1183: pgcatalog.Time, 1185: pgcatalog.TimestampTZ, 1187: pgcatalog.Interval,
	1231: pgcatalog.Numeric, 2951: pgcatalog.UUID, 199: pgcatalog.JSON, 3807: pgcatalog.JSONB,
}

// clientKind is the type that a client gives a parameter; false is one that is
// not known.
func clientKind(oid uint32) (kind, bool) {
	if name, simple := clientKinds[oid]; simple {
		return kind{oid: oid, engine: name, modifier: -1}, true
	}
	if element, array := arrayElements[oid]; array {
		k, _ := clientKind(element)
		return kind{oid: oid, engine: k.engine + "[]", modifier: -1, element: &k}, true
	}
	return kind{}, false
}
