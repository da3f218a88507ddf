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
	"tarn": {
		"marked":  {"WITH is not supported", "Tarn writes no delete files: what changes is written again"},
		"vectors": {"WITH is not supported", "Tarn makes v2 tables; v3 tables of others it reads and changes"},
	},
}

// cannotRead is what engines do not read of what others wrote.
var cannotRead = map[string]map[string]refusal{}

type refusal struct{ says, reason string }

// spelledByWriter is how a table is that an engine wrote in its own way.
var spelledByWriter = map[string]map[string]spelling{
	"pyiceberg": {"nested_deep": {emptyForNull, "PyIceberg 0.12 writes and reads lists and maps of structs that are NULL as empty"}},
}

// spelledByReader is how an engine reads what it has no type or value for.
var spelledByReader = map[string]map[string]spelling{
	"pyiceberg": {"nested_deep": {emptyForNull, "PyIceberg 0.12 writes and reads lists and maps of structs that are NULL as empty"}},
	"tarn":      {"uuid": {strings.NewReplacer("u uuid", "u string"), "as text: `tarn query --output parquet` writes UUIDs so"}},
}

var emptyForNull = strings.NewReplacer("[2, null, null]", "[2, [], []]")

type spelling struct {
	*strings.Replacer
	reason string
}
