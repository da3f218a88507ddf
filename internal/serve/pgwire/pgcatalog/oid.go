package pgcatalog

import "slices"

// The numbers of the types that are told apart when values are written and read.
const (
	Bool        = 16
	Bytea       = 17
	Char        = 18
	Name        = 19
	Int8        = 20
	Int2        = 21
	Int4        = 23
	Regproc     = 24
	Text        = 25
	Oid         = 26
	Xid         = 28
	JSON        = 114
	Float4      = 700
	Float8      = 701
	Unknown     = 705
	Bpchar      = 1042
	Varchar     = 1043
	Date        = 1082
	Time        = 1083
	Timestamp   = 1114
	TimestampTZ = 1184
	Interval    = 1186
	TimeTZ      = 1266
	Numeric     = 1700
	UUID        = 2950
	JSONB       = 3802
	Regclass    = 2205
	Regtype     = 2206
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
