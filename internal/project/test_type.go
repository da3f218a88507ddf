package project

import "github.com/tarn-lake/tarn/internal/diag"

// Test is what a resource of kind test checks.
type Test struct {
	// Kind is the name of the test's macro without test_ (unique,
	// accepted_range), or singular.
	Kind string
	// Namespace is the package before the name (dbt_utils.accepted_range), ""
	// where none was given.
	Namespace string
	// Column is what a generic test checks: a column's name, or a SQL
	// expression where Expression is set.
	Column     string
	Expression bool
	// Args are a generic test's other arguments, with templates in them
	// rendered; Kwargs are all of them as dbt's manifest has them: unrendered,
	// with column_name and model.
	Args, Kwargs map[string]any
	// To and Field are the other side of relationships: a resource's ID and a
	// column.
	To, Field string
	// Severity is error or warn.
	Severity string
	// Where narrows the rows; WarnIf and ErrorIf are conditions on the number
	// of failures such as "> 10", "" meaning != 0; FailCalc computes that
	// number, "" meaning count(*); Limit bounds the failing rows, 0 is no
	// limit.
	Where, WarnIf, ErrorIf, FailCalc string
	Limit                            int
	// WherePlace is where Where was written.
	WherePlace diag.Place
	// StoreFailures says that the failing rows are stored, as the resource's
	// Relation. StoreFailuresAs is table, view or ephemeral, "" where nothing was
	// said; then it is a table.
	StoreFailures   bool
	StoreFailuresAs string
	// Evidence is the ID of an analysis whose rows explain a failure.
	Evidence string
	// Attached is the ID of the resource a generic test was declared on.
	Attached string
	// On are the IDs the test is about; a generic test's own resource is first.
	On []string
}

// Storing puts into settings what they come to about storing failing rows: each
// of two words decides about the other.
func (t *Test) Storing(settings map[string]any) {
	if t.StoreFailuresAs != "" {
		settings["store_failures"], settings["store_failures_as"] = t.StoreFailures, t.StoreFailuresAs
	}
}

// Singular is the Kind of a test that is a SQL file of its own.
const Singular = "singular"

// The severities of tests.
const (
	SeverityError = "error"
	SeverityWarn  = "warn"
)

// UnitTest is a test of a model's logic with rows made up for it.
type UnitTest struct {
	// Model is the name of the model as written, ModelID the one it means.
	Model, ModelID string
	Given          []Fixture
	Expect         Fixture
	// Macros, Vars and Env are returned instead of what the project has.
	Macros, Vars, Env map[string]any
}

// The formats of fixtures.
const (
	FormatDict = "dict"
	FormatCSV  = "csv"
	FormatSQL  = "sql"
)

// Fixture is rows for a unit test. Columns and Rows hold what dict and csv
// give, an empty value of csv being nil; SQL is a query instead.
type Fixture struct {
	// Input is the ref, source or `this` that the rows stand for, and ID the
	// resource it means; both are empty for what is expected.
	Input, ID string
	Format    string
	// Name is the file that the rows come from, without folder and ending.
	Name    string
	Columns []string
	Rows    []map[string]any
	SQL     string
}
