package scan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
)

// duckNames are the engine's names for what has no parts and no parameters.
var duckNames = map[lake.Kind]string{
	lake.Boolean: "BOOLEAN", lake.Int: "INTEGER", lake.Long: "BIGINT", lake.Float: "FLOAT",
	lake.Double: "DOUBLE", lake.Date: "DATE", lake.Time: "TIME", lake.Timestamp: "TIMESTAMP",
	lake.TimestampTZ: "TIMESTAMP WITH TIME ZONE", lake.TimestampNS: "TIMESTAMP_NS",
	lake.String: "VARCHAR", lake.UUID: "UUID", lake.Fixed: "BLOB", lake.Binary: "BLOB",
}

// DuckType returns the engine's name of a type of the lake.
func DuckType(t lake.Type) (string, error) {
	if name, simple := duckNames[t.Kind]; simple {
		return name, nil
	}
	switch t.Kind {
	case lake.Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale), nil
	case lake.Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			name, err := DuckType(f.Type)
			if err != nil {
				return "", err
			}
			fields[i] = ident.Quote(f.Name) + " " + name
		}
		return "STRUCT(" + strings.Join(fields, ", ") + ")", nil
	case lake.List:
		elem, err := DuckType(t.Elem.Type)
		return elem + "[]", err
	case lake.Map:
		key, err := DuckType(t.Key.Type)
		if err != nil {
			return "", err
		}
		value, err := DuckType(t.Value.Type)
		return "MAP(" + key + ", " + value + ")", err
	}
	return "", diag.New("unsupported-type", diag.Place{}, "the engine has no type for Iceberg's %s", t).
		WithHint("read the table with an engine that has it, or write the column as timestamptz")
}

// lakeNames are the types of the lake for the engine's types without
// parameters. What is wider than any type of the lake is checked when it is
// cast: a value that does not fit is an error, never another value.
var lakeNames = map[string]lake.Type{
	"BOOLEAN": lake.TypeOf(lake.Boolean), "TINYINT": lake.TypeOf(lake.Int), "SMALLINT": lake.TypeOf(lake.Int),
	"INTEGER": lake.TypeOf(lake.Int), "UTINYINT": lake.TypeOf(lake.Int), "USMALLINT": lake.TypeOf(lake.Int),
	"BIGINT": lake.TypeOf(lake.Long), "UINTEGER": lake.TypeOf(lake.Long), "UBIGINT": lake.DecimalOf(20, 0),
	"HUGEINT": lake.DecimalOf(38, 0), "UHUGEINT": lake.DecimalOf(38, 0),
	"FLOAT": lake.TypeOf(lake.Float), "DOUBLE": lake.TypeOf(lake.Double),
	"DATE": lake.TypeOf(lake.Date), "TIME": lake.TypeOf(lake.Time),
	"TIMESTAMP": lake.TypeOf(lake.Timestamp), "TIMESTAMP_S": lake.TypeOf(lake.Timestamp),
	"TIMESTAMP_MS": lake.TypeOf(lake.Timestamp), "TIMESTAMP_NS": lake.TypeOf(lake.TimestampNS),
	"TIMESTAMP WITH TIME ZONE": lake.TypeOf(lake.TimestampTZ),
	"VARCHAR":                  lake.TypeOf(lake.String), "JSON": lake.TypeOf(lake.String), "NULL": lake.TypeOf(lake.String),
	"UUID": lake.TypeOf(lake.UUID), "BLOB": lake.TypeOf(lake.Binary),
}

// otherNames are names that people write for the types above.
var otherNames = map[string]string{
	"BOOL": "BOOLEAN", "LOGICAL": "BOOLEAN", "INT": "INTEGER", "INT4": "INTEGER", "SIGNED": "INTEGER", "INT1": "TINYINT",
	"INT2": "SMALLINT", "SHORT": "SMALLINT", "INT8": "BIGINT", "LONG": "BIGINT", "FLOAT4": "FLOAT", "REAL": "FLOAT",
	"FLOAT8": "DOUBLE", "STRING": "VARCHAR", "TEXT": "VARCHAR", "CHAR": "VARCHAR", "BPCHAR": "VARCHAR",
	"BYTEA": "BLOB", "BINARY": "BLOB", "VARBINARY": "BLOB", "DATETIME": "TIMESTAMP", "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
	"TIMESTAMP_US": "TIMESTAMP", "DEC": "DECIMAL", "NUMERIC": "DECIMAL",
}

// refused are the engine's types that a table cannot have, and what to do.
var refused = map[string]string{
	"INTERVAL":            "store the number of days or microseconds instead, for example with date_diff() or epoch_us()",
	"TIME WITH TIME ZONE": "cast it to TIME, or store a TIMESTAMP WITH TIME ZONE",
	"TIMETZ":              "cast it to TIME, or store a TIMESTAMP WITH TIME ZONE",
	"TIME_NS":             "cast it to TIME",
	"UNION":               "select its members as columns, for example with union_extract()",
	"BIT":                 "cast it to VARCHAR or BLOB",
	"BIGNUM":              "cast it to DECIMAL(38,0) or VARCHAR",
	"GEOMETRY":            "store it as text (WKT) or bytes (WKB)",
	"VARIANT":             "cast it to JSON",
}

// LakeType returns the type of the lake for a type of the engine, by the
// engine's name for it.
func LakeType(duckType string) (lake.Type, error) {
	p := typeParser{text: duckType, rest: duckType}
	t, err := p.parse()
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = p.unknown()
	}
	return t, err
}

// decimal reads the parameters of a decimal.
func decimal(params []string) (lake.Type, bool) {
	switch len(params) {
	case 0:
		return lake.DecimalOf(18, 3), true // the engine's default
	case 1:
		params = append(params, "0")
	}
	precision, err1 := strconv.Atoi(params[0])
	scale, err2 := strconv.Atoi(params[1])
	ok := len(params) == 2 && err1 == nil && err2 == nil && precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision
	return lake.DecimalOf(precision, scale), ok
}
