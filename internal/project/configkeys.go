package project

import (
	"maps"
	"slices"
)

// keyUse tells what becomes of a setting that dbt knows.
type keyUse uint8

const (
	// used has a field in Config or Test, or is read from Config.Raw.
	used keyUse = iota
	// harmless changes nothing that Tarn does.
	harmless
	// later would change what is built, and is not there yet: an error.
	later
	// laterSoft is not there yet, and the result stays right without it.
	laterSoft
)

// configKeys are the settings of every kind of resource.
var configKeys = map[string]keyUse{
	"enabled": used, "tags": used, "meta": used, "schema": used, "alias": used,
	"database": harmless, "docs": harmless, "description": harmless, "group": laterSoft, "access": laterSoft,
	"persist_docs": harmless, "quoting": harmless, "static_analysis": harmless,
}

// kindKeys are the settings that some kinds have beyond configKeys.
var kindKeys = map[Kind]map[string]keyUse{
	KindModel: {
		"materialized": used, "partition_by": used, "order_by": used, "full_refresh": used,
		"pre_hook": later, "post_hook": later, "sql_header": later,
		"contract": laterSoft, "grants": laterSoft, "freshness": laterSoft,
		"unique_key": used, "incremental_strategy": used, "incremental_predicates": used, "predicates": used, "on_schema_change": used,
		"merge_update_columns": used, "merge_exclude_columns": used, "merge_update_condition": used, "merge_insert_condition": used,
		"merge_on_using_columns": used, "merge_update_set_expressions": used, "merge_clauses": used,
		"event_time": used, "batch_size": used, "begin": used, "lookback": used,
		"on_configuration_change": harmless, "column_types": harmless, "packages": harmless, "concurrent_batches": harmless,
	},
	KindSeed: {
		"materialized": used, "full_refresh": used, "column_types": used, "delimiter": used, "partition_by": used, "order_by": used,
		"quote_columns": harmless, "pre_hook": later, "post_hook": later, "grants": laterSoft, "event_time": harmless,
	},
	KindTest: {
		"severity": used, "where": used, "warn_if": used, "error_if": used, "limit": used, "fail_calc": used,
		"store_failures": used, "store_failures_as": harmless, "evidence": used, "materialized": harmless, "sql_header": later,
	},
	KindSource: {
		"freshness": harmless, "event_time": harmless, "loaded_at_field": harmless, "loaded_at_query": harmless, "loader": harmless,
	},
	KindAnalysis: {},
}

// useOf returns what becomes of a setting of a kind of resource.
func useOf(kind Kind, key string) (keyUse, bool) {
	if use, ok := kindKeys[kind][key]; ok {
		return use, true
	}
	use, ok := configKeys[key]
	return use, ok
}

// knownKeys returns the settings of a kind of resource.
func knownKeys(kind Kind) []string {
	keys := slices.Collect(maps.Keys(configKeys))
	return slices.Sorted(slices.Values(slices.AppendSeq(keys, maps.Keys(kindKeys[kind]))))
}

// isConfigKey reports whether any kind of resource has the setting.
func isConfigKey(key string) bool {
	if _, ok := configKeys[key]; ok {
		return true
	}
	for _, keys := range kindKeys {
		if _, ok := keys[key]; ok {
			return true
		}
	}
	return false
}
