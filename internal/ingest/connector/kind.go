package connector

import "strconv"

// Kind is a kind of value.
type Kind uint8

// The kinds.
const (
	String Kind = iota
	Boolean
	Int
	Long
	Float
	Double
	Decimal
	Date
	Timestamp
	TimestampTZ
	// Time is a time of day.
	Time
	// Binary are bytes.
	Binary
	// UUID travels as text and is made one when it is written.
	UUID
	// List, Struct and Map hold other types.
	List
	Struct
	Map
)

// MaxPrecision is how many digits a decimal holds.
const MaxPrecision = 38

var kindNames = [...]string{
	String: "string", Boolean: "boolean", Int: "int", Long: "long", Float: "float", Double: "double",
	Decimal: "decimal", Date: "date", Timestamp: "timestamp", TimestampTZ: "timestamptz",
	Time: "time", Binary: "binary", UUID: "uuid", List: "list", Struct: "struct", Map: "map",
}

// otherNames are SQL's words for the kinds.
var otherNames = map[string]Kind{
	"varchar": String, "text": String, "char": String,
	"bool":    Boolean,
	"integer": Int, "int4": Int, "smallint": Int, "tinyint": Int,
	"bigint": Long, "int8": Long,
	"real": Float, "float4": Float,
	"float8": Double, "double precision": Double,
	"numeric":                     Decimal,
	"datetime":                    Timestamp,
	"timestamp without time zone": Timestamp,
	"timestamp with time zone":    TimestampTZ,
	"time without time zone":      Time,
	"blob":                        Binary, "bytea": Binary, "varbinary": Binary,
}

// String returns Iceberg's word for the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}
