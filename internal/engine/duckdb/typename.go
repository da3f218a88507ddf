//go:build duckdb_arrow

package duckdb

import (
	"fmt"
	"regexp"
	"strings"

	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/tarn-lake/tarn/internal/ident"
)

// simpleTypes are the types whose name is all there is to them, as DuckDB
// spells it.
var simpleTypes = map[bindings.Type]string{
	bindings.TypeBoolean: "BOOLEAN", bindings.TypeTinyInt: "TINYINT", bindings.TypeSmallInt: "SMALLINT",
	bindings.TypeInteger: "INTEGER", bindings.TypeBigInt: "BIGINT", bindings.TypeUTinyInt: "UTINYINT",
	bindings.TypeUSmallInt: "USMALLINT", bindings.TypeUInteger: "UINTEGER", bindings.TypeUBigInt: "UBIGINT",
	bindings.TypeFloat: "FLOAT", bindings.TypeDouble: "DOUBLE", bindings.TypeTimestamp: "TIMESTAMP",
	bindings.TypeDate: "DATE", bindings.TypeTime: "TIME", bindings.TypeInterval: "INTERVAL",
	bindings.TypeHugeInt: "HUGEINT", bindings.TypeUHugeInt: "UHUGEINT", bindings.TypeVarchar: "VARCHAR",
	bindings.TypeBlob: "BLOB", bindings.TypeTimestampS: "TIMESTAMP_S", bindings.TypeTimestampMS: "TIMESTAMP_MS",
	bindings.TypeTimestampNS: "TIMESTAMP_NS", bindings.TypeUUID: "UUID", bindings.TypeBit: "BIT",
	bindings.TypeTimeTZ: "TIME WITH TIME ZONE", bindings.TypeTimestampTZ: "TIMESTAMP WITH TIME ZONE",
	bindings.TypeBigNum: "BIGNUM", bindings.TypeSQLNull: `"NULL"`, bindings.TypeTimeNS: "TIME_NS",
	bindings.TypeGeometry: "GEOMETRY", bindings.TypeVariant: "VARIANT",
}

// typeName returns a type's full name as DuckDB's typeof() spells it.
func (in *instance) typeName(t bindings.LogicalType) (string, error) {
	if alias := bindings.LogicalTypeGetAlias(t); alias != "" {
		return alias, nil
	}
	id := bindings.GetTypeId(t)
	if name, ok := simpleTypes[id]; ok {
		return name, nil
	}
	switch id {
	case bindings.TypeDecimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", bindings.DecimalWidth(t), bindings.DecimalScale(t)), nil
	case bindings.TypeEnum:
		return enumName(t), nil
	case bindings.TypeList:
		return in.childName(bindings.ListTypeChildType(t), "", "[]")
	case bindings.TypeArray:
		return in.childName(bindings.ArrayTypeChildType(t), "", fmt.Sprintf("[%d]", bindings.ArrayTypeArraySize(t)))
	case bindings.TypeMap:
		key, err := in.childName(bindings.MapTypeKeyType(t), "MAP(", ", ")
		if err != nil {
			return "", err
		}
		return in.childName(bindings.MapTypeValueType(t), key, ")")
	case bindings.TypeStruct:
		return in.memberNames("STRUCT", bindings.StructTypeChildCount(t), t,
			bindings.StructTypeChildName, bindings.StructTypeChildType)
	case bindings.TypeUnion:
		return in.memberNames("UNION", bindings.UnionTypeMemberCount(t), t,
			bindings.UnionTypeMemberName, bindings.UnionTypeMemberType)
	}
	// Such a type cannot be stored; the name says which it is.
	return fmt.Sprintf("UNKNOWN_%d", id), nil
}

// childName names a type that it takes over, between before and after.
func (in *instance) childName(t bindings.LogicalType, before, after string) (string, error) {
	defer bindings.DestroyLogicalType(&t)
	name, err := in.typeName(t)
	return before + name + after, err
}

func (in *instance) memberNames(kind string, count bindings.IdxT, t bindings.LogicalType,
	nameOf func(bindings.LogicalType, bindings.IdxT) string,
	typeOf func(bindings.LogicalType, bindings.IdxT) bindings.LogicalType,
) (string, error) {
	members := make([]string, count)
	for i := range count {
		name, err := in.quoteIfNeeded(nameOf(t, i))
		if err != nil {
			return "", err
		}
		if members[i], err = in.childName(typeOf(t, i), name+" ", ""); err != nil {
			return "", err
		}
	}
	return kind + "(" + strings.Join(members, ", ") + ")", nil
}

func enumName(t bindings.LogicalType) string {
	values := make([]string, bindings.EnumDictionarySize(t))
	for i := range values {
		values[i] = ident.Literal(bindings.EnumDictionaryValue(t, bindings.IdxT(i)))
	}
	return "ENUM(" + strings.Join(values, ", ") + ")"
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// quoteIfNeeded quotes a name in the cases in which DuckDB does.
func (in *instance) quoteIfNeeded(name string) (string, error) {
	keywords, err := in.keywords()
	if err != nil {
		return "", err
	}
	if plainName.MatchString(name) && !keywords[ident.Fold(name)] {
		return name, nil
	}
	return ident.Quote(name), nil
}

// loadKeywords asks the engine for the words of its grammar.
func (in *instance) loadKeywords() (map[string]bool, error) {
	var conn bindings.Connection
	if bindings.Connect(in.db, &conn) == bindings.StateError {
		return nil, fmt.Errorf("read the engine's keywords: it refused the connection")
	}
	defer bindings.Disconnect(&conn)
	var r bindings.Result
	defer bindings.DestroyResult(&r)
	if bindings.Query(conn, "SELECT string_agg(keyword_name, ' ') FROM duckdb_keywords()", &r) == bindings.StateError {
		return nil, fmt.Errorf("read the engine's keywords: %w", parseError("", bindings.ResultError(&r)))
	}
	words := map[string]bool{}
	for _, w := range strings.Fields(firstString(&r)) {
		words[w] = true
	}
	return words, nil
}

// firstString returns the first value of a result of one text column.
func firstString(r *bindings.Result) string {
	chunk := bindings.FetchChunk(*r)
	if chunk.Ptr == nil {
		return ""
	}
	defer bindings.DestroyDataChunk(&chunk)
	text := (*bindings.StringT)(bindings.VectorGetData(bindings.DataChunkGetVector(chunk, 0)))
	return bindings.StringTData(text)
}
