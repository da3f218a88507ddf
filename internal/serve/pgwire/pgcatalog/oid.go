package pgcatalog

import "slices"

// The numbers of the types that are told apart when values are written and read.
const (
	Bool, Bytea, Char, Name, Int8, Int2, Int4       = 16, 17, 18, 19, 20, 21, 23
	Regproc, Text, Oid, Xid, JSON                   = 24, 25, 26, 28, 114
	Float4, Float8, Unknown, Bpchar, Varchar        = 700, 701, 705, 1042, 1043
	Date, Time, Timestamp, TimestampTZ, Interval    = 1082, 1083, 1114, 1184, 1186
	TimeTZ, Numeric, UUID, JSONB, Regclass, Regtype = 1266, 1700, 2950, 3802, 2205, 2206
)

// engineOids are the numbers of the types for the engine's without parameters.
var engineOids = map[string]uint32{
	"BOOLEAN": Bool, "TINYINT": Int2, "UTINYINT": Int2, "SMALLINT": Int2, "USMALLINT": Int4, "INTEGER": Int4, "UINTEGER": Oid, "BIGINT": Int8,
	"UBIGINT": Numeric, "HUGEINT": Numeric, "FLOAT": Float4, "DOUBLE": Float8, "VARCHAR": Text, "JSON": JSON, "BLOB": Bytea,
	"DATE": Date, "TIME": Time, "TIMESTAMP": Timestamp, "TIMESTAMP_S": Timestamp, "TIMESTAMP_MS": Timestamp, "TIMESTAMP WITH TIME ZONE": TimestampTZ,
	"INTERVAL": Interval, "UUID": UUID,
}

var ofEngine = func() map[string]Type {
	all := map[string]Type{}
	for name, oid := range engineOids {
		all[name] = Types[slices.IndexFunc(Types, func(t Type) bool { return t.OID == oid })]
	}
	return all
}()

// OfEngine returns the type for one of the engine's without parameters, by its
// name there; false is another one.
func OfEngine(name string) (Type, bool) {
	t, known := ofEngine[name]
	return t, known
}
