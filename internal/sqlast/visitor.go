package sqlast

// TableRef is a name after FROM that is not a common table expression.
type TableRef struct {
	// Parts are catalog, schema and name as far as given.
	Parts []string
	// Alias is what it is called in the query; "" is its name.
	Alias string
	// Location is where it stands; -1 is unknown.
	Location int
	// AtUnit and At are those of an AT clause: VERSION or TIMESTAMP, and the
	// expression. nil is none.
	AtUnit string
	At     Node
	// Conditions are what every row of the result is known to satisfy; see
	// [Condition]. They only ever speak of this reference.
	Conditions []Condition

	use func() Use
}

// Use returns what the text may use of the table. It counts until the visitor
// has answered.
func (r TableRef) Use() Use {
	if r.use == nil {
		return All()
	}
	return r.use()
}

// Name returns the last part.
func (r TableRef) Name() string { return r.Parts[len(r.Parts)-1] }

// FunctionRef is a function that is called.
type FunctionRef struct {
	Name     string // folded
	Table    bool   // stands after FROM
	Location int
}

// Visitor decides about parts of a query. A nil function accepts everything.
type Visitor struct {
	// Table returns the query node to read instead of a table; nil keeps the
	// reference as it is.
	Table func(TableRef) (Node, error)
	// Relation returns what is known of a relation; nil is nothing. Then what is
	// known of the rows of others goes into the conditions of a reference.
	Relation func(parts []string) *Relation
	// Numbers returns what a column of a relation has in the rows that meet
	// conditions; known is false where it may be anything.
	Numbers func(parts []string, column string, conditions []Condition) (numbers []uint32, known bool)
	// Function accepts a function or returns an error.
	Function func(FunctionRef) error
	// Show decides about DESCRIBE and its relatives: verb is DESCRIBE, SUMMARY,
	// or another word of the engine, and of the names that it is about when it is
	// not about a query. It returns the query to read instead; nil keeps it.
	Show func(verb string, of []string) (Node, error)
	// Parameter decides about a placeholder such as $1.
	Parameter func(location int) error
}
