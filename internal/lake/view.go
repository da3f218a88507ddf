package lake

const (
	// viewDialect is the dialect of the statements behind views.
	viewDialect = "duckdb"
	// docProperty holds a table's description, as other tools have it.
	docProperty = "comment"
)
