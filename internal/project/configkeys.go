package project

import (
	"maps"
	"slices"
)

// configKeys are the settings of every kind of resource.
var configKeys = []string{
	"enabled", "tags", "meta", "schema", "alias", "database", "docs", "description", "group", "access",
	"persist_docs", "quoting", "static_analysis", "event_time",
}

// builtKeys are those of what is built: models, seeds and snapshots.
var builtKeys = []string{
	"materialized", "partition_by", "order_by", "full_refresh", "pre_hook", "post_hook", "column_types", "grants", "contract",
	"unique_key", "on_schema_change", "on_configuration_change", "incremental_strategy", "batch_size", "lookback", "begin",
	"concurrent_batches", "packages", "sql_header", "sort_by", "sorted_by", "partitioned_by", "indexes",
	"table_properties", "tblproperties",
}

// modelKeys are those of models alone, dbt-duckdb's own included.
var modelKeys = []string{
	"incremental_predicates", "predicates", "merge_update_columns", "merge_exclude_columns", "merge_update_condition",
	"merge_insert_condition", "merge_update_set_expressions", "merge_on_using_columns", "merge_returning_columns", "merge_clauses",
	"freshness", "location", "format", "options", "delimiter", "external_root", "plugin", "glue_register", "glue_database",
	"parquet_read_options", "json_read_options", "csv_read_options", "overrides", "python_version", "submission_method", "timeout",
	"config_keys_used", "config_keys_defaults", "meta_keys_used", "meta_keys_defaults",
}

// foreignKeys are those of adapters for other databases, which mean nothing to
// this engine; projects that are built on several have them.
var foreignKeys = []string{
	"transient", "cluster_by", "dist", "sort", "sort_type", "bind", "backup", "auto_refresh", "snowflake_warehouse", "query_tag", "copy_grants",
	"secure", "automatic_clustering", "target_lag", "file_format", "location_root", "buckets", "clustered_by", "partitions", "labels",
	"kms_key_name", "hours_to_expiration", "require_partition_filter", "partition_expiration_days", "unlogged", "tmp_relation_type",
	"liquid_clustered_by", "auto_liquid_cluster", "properties", "on_table_exists", "initialize", "refresh_mode", "enable_refresh",
	"refresh_interval_minutes", "max_staleness", "resource_tags", "as_columnstore",
}

// kindKeys are the settings that some kinds have beyond configKeys.
var kindKeys = map[Kind][]string{
	KindModel: slices.Concat(builtKeys, modelKeys),
	KindSeed:  slices.Concat(builtKeys, []string{"delimiter", "quote_columns", "fast"}),
	KindSnapshot: slices.Concat(builtKeys, []string{
		"strategy", "updated_at", "check_cols", "target_schema", "target_database", "hard_deletes", "invalidate_hard_deletes",
		"snapshot_meta_column_names", "dbt_valid_to_current",
	}),
	KindTest: {
		"severity", "where", "warn_if", "error_if", "limit", "fail_calc", "store_failures", "store_failures_as", "evidence",
		"materialized", "sql_header",
	},
	KindSource:   {"freshness", "loaded_at_field", "loaded_at_query", "loader"},
	KindAnalysis: slices.Concat(builtKeys, modelKeys),
	KindExposure: nil, KindMetric: nil, KindUnitTest: nil,
	KindSemanticModel: nil, KindSavedQuery: {"cache", "export_as"},
}

// isKey reports whether dbt knows a setting of a kind of resource.
func isKey(kind Kind, key string) bool {
	return slices.Contains(configKeys, key) || slices.Contains(kindKeys[kind], key) || slices.Contains(foreignKeys, key)
}

// knownKeys returns the settings of a kind of resource.
func knownKeys(kind Kind) []string {
	return slices.Sorted(slices.Values(slices.Concat(configKeys, kindKeys[kind])))
}

// isConfigKey reports whether any kind of resource has the setting.
func isConfigKey(key string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(kindKeys)), func(kind Kind) bool { return isKey(kind, key) })
}
