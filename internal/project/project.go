// Package project is for what people declared: it loads a dbt project, and the
// ingest definitions that Tarn adds to it, into typed resources.
//
// It promises that an existing dbt project means here what it means to dbt
// (names, paths, config precedence, generated test names), that every problem
// is found in one pass and has its place, and that what is not there yet is
// named instead of being left out in silence. Loading reads nothing but the
// given file system, so the same files give the same project.
//
// It leaves to others what the SQL says, what connectors make of their
// options, in which order things run (graph), and settings (config).
package project

import (
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// Kind is the kind of a resource, in dbt's word.
type Kind string

// The kinds.
const (
	KindSource   Kind = "source"
	KindSeed     Kind = "seed"
	KindModel    Kind = "model"
	KindTest     Kind = "test"
	KindAnalysis Kind = "analysis"
)

// What a model or a seed becomes.
const (
	MaterializedView             = "view"
	MaterializedTable            = "table"
	MaterializedIncremental      = "incremental"
	MaterializedMaterializedView = "materialized_view"
	MaterializedEphemeral        = "ephemeral"
	MaterializedSeed             = "seed"
)

// Project is everything that was declared. It does not change once loaded and
// is safe for concurrent use.
type Project struct {
	Name, Version string
	// Dir is the folder the project was loaded from, for messages.
	Dir string
	// Vars are the variables that templates see: those of dbt_project.yml, and
	// those given on the command line over them.
	Vars map[string]any
	// Resources are the enabled resources, sorted by ID.
	Resources []*Resource
	// Disabled are those that `enabled: false` leaves out, sorted by ID.
	Disabled []*Resource
	// TargetPath is where generated files go; CleanTargets is what `clean`
	// removes. Both are relative to Dir.
	TargetPath   string
	CleanTargets []string
	// OnRunStart and OnRunEnd are dbt's hooks around a run.
	OnRunStart, OnRunEnd []string

	index   index
	context contextFactory
}

// Resource is one thing of the graph.
type Resource struct {
	// ID is dbt's unique id: model.shop.daily_sales,
	// source.shop.retail.invoices, test.shop.not_null_orders_id.
	ID   string
	Kind Kind
	// Name is the name that ref uses; of a source it is the table's.
	Name    string
	Package string
	// Version is the version of a model that has several, and LatestVersion the
	// one that ref means without saying which; "" where there are none.
	Version, LatestVersion string
	// Source is the name of the source that a source table belongs to.
	Source string
	// FQN is the name within the project for selectors: package, folders, name.
	FQN []string
	// Path is the file that declares the resource, and Place where in it.
	Path  string
	Place diag.Place
	// PatchPath is the properties file that describes the resource, if any.
	PatchPath string
	// Relation is the table or view; zero for tests and analyses.
	Relation ident.Table
	// SQL is the raw text of a model, singular test or analysis.
	SQL         string
	Config      Config
	Description string
	Columns     []Column
	Tags        []string
	Meta        map[string]any
	// DependsOn are the IDs this resource reads, sorted.
	DependsOn []string
	Test      *Test
	Ingest    *Ingest
	// Checksum is the SHA-256 of what was declared, in hexadecimal.
	Checksum string
}

// Config is a resource's settings after dbt's precedence: dbt_project.yml, then
// the properties in yml, then config() in the SQL, which wins.
type Config struct {
	Materialized string
	// Schema and Alias are as written; Relation has their effect.
	Schema, Alias string
	Enabled       bool
	Tags          []string
	// PartitionBy are Iceberg transforms as written: day(sold_at), country,
	// bucket(16, id). See [ParsePartition].
	PartitionBy []string
	// OrderBy are the columns rows are sorted by within files.
	OrderBy []string
	Meta    map[string]any
	// FullRefresh is full_refresh where it was set.
	FullRefresh *bool
	// Raw is every setting by name, those included that have a field.
	Raw map[string]any
}

// Column is the documentation of a column.
type Column struct {
	Name, Description, DataType string
	Tags                        []string
	Meta                        map[string]any
	Place                       diag.Place
}

// Test is what a resource of kind test checks.
type Test struct {
	// Kind is unique, not_null, accepted_values, relationships or singular.
	Kind string
	// Column is what a generic test checks: a column's name, or a SQL
	// expression where Expression is set.
	Column     string
	Expression bool
	// Args are a generic test's other arguments, as written.
	Args map[string]any
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
	StoreFailures                    bool
	// Evidence is the ID of an analysis whose rows explain a failure.
	Evidence string
	// On are the IDs the test is about; a generic test's own resource is first.
	On []string
}

// Singular is the Kind of a test that is a SQL file of its own.
const Singular = "singular"

// The severities of tests.
const (
	SeverityError = "error"
	SeverityWarn  = "warn"
)

// Ingest is where a source table comes from.
type Ingest struct {
	// From names the connector, Paths what it reads.
	From  string
	Paths []string
	// Columns are the declared types by column.
	Columns map[string]string
	// Mode is append, replace, merge, delete+insert, insert-only or scd2.
	Mode string
	// PrimaryKey are the columns that tell rows apart, Cursor the column that
	// tells the order of rows with the same key, "" for none.
	PrimaryKey []string
	Cursor     string
	// Track are the columns whose changes make a new version (scd2); none means
	// all but key and cursor.
	Track        []string
	Survivorship []Survivor
	// Deduplicate is nil where duplicates are not looked for.
	Deduplicate *Deduplicate
	// Deletes is ignore, hard or soft.
	Deletes  string
	Contract Contract
	// Options are the connector's own keys.
	Options map[string]Option
	// Origins are the places that a source is read from, where it has several.
	Origins     []Origin
	PartitionBy []string
	Place       diag.Place
	// Places are where the values stand: "from", "path", "mode",
	// "columns.NAME", "contract.rows", "primary_key" and so on.
	Places map[string]diag.Place
}

// Origin is one of several places that a source is read from; Options go before
// the table's own.
type Origin struct {
	Name    string
	Options map[string]Option
	Place   diag.Place
}

// ModeDeclared reports whether the mode was written down.
func (in *Ingest) ModeDeclared() bool { return in.Places["mode"] != (diag.Place{}) }

// Contract says what happens to data that does not fit: Columns is evolve,
// freeze, discard_row or discard_value; Types also quarantine; Rows is
// quarantine or fail.
type Contract struct {
	Columns, Types, Rows string
}

// Option is a value for a connector, and where it was given.
type Option struct {
	Value any
	Place diag.Place
}

// ByID returns the enabled resource with the given ID, nil where there is none.
func (p *Project) ByID(id string) *Resource { return p.index.ids[id] }

// ByRef returns the model or seed that ref(name) means, nil where there is none.
func (p *Project) ByRef(name string) *Resource { return p.index.refs[name] }

// BySource returns the table that source(source, table) means, nil where there
// is none.
func (p *Project) BySource(source, table string) *Resource {
	return p.index.sources[[2]string{source, table}]
}

// ByRelation returns the resource that is stored as the given table, nil where
// there is none.
func (p *Project) ByRelation(t ident.Table) *Resource { return p.index.relations[t.Key()] }

// QuarantineSuffix makes the name of the table beside a raw table that holds
// its records that did not fit.
const QuarantineSuffix = "__quarantine"

// Quarantine returns the table beside an ingested one that takes the records
// that do not fit.
func (r *Resource) Quarantine() ident.Table { return r.Relation.Sibling(QuarantineSuffix) }
