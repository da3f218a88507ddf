package pgwire

import (
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/gate"
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

// The types that are told apart when values are written and read.
const (
	oidBool, oidBytea, oidChar, oidName, oidInt8, oidInt2, oidInt4    = 16, 17, 18, 19, 20, 21, 23
	oidRegproc, oidText, oidOid, oidXid, oidJSON                      = 24, 25, 26, 28, 114
	oidFloat4, oidFloat8, oidUnknown, oidBpchar, oidVarchar           = 700, 701, 705, 1042, 1043
	oidDate, oidTime, oidTimestamp, oidTimestampTZ, oidInterval       = 1082, 1083, 1114, 1184, 1186
	oidTimeTZ, oidNumeric, oidUUID, oidJSONB, oidRegclass, oidRegtype = 1266, 1700, 2950, 3802, 2205, 2206
)

// engineKinds are the types for the engine's types without parameters.
var engineKinds = map[string]kind{
	"BOOLEAN": {oid: oidBool, size: 1, array: 1000},
	"TINYINT": {oid: oidInt2, size: 2, array: 1005}, "UTINYINT": {oid: oidInt2, size: 2, array: 1005}, "SMALLINT": {oid: oidInt2, size: 2, array: 1005},
	"USMALLINT": {oid: oidInt4, size: 4, array: 1007}, "INTEGER": {oid: oidInt4, size: 4, array: 1007},
	"UINTEGER": {oid: oidOid, size: 4, array: 1028}, "BIGINT": {oid: oidInt8, size: 8, array: 1016},
	"UBIGINT": {oid: oidNumeric, size: -1, array: 1231}, "HUGEINT": {oid: oidNumeric, size: -1, array: 1231},
	"FLOAT": {oid: oidFloat4, size: 4, array: 1021}, "DOUBLE": {oid: oidFloat8, size: 8, array: 1022},
	"VARCHAR": {oid: oidText, size: -1, array: 1009}, "JSON": {oid: oidJSON, size: -1, array: 199}, "BLOB": {oid: oidBytea, size: -1, array: 1001},
	"DATE": {oid: oidDate, size: 4, array: 1182}, "TIME": {oid: oidTime, size: 8, array: 1183},
	"TIMESTAMP": {oid: oidTimestamp, size: 8, array: 1115}, "TIMESTAMP_S": {oid: oidTimestamp, size: 8, array: 1115},
	"TIMESTAMP_MS": {oid: oidTimestamp, size: 8, array: 1115}, "TIMESTAMP WITH TIME ZONE": {oid: oidTimestampTZ, size: 8, array: 1185},
	"INTERVAL": {oid: oidInterval, size: 16, array: 1187}, "UUID": {oid: oidUUID, size: 16, array: 2951},
}

// text and json are what everything else is.
var (
	textKind = kind{oid: oidText, size: -1, modifier: -1, array: 1009, engine: "VARCHAR"}
	jsonKind = kind{oid: oidJSON, size: -1, modifier: -1, array: 199, engine: "JSON"}
)

// kindOf returns the type for a type of the engine, by its name there. Numbers
// without a sign become wider ones; what has parts is JSON, but for lists of
// simple values, which are arrays; what PostgreSQL would cut or does not have is
// text.
func kindOf(name string) kind {
	if k, simple := engineKinds[name]; simple {
		k.engine, k.modifier = name, -1
		return k
	}
	var precision, scale int32
	switch {
	case asText(name):
		return textKind
	case strings.HasSuffix(name, "]"):
		element := kindOf(name[:strings.LastIndexByte(name, '[')])
		if element.array == 0 || element.oid == oidJSON {
			return jsonKind
		}
		return kind{oid: element.array, size: -1, modifier: -1, engine: name, element: &element}
	case strings.HasPrefix(name, "STRUCT("), strings.HasPrefix(name, "MAP("), strings.HasPrefix(name, "UNION("):
		return jsonKind
	case strings.HasPrefix(name, "DECIMAL("):
		if _, err := fmt.Sscanf(name, "DECIMAL(%d,%d)", &precision, &scale); err == nil {
			return kind{oid: oidNumeric, size: -1, modifier: (precision<<16 | scale) + 4, array: 1231, engine: name}
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
	oidBool: "BOOLEAN", oidBytea: "BLOB", oidChar: "VARCHAR", oidName: "VARCHAR", oidInt8: "BIGINT", oidInt2: "SMALLINT", oidInt4: "INTEGER",
	oidText: "VARCHAR", oidOid: "UINTEGER", oidXid: "UINTEGER", oidJSON: "VARCHAR", oidJSONB: "VARCHAR", oidFloat4: "FLOAT", oidFloat8: "DOUBLE",
	oidBpchar: "VARCHAR", oidVarchar: "VARCHAR", oidDate: "DATE", oidTime: "TIME", oidTimestamp: "TIMESTAMP", oidRegclass: "VARCHAR", oidRegtype: "VARCHAR",
	oidTimestampTZ: "TIMESTAMP WITH TIME ZONE", oidInterval: "INTERVAL", oidNumeric: "DECIMAL(38,9)", oidUUID: "UUID", oidRegproc: "VARCHAR",
}

// arrayElements are the types of the elements of arrays.
var arrayElements = map[uint32]uint32{
	1000: oidBool, 1001: oidBytea, 1003: oidName, 1005: oidInt2, 1007: oidInt4, 1009: oidText, 1014: oidBpchar, 1015: oidVarchar, 1016: oidInt8,
	1021: oidFloat4, 1022: oidFloat8, 1028: oidOid, 1115: oidTimestamp, 1182: oidDate, 1183: oidTime, 1185: oidTimestampTZ, 1187: oidInterval,
	1231: oidNumeric, 2951: oidUUID, 199: oidJSON, 3807: oidJSONB,
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
