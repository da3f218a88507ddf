package pgcatalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// Type is a type that clients are told of.
type Type struct {
	OID      uint32
	Name     string
	Long     string // as format_type has it
	Size     int16  // bytes; -1 and -2 have no fixed size
	Category string
	Array    uint32 // the type of arrays of it; 0 is none
}

// Types are the types that there are.
var Types = []Type{
	{Bool, "bool", "boolean", 1, "B", 1000}, {Bytea, "bytea", "bytea", -1, "U", 1001}, {Char, "char", `"char"`, 1, "Z", 1002}, {Name, "name", "name", 64, "S", 1003},
	{Int8, "int8", "bigint", 8, "N", 1016}, {Int2, "int2", "smallint", 2, "N", 1005}, {Int4, "int4", "integer", 4, "N", 1007},
	{Regproc, "regproc", "regproc", 4, "N", 1008}, {Text, "text", "text", -1, "S", 1009}, {Oid, "oid", "oid", 4, "N", 1028},
	{27, "tid", "tid", 6, "U", 1010}, {Xid, "xid", "xid", 4, "U", 1011}, {29, "cid", "cid", 4, "U", 1012}, {JSON, "json", "json", -1, "U", 199}, {142, "xml", "xml", -1, "U", 143},
	{Float4, "float4", "real", 4, "N", 1021}, {Float8, "float8", "double precision", 8, "N", 1022}, {Unknown, "unknown", "unknown", -2, "X", 0},
	{650, "cidr", "cidr", -1, "I", 651}, {790, "money", "money", 8, "N", 791}, {829, "macaddr", "macaddr", 6, "U", 1040}, {869, "inet", "inet", -1, "I", 1041},
	{Bpchar, "bpchar", "character", -1, "S", 1014}, {Varchar, "varchar", "character varying", -1, "S", 1015}, {Date, "date", "date", 4, "D", 1182},
	{Time, "time", "time without time zone", 8, "D", 1183}, {Timestamp, "timestamp", "timestamp without time zone", 8, "D", 1115},
	{TimestampTZ, "timestamptz", "timestamp with time zone", 8, "D", 1185}, {Interval, "interval", "interval", 16, "T", 1187},
	{TimeTZ, "timetz", "time with time zone", 12, "D", 1270}, {1560, "bit", "bit", -1, "V", 1561}, {1562, "varbit", "bit varying", -1, "V", 1563},
	{Numeric, "numeric", "numeric", -1, "N", 1231}, {Regclass, "regclass", "regclass", 4, "N", 2210}, {Regtype, "regtype", "regtype", 4, "N", 2211},
	{2249, "record", "record", -1, "P", 2287}, {2275, "cstring", "cstring", -2, "P", 1263}, {2278, "void", "void", 4, "P", 0},
	{UUID, "uuid", "uuid", 16, "U", 2951}, {JSONB, "jsonb", "jsonb", -1, "U", 3807}, {4089, "regnamespace", "regnamespace", 4, "N", 4090}, {4096, "regrole", "regrole", 4, "N", 4097},
}

// arrayInput and arrayReceive are the numbers of the functions that read arrays
// from text and from bytes, by which clients know arrays.
const (
	arrayInput   = 750
	arrayReceive = 2400
)

// pgTypes are the types and their arrays, as a relation: oid, name, size,
// category, element, array, kind, input, receive and whether they are the first
// of their category.
func pgTypes() string {
	var list []string
	add := func(oid uint32, name string, size int16, category string, element, array, input, receive uint32) {
		kind := "b"
		if category == "P" || category == "X" {
			kind = "p"
		}
		preferred := slices.Contains([]uint32{Bool, Text, Oid, Float8, TimestampTZ, Interval, 869, 1562}, oid)
		list = append(list, fmt.Sprintf("(%d, %s, %d, %s, %d, %d, '%s', %d, %d, %t)", oid, ident.Literal(name), size, ident.Literal(category), element, array, kind, input, receive, preferred))
	}
	for _, t := range Types {
		add(t.OID, t.Name, t.Size, t.Category, 0, t.Array, 0, 0)
		if t.Array != 0 {
			add(t.Array, "_"+t.Name, -1, "A", t.OID, 0, arrayInput, arrayReceive)
		}
	}
	return "(VALUES " + strings.Join(list, ", ") + ") AS t(oid, name, size, category, element, array_type, kind, input, receive, preferred)"
}

