package pgwire

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// pgType is a type that clients are told of.
type pgType struct {
	oid      uint32
	name     string
	long     string // as format_type has it
	size     int
	category string
	array    uint32
}

var pgTypeList = []pgType{
	{oidBool, "bool", "boolean", 1, "B", 1000}, {oidBytea, "bytea", "bytea", -1, "U", 1001}, {oidChar, "char", `"char"`, 1, "Z", 1002}, {oidName, "name", "name", 64, "S", 1003},
	{oidInt8, "int8", "bigint", 8, "N", 1016}, {oidInt2, "int2", "smallint", 2, "N", 1005}, {oidInt4, "int4", "integer", 4, "N", 1007},
	{oidRegproc, "regproc", "regproc", 4, "N", 1008}, {oidText, "text", "text", -1, "S", 1009}, {oidOid, "oid", "oid", 4, "N", 1028},
	{27, "tid", "tid", 6, "U", 1010}, {oidXid, "xid", "xid", 4, "U", 1011}, {29, "cid", "cid", 4, "U", 1012}, {oidJSON, "json", "json", -1, "U", 199}, {142, "xml", "xml", -1, "U", 143},
	{oidFloat4, "float4", "real", 4, "N", 1021}, {oidFloat8, "float8", "double precision", 8, "N", 1022}, {oidUnknown, "unknown", "unknown", -2, "X", 0},
	{650, "cidr", "cidr", -1, "I", 651}, {790, "money", "money", 8, "N", 791}, {829, "macaddr", "macaddr", 6, "U", 1040}, {869, "inet", "inet", -1, "I", 1041},
	{oidBpchar, "bpchar", "character", -1, "S", 1014}, {oidVarchar, "varchar", "character varying", -1, "S", 1015}, {oidDate, "date", "date", 4, "D", 1182},
	{oidTime, "time", "time without time zone", 8, "D", 1183}, {oidTimestamp, "timestamp", "timestamp without time zone", 8, "D", 1115},
	{oidTimestampTZ, "timestamptz", "timestamp with time zone", 8, "D", 1185}, {oidInterval, "interval", "interval", 16, "T", 1187},
	{oidTimeTZ, "timetz", "time with time zone", 12, "D", 1270}, {1560, "bit", "bit", -1, "V", 1561}, {1562, "varbit", "bit varying", -1, "V", 1563},
	{oidNumeric, "numeric", "numeric", -1, "N", 1231}, {oidRegclass, "regclass", "regclass", 4, "N", 2210}, {oidRegtype, "regtype", "regtype", 4, "N", 2211},
	{2249, "record", "record", -1, "P", 2287}, {2275, "cstring", "cstring", -2, "P", 1263}, {2278, "void", "void", 4, "P", 0},
	{oidUUID, "uuid", "uuid", 16, "U", 2951}, {oidJSONB, "jsonb", "jsonb", -1, "U", 3807}, {4089, "regnamespace", "regnamespace", 4, "N", 4090}, {4096, "regrole", "regrole", 4, "N", 4097},
}

// arrayInput is the number of the function that reads arrays, by which some
// clients know them.
const arrayInput = 750

// pgTypes are the types and their arrays, as a relation: oid, name, size,
// category, element, array, kind, input and whether they are the first of their
// category.
func pgTypes() string {
	var list []string
	add := func(oid uint32, name string, size int, category string, element, array, input uint32) {
		kind := "b"
		if category == "P" || category == "X" {
			kind = "p"
		}
		preferred := slices.Contains([]uint32{oidBool, oidText, oidOid, oidFloat8, oidTimestampTZ, oidInterval, 869, 1562}, oid)
		list = append(list, fmt.Sprintf("(%d, %s, %d, %s, %d, %d, '%s', %d, %t)", oid, ident.Literal(name), size, ident.Literal(category), element, array, kind, input, preferred))
	}
	for _, t := range pgTypeList {
		add(t.oid, t.name, t.size, t.category, 0, t.array, 0)
		if t.array != 0 {
			add(t.array, "_"+t.name, -1, "A", t.oid, 0, arrayInput)
		}
	}
	return "(VALUES " + strings.Join(list, ", ") + ") AS t(oid, name, size, category, element, array_type, kind, input, preferred)"
}

