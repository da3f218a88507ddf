//go:build engines

package matrix

import "strings"

// cannotWrite is what engines do not do: a word of what they say, and why.
var cannotWrite = map[string]map[string]refusal{
	"pyiceberg": {
		"replace": {"no attribute 'replace_table_transaction'", "PyIceberg 0.12 has no call that replaces a table"},
		"vectors": {"Cannot write manifest for table version: 3", "PyIceberg 0.12 writes no v3 tables"},
	},
	"duckdb": {
		"reorder": {"syntax error", "DuckDB has no statement that moves a column"},
		"replace": {"CREATE OR REPLACE not supported", "DuckDB's extension has no CREATE OR REPLACE"},
	},
	"spark": {
		"uuid": {"Unsupported data type \"UUID\"", "Spark 3.5 has no UUID"},
		"time": {"Unsupported data type \"TIME\"", "Spark 3.5 has no time of day"},
	},
	"trino": {
		"reorder": {"mismatched input 'FIRST'", "Trino 476 has no statement that moves a column"},
		"vectors": {"format_version must be between 1 and 2", "Trino 476 makes no v3 tables"},
	},
	"tarn": {
		"marked":  {"WITH is not supported", "Tarn writes no delete files: what changes is written again"},
		"vectors": {"WITH is not supported", "Tarn makes v2 tables; v3 tables of others it reads and changes"},
	},
}

// cannotRead is what engines do not read of what others wrote: an operation, or
// one engine's table.
var cannotRead = map[string]map[string]refusal{
	"spark": {
		"time": {"Spark does not support time fields", "Spark 3.5 has no time of day"},
		"duckdb.widen": {"BigIntVector cannot be cast", "Iceberg's vectorised reader for Spark fails on int widened to long in files of DuckDB's (Tarn's, too); " +
			"spark.sql.iceberg.vectorization.enabled=false reads them"},
	},
	"trino": {"vectors": {"Unexpected PUFFIN file format", "Trino 476 reads no deletion vectors"}},
}

type refusal struct{ says, reason string }

// spelledByWriter is how a table is that an engine wrote in its own way.
var spelledByWriter = map[string]map[string]spelling{
	"pyiceberg": {"nested_deep": {emptyForNull, "PyIceberg 0.12 writes and reads lists and maps of structs that are NULL as empty"}},
}

// spelledByReader is how an engine reads what it has no type or value for.
var spelledByReader = map[string]map[string]spelling{
	"pyiceberg": {"nested_deep": {emptyForNull, "PyIceberg 0.12 writes and reads lists and maps of structs that are NULL as empty"}},
	"spark":     {"uuid": {strings.NewReplacer("u uuid", "u string"), "as text: Spark 3.5 has no UUID"}},
	"tarn":      {"uuid": {strings.NewReplacer("u uuid", "u string"), "as text: `tarn query --output parquet` writes UUIDs so"}},
}

var emptyForNull = strings.NewReplacer("[2, null, null]", "[2, [], []]")

type spelling struct {
	*strings.Replacer
	reason string
}