// typeCases is SQL that finds a type for an engine's name of one.
func typeCases() string {
	var b strings.Builder
	b.WriteString("CASE")
	for _, name := range slices.Sorted(maps.Keys(ofEngine)) {
		t := ofEngine[name]
		fmt.Fprintf(&b, " WHEN t = %s THEN %d", ident.Literal(name), t.OID)
		if t.OID != JSON {
			fmt.Fprintf(&b, " WHEN t = %s THEN %d", ident.Literal(name+"[]"), t.Array)
		}
	}
	return b.String() + " WHEN t LIKE 'DECIMAL(%)' THEN 1700 WHEN t LIKE 'DECIMAL(%)[]' THEN 1231 WHEN t LIKE '%]' OR t LIKE 'STRUCT(%' OR t LIKE 'MAP(%' OR t LIKE 'UNION(%' THEN 114 ELSE 25 END::UINTEGER"
}

// typeNames is SQL that names a type.
func typeNames() string {
	var b strings.Builder
	b.WriteString("CASE t::BIGINT")
	for _, t := range Types {
		long := ident.Literal(t.Long)
		if t.OID == Numeric {
			long = "'numeric' || CASE WHEN m::BIGINT > 4 THEN '(' || ((m::BIGINT - 4) >> 16) || ',' || ((m::BIGINT - 4) & 65535) || ')' ELSE '' END"
		}
		fmt.Fprintf(&b, " WHEN %d THEN %s", t.OID, long)
		if t.Array != 0 {
			fmt.Fprintf(&b, " WHEN %d THEN %s", t.Array, ident.Literal(t.Long+"[]"))
		}
	}
	return b.String() + " WHEN 0 THEN '-' ELSE CASE WHEN t::BIGINT IS NOT NULL THEN '???' END END"
}

// shortNames is SQL for the name that a type t has in pg_type.
func shortNames() string {
	var b strings.Builder
	b.WriteString("CASE t::BIGINT")
	for _, t := range Types {
		fmt.Fprintf(&b, " WHEN %d THEN %s", t.OID, ident.Literal(t.Name))
		if t.Array != 0 {
			fmt.Fprintf(&b, " WHEN %d THEN %s", t.Array, ident.Literal("_"+t.Name))
		}
	}
	return b.String() + " END"
}

// typeOids is SQL that finds a type by one of its names, or its number; NULL is
// none.
func typeOids() string {
	var b strings.Builder
	b.WriteString("coalesce(TRY_CAST(x AS UINTEGER), CASE lower(regexp_replace(replace(x::VARCHAR, 'pg_catalog.', ''), '\\(.*\\)', ''))")
	for _, t := range Types {
		for _, name := range slices.Compact([]string{t.Name, t.Long}) {
			fmt.Fprintf(&b, " WHEN %s THEN %d", ident.Literal(name), t.OID)
			if t.Array != 0 {
				fmt.Fprintf(&b, " WHEN %s THEN %d", ident.Literal(name+"[]"), t.Array)
			}
		}
		if t.Array != 0 {
			fmt.Fprintf(&b, " WHEN %s THEN %d", ident.Literal("_"+t.Name), t.Array)
		}
	}
	return b.String() + " WHEN 'int' THEN 23 WHEN 'decimal' THEN 1700 WHEN 'float' THEN 701 END)::UINTEGER"
}

// arrayOids are the numbers of the types of arrays, as a list in SQL.
var arrayOids = func() string {
	var list []string
	for _, t := range Types {
		if t.Array != 0 {
			list = append(list, fmt.Sprint(t.Array))
		}
	}
	return strings.Join(list, ", ")
}()