// typeCases is SQL that finds a type for an engine's name of one.
func typeCases() string {
	var names []string
	for name := range engineKinds {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	b.WriteString("CASE")
	for _, name := range names {
		k := engineKinds[name]
		fmt.Fprintf(&b, " WHEN t = %s THEN %d", ident.Literal(name), k.oid)
		if k.oid != oidJSON {
			fmt.Fprintf(&b, " WHEN t = %s THEN %d", ident.Literal(name+"[]"), k.array)
		}
	}
	return b.String() + " WHEN t LIKE 'DECIMAL(%)' THEN 1700 WHEN t LIKE 'DECIMAL(%)[]' THEN 1231 WHEN t LIKE '%]' OR t LIKE 'STRUCT(%' OR t LIKE 'MAP(%' OR t LIKE 'UNION(%' THEN 114 ELSE 25 END::UINTEGER"
}

// typeNames is SQL that names a type.
func typeNames() string {
	var b strings.Builder
	b.WriteString("CASE t::BIGINT")
	for _, t := range pgTypeList {
		long := ident.Literal(t.long)
		if t.oid == oidNumeric {
			long = "'numeric' || CASE WHEN m::BIGINT > 4 THEN '(' || ((m::BIGINT - 4) >> 16) || ',' || ((m::BIGINT - 4) & 65535) || ')' ELSE '' END"
		}
		fmt.Fprintf(&b, " WHEN %d THEN %s", t.oid, long)
		if t.array != 0 {
			fmt.Fprintf(&b, " WHEN %d THEN %s", t.array, ident.Literal(t.long+"[]"))
		}
	}
	return b.String() + " WHEN 0 THEN '-' ELSE CASE WHEN t::BIGINT IS NOT NULL THEN '???' END END"
}

// shortNames is SQL for the name that a type t has in pg_type.
func shortNames() string {
	var b strings.Builder
	b.WriteString("CASE t::BIGINT")
	for _, t := range pgTypeList {
		fmt.Fprintf(&b, " WHEN %d THEN %s", t.oid, ident.Literal(t.name))
		if t.array != 0 {
			fmt.Fprintf(&b, " WHEN %d THEN %s", t.array, ident.Literal("_"+t.name))
		}
	}
	return b.String() + " END"
}

// typeOids is SQL that finds a type by one of its names, or its number; NULL is
// none.
func typeOids() string {
	var b strings.Builder
	b.WriteString("coalesce(TRY_CAST(x AS UINTEGER), CASE lower(regexp_replace(replace(x::VARCHAR, 'pg_catalog.', ''), '\\(.*\\)', ''))")
	for _, t := range pgTypeList {
		for _, name := range slices.Compact([]string{t.name, t.long}) {
			fmt.Fprintf(&b, " WHEN %s THEN %d", ident.Literal(name), t.oid)
			if t.array != 0 {
				fmt.Fprintf(&b, " WHEN %s THEN %d", ident.Literal(name+"[]"), t.array)
			}
		}
		if t.array != 0 {
			fmt.Fprintf(&b, " WHEN %s THEN %d", ident.Literal("_"+t.name), t.array)
		}
	}
	return b.String() + " WHEN 'int' THEN 23 WHEN 'decimal' THEN 1700 WHEN 'float' THEN 701 END)::UINTEGER"
}

// arrayOids are the numbers of the types of arrays, as a list in SQL.
var arrayOids = func() string {
	var list []string
	for _, t := range pgTypeList {
		if t.array != 0 {
			list = append(list, fmt.Sprint(t.array))
		}
	}
	return strings.Join(list, ", ")
}()
