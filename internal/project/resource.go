package project

import (
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template"
)

// Kind is the kind of a resource, in dbt's word.
type Kind string

// The kinds. Groups and macros are no part of the graph; operations are the
// hooks around a run.
const (
	KindSource        Kind = "source"
	KindSeed          Kind = "seed"
	KindModel         Kind = "model"
	KindSnapshot      Kind = "snapshot"
	KindTest          Kind = "test"
	KindUnitTest      Kind = "unit_test"
	KindAnalysis      Kind = "analysis"
	KindExposure      Kind = "exposure"
	KindMetric        Kind = "metric"
	KindSemanticModel Kind = "semantic_model"
	KindSavedQuery    Kind = "saved_query"
	KindOperation     Kind = "operation"
	KindGroup         Kind = "group"
	KindMacro         Kind = "macro"
)

// The languages of models.
const (
	LanguageSQL    = "sql"
	LanguagePython = "python"
)

// Resource is one thing of the graph.
type Resource struct {
	// ID is dbt's unique id: model.shop.daily_sales, model.shop.orders.v2,
	// source.shop.retail.invoices, test.shop.not_null_orders_id.0a1b2c3d4e.
	ID   string
	Kind Kind
	// Name is the name that ref uses; of a source it is the table's.
	Name string
	// Package is the name of the package that declares the resource.
	Package string
	// Source is the name of the source that a source table belongs to.
	Source string
	// FQN is the name within the project for selectors: package, folders, name.
	FQN []string
	// Path is the file that declares the resource, relative to the project's
	// folder (see [Project.Open]), and Place where in it.
	Path  string
	Place diag.Place
	// PatchPath is the properties file that describes the resource, if any, and
	// PatchPlace where in it.
	PatchPath  string
	PatchPlace diag.Place
	// Relation is the table or view; of a test it is where failures would be
	// stored. Zero for what is never stored.
	Relation ident.Table
	// SQL is the raw text of a model, snapshot, singular test, analysis or
	// hook, in Language; of a generic test it is the call of its macro.
	SQL      string
	Language string
	// SQLPlace is where SQL begins, if not at the beginning of the file.
	SQLPlace    diag.Place
	Config      Config
	Description string
	// DocBlocks are the IDs of the blocks that the description is made of.
	DocBlocks   []string
	Columns     []Column
	Constraints []Constraint
	Tags        []string
	Meta        map[string]any
	Access      string
	Group       string
	// Version is a model's version as it was written, "" for none, and
	// LatestVersion the one that ref means without a version.
	Version, LatestVersion string
	DeprecationDate        string
	// Refs and Sources are what the text calls, in order.
	Refs    []Ref
	Sources []SourceCall
	// DependsOn are the IDs this resource reads, sorted.
	DependsOn []string
	// Macros are the IDs of the macros that its text calls, in order.
	Macros []string

	Test     *Test
	Ingest   *Ingest
	Table    *SourceTable
	UnitTest *UnitTest
	Exposure *Exposure
	// Hook is the number of an operation among its package's.
	Hook int
	// Properties is the whole entry of metrics, semantic models and saved
	// queries, for models their time_spine.
	Properties map[string]any
	// Checksum is the SHA-256 of what was declared, in hexadecimal.
	Checksum string
}

// Ref is one call of ref, as written; Package and Version may be empty.
type Ref struct {
	Package, Name, Version string
	Place                  diag.Place
}

// SourceCall is one call of source.
type SourceCall struct {
	Source, Table string
	Place         diag.Place
}

// Column is the documentation of a column.
type Column struct {
	Name, Description, DataType string
	Quote                       *bool
	Tags                        []string
	Meta                        map[string]any
	Constraints                 []Constraint
	Granularity                 string
	DocBlocks                   []string
	Place                       diag.Place
}

// SourceTable is what dbt's properties say about a table of a source.
type SourceTable struct {
	Database, Loader             string
	SourceDescription            string
	SourceMeta                   map[string]any
	LoadedAtField, LoadedAtQuery string
	// Freshness is nil where none is asked for.
	Freshness *Freshness
	Quoting   map[string]any
	External  map[string]any
}

// Freshness says how old data may be; a zero Age is no limit.
type Freshness struct {
	WarnAfter, ErrorAfter Age
	Filter                string
}

// Age is a count of minutes, hours or days.
type Age struct {
	Count  int
	Period string
}

// Exposure is what uses the data outside of the project.
type Exposure struct {
	Type, URL, Maturity, Label string
	Owner                      Owner
}

// Owner is who a group or an exposure belongs to; Other has the keys beyond
// name and email.
type Owner struct {
	Name  string
	Email []string
	Other map[string]any
}

// Group is a set of resources with an owner; private models are for their
// group alone.
type Group struct {
	ID, Name, Package, Path string
	Description             string
	Owner                   Owner
	Meta                    map[string]any
	Place                   diag.Place
}

// Macro is a macro with what properties files say about it.
type Macro struct {
	*template.Macro
	Path, PatchPath string
	Description     string
	Documented      []Argument
	Meta            map[string]any
	Docs            map[string]any
}

// Argument is what a properties file says about an argument of a macro.
type Argument struct{ Name, Type, Description string }

// DocBlock is a block of a Markdown file that descriptions can name.
type DocBlock struct{ ID, Name, Package, Path, Text string }

// Quarantine returns the table beside an ingested one that takes the records
// that do not fit.
func (r *Resource) Quarantine() ident.Table { return r.Relation.Sibling(QuarantineSuffix) }

// Referable reports whether ref can name the resource.
func (r *Resource) Referable() bool {
	return r.Kind == KindModel || r.Kind == KindSeed || r.Kind == KindSnapshot
}
