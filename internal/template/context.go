package template

import (
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// Context is what a text is rendered in.
type Context struct {
	// Package is the name of the project that the text belongs to.
	Package string
	// Library holds the macros; nil holds none.
	Library *Library
	// Vars are the variables, those of the command line merged in.
	Vars map[string]any
	// Env looks up environment variables; nil knows none.
	Env func(string) (string, bool)
	// Secrets lets env_var name secrets, in connections and packages only:
	// what it gives stands for the value, which [Reveal] puts in its place.
	Secrets bool
	// File names the author's file in problems. Line and Column are where the
	// text begins in it, for texts inside other files; zero is the beginning.
	File         string
	Line, Column int
	// This is the relation that the text makes.
	This relation.Relation
	// Target adds to the attributes of `target`, or takes their place.
	Target map[string]any
	// Config is the effective configuration, for config.get.
	Config map[string]any
	// RunStartedAt and InvocationID describe the command; the zero time is the
	// epoch. Command is its verb, such as build.
	RunStartedAt time.Time
	InvocationID string
	Command      string
	// Flags are the command's flags by dbt's names; FullRefresh is one of them.
	Flags       map[string]any
	FullRefresh bool
	// Ended is how all that a run did ended, for the hooks at its end; nil before.
	Ended []Ended
	// Selected are the unique ids of what the command works on.
	Selected []string
	// Thread names the worker that runs the text.
	Thread string
	// MetadataEnv are the environment variables that begin with
	// DBT_ENV_CUSTOM_ENV_, without that beginning, for dbt_metadata_envs.
	MetadataEnv map[string]string
	// Adapter is the database while texts are compiled and run; nil while they
	// are parsed.
	Adapter Adapter
	// Override has what macros return instead of what they would, by name, or by
	// package and name with a dot (unit tests).
	Override map[string]any
	// Incremental answers is_incremental(); nil is false.
	Incremental func() (bool, error)
	// Model and Graph give dbt's `model` and `graph`; nil is an empty dict.
	// They are asked for at first use.
	Model, Graph func() any
	// PreHooks and PostHooks are the hooks of the model, as dbt shows them to
	// materializations: dicts with sql, transaction and index.
	PreHooks, PostHooks []any
	// SQL is the model's query, for materializations.
	SQL string
	// Seed gives the rows of a seed's file, for load_agate_table.
	Seed func() (*Table, error)
	// Doc returns the text of a docs block.
	Doc func(pkg, name string) (string, bool)
	// Write keeps the SQL that a materialization is about to run; nil drops it.
	Write func(sql string) error
	// Origins, where given, remember what wrote each part of the text, see [Origin].
	Origins *jinja.Origins
	// Log receives what `log` and `print` write; nil drops it.
	Log func(message string)
	// Debug receives what `log` writes for those who look inside; nil hands it
	// to Log.
	Debug func(message string)
	// Warn receives what exceptions.warn tells; nil hands it to Log.
	Warn func(*diag.Problem) error
}

// Ref is one call of ref, or of metric.
type Ref struct {
	Package, Name string
	// Version is what was asked for: nil, a string, an int64 or a float64.
	Version any
	Place   diag.Place
}

// Source is one call of source.
type Source struct {
	Source, Table string
	Place         diag.Place
}

// Captured is what a text says about itself. A call that runs several times is
// there once.
type Captured struct {
	Refs    []Ref
	Sources []Source
	Metrics []Ref
	// Config holds the arguments of config: later calls win, while tags and
	// hooks add up and dicts such as meta merge, as in dbt.
	Config       map[string]any
	ConfigPlaces map[string]diag.Place
	// Vars are the names of the variables that were asked for, in order.
	Vars []string
	// Macros are the unique ids of the macros that the text itself called.
	Macros []string
	// Unknown is the first name that means nothing. dbt tells only when the
	// text is compiled: a model that is disabled may hold any.
	Unknown *diag.Problem
}

// Resolver tells what names stand for in SQL. Version is as in [Ref].
type Resolver interface {
	Ref(pkg, name string, version any) (relation.Relation, error)
	Source(source, table string) (relation.Relation, error)
}
