package project

import "github.com/tarn-lake/tarn/internal/diag"

// What a model, seed or snapshot becomes; the names of other macros
// `materialization` are possible.
const (
	MaterializedView             = "view"
	MaterializedTable            = "table"
	MaterializedEphemeral        = "ephemeral"
	MaterializedIncremental      = "incremental"
	MaterializedMaterializedView = "materialized_view"
	MaterializedSeed             = "seed"
	MaterializedSnapshot         = "snapshot"
)

// Config is a resource's settings after dbt's precedence: the package's
// dbt_project.yml, then the properties in yml, then config() in the SQL, and
// for what is a package's the project's own dbt_project.yml, which wins.
type Config struct {
	Materialized string
	// Schema, Alias and Database are as written; Relation has their effect.
	Schema, Alias, Database string
	Enabled                 bool
	Tags                    []string
	Meta                    map[string]any
	// PartitionBy are Iceberg transforms as written: day(sold_at), country,
	// bucket(16, id). See [ParsePartition].
	PartitionBy []string
	// OrderBy are the columns rows are sorted by within files.
	OrderBy []string
	// FullRefresh is full_refresh where it was set.
	FullRefresh *bool

	PreHooks, PostHooks []Hook
	// SQLHeader runs before the model's own SQL, in the same step; its templates
	// were rendered when the project was read.
	SQLHeader Hook

	// UniqueKey are the columns, or SQL expressions, that tell rows apart.
	UniqueKey           []string
	IncrementalStrategy string
	// OnSchemaChange is ignore, fail, append_new_columns or sync_all_columns.
	OnSchemaChange                          string
	MergeUpdateColumns, MergeExcludeColumns []string
	IncrementalPredicates                   []string
	EventTime, BatchSize, Begin             string
	// Lookback is how many batches before the last are built again; 1 where it
	// was not set.
	Lookback          int
	ConcurrentBatches *bool

	Snapshot *SnapshotConfig

	Contract      ContractConfig
	Access, Group string
	PersistDocs   map[string]bool
	// TableProperties are written into the table's metadata as they are.
	TableProperties map[string]string
	Grants          map[string][]string

	// ColumnTypes, Delimiter and QuoteColumns are for seeds.
	ColumnTypes  map[string]string
	Delimiter    string
	QuoteColumns *bool

	// Packages are what a Python model needs installed.
	Packages []string
	// Raw is every setting by name, those included that have a field.
	Raw map[string]any
}

// Hook is SQL that runs before or after a resource is built.
type Hook struct {
	SQL string
	// Transaction tells that the hook runs inside of the transaction.
	Transaction bool
	Place       diag.Place
}

// ContractConfig says whether a model's columns and types are enforced.
type ContractConfig struct{ Enforced, AliasTypes bool }

// SnapshotConfig is how a snapshot finds out that rows changed.
type SnapshotConfig struct {
	// Strategy is timestamp, check or the name of a strategy of the project's.
	Strategy  string
	UpdatedAt string
	// CheckAll is check_cols: all; CheckCols are the columns otherwise.
	CheckAll  bool
	CheckCols []string
	// HardDeletes is ignore, invalidate or new_record; invalidate_hard_deletes
	// is the old word for invalidate.
	HardDeletes string
	// ColumnNames has the names of dbt_valid_from, dbt_valid_to, dbt_scd_id,
	// dbt_updated_at and dbt_is_deleted.
	ColumnNames       map[string]string
	DBTValidToCurrent string
	TargetSchema      string
	TargetDatabase    string
}
