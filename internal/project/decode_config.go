package project

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// config reads what every kind of resource has, and reports the settings that
// mean nothing.
func (d *decoder) config() Config {
	c := Config{
		Materialized: d.text("materialized"), Schema: d.text("schema"), Alias: d.text("alias"), Database: d.text("database"),
		Enabled: true, Tags: d.texts("tags"), Meta: d.mapping("meta"), Group: d.text("group"), Raw: d.layer.values(),
	}
	if on := d.truth("enabled"); on != nil {
		c.Enabled = *on
	}
	switch d.kind {
	case KindModel, KindSeed, KindSnapshot:
		d.built(&c)
	case KindTest:
		c.SQLHeader = d.header()
	}
	if d.kind != KindAnalysis && d.kind != KindOperation { // they have the settings of models, where these are reported
		d.reportKeys()
	}
	return c
}

// built reads the settings of what is built.
func (d *decoder) built(c *Config) {
	c.Materialized = d.materialized(c.Materialized)
	c.FullRefresh = d.truth("full_refresh")
	c.OrderBy, c.PartitionBy = d.texts("order_by"), d.partitions()
	c.PreHooks, c.PostHooks = d.hooks("pre_hook"), d.hooks("post_hook")
	c.SQLHeader = d.header()
	c.UniqueKey = d.texts("unique_key")
	c.IncrementalStrategy = d.text("incremental_strategy")
	c.OnSchemaChange = d.oneOf("on_schema_change", "ignore", "fail", "append_new_columns", "sync_all_columns")
	c.MergeUpdateColumns, c.MergeExcludeColumns = d.texts("merge_update_columns"), d.texts("merge_exclude_columns")
	c.IncrementalPredicates = slices.Concat(d.texts("incremental_predicates"), d.texts("predicates"))
	c.EventTime, c.Begin = d.text("event_time"), d.text("begin")
	c.BatchSize = d.oneOf("batch_size", "", "hour", "day", "month", "year")
	c.Lookback, c.ConcurrentBatches = d.whole("lookback", 1), d.truth("concurrent_batches")
	c.Packages = d.texts("packages")
	c.ColumnTypes = d.textMap("column_types")
	c.Delimiter, c.QuoteColumns = d.text("delimiter"), d.truth("quote_columns")
	if v, ok := d.layer["delimiter"].value.(string); ok {
		c.Delimiter = v // a tab is one, too
	}
	d.contract(c)
	d.grants(c)
	d.persistDocs(c)
	d.tableProperties(c)
	switch d.kind {
	case KindModel:
		c.Access = d.oneOf("access", "protected", "private", "public")
		d.microbatch(c)
	case KindSnapshot:
		c.Snapshot = d.snapshot()
	}
}

// partitions reads Iceberg transforms, or what BigQuery has for them: a mapping
// with field and granularity.
func (d *decoder) partitions() []string {
	place := d.layer["partition_by"].place
	if m, ok := d.layer["partition_by"].value.(map[string]any); ok {
		field, granularity := plainOf(m["field"]), plainOf(m["granularity"])
		if kind := plainOf(m["data_type"]); field != "" && kind != "int64" {
			return []string{cmp.Or(granularity, "day") + "(" + field + ")"}
		}
		d.problems.Warnf("bad-partition", place, "partitions by ranges of numbers have no effect here").
			WithHint("write partition_by: [\"bucket(16, %s)\"]", field)
		return nil
	}
	out := d.texts("partition_by")
	for _, p := range out {
		if _, _, err := ParsePartition(p); err != nil {
			d.problems.Errorf("bad-partition", place, "%v", err)
		}
	}
	return out
}

// materialized returns what is made; whether there is such a materialization
// is known once all macros are.
func (d *decoder) materialized(given string) string {
	switch {
	case d.kind == KindSeed:
		return MaterializedSeed
	case d.kind == KindSnapshot:
		return MaterializedSnapshot
	case given == "" && d.python:
		return MaterializedTable
	case given == "":
		return MaterializedView
	}
	return given
}

// hooks reads SQL to be run before or after: text, or mappings with sql and
// transaction; text may also be such a mapping as JSON, which is what dbt's
// own before_begin and after_commit give.
func (d *decoder) hooks(key string) []Hook {
	var out []Hook
	place := d.layer[key].place
	for _, v := range asList(d.layer[key].value) {
		h := Hook{Transaction: true, Place: place}
		if text, ok := v.(string); ok {
			var m map[string]any
			if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Unmarshal([]byte(text), &m) == nil && m["sql"] != nil {
				v = m
			} else {
				h.SQL = text
			}
		}
		switch v := v.(type) {
		case nil:
			continue
		case string:
		case map[string]any:
			h.SQL, _ = v["sql"].(string)
			if within, ok := v["transaction"].(bool); ok {
				h.Transaction = within
			}
		default:
			d.problems.Errorf("wrong-kind", place, "`%s` must be SQL, not %s", key, describe(v))
			continue
		}
		if strings.TrimSpace(h.SQL) != "" {
			out = append(out, h)
		}
	}
	return out
}

func (d *decoder) contract(c *Config) {
	c.Contract.AliasTypes = true
	m := d.mapping("contract")
	for i, into := range []*bool{&c.Contract.Enforced, &c.Contract.AliasTypes} {
		key := []string{"enforced", "alias_types"}[i]
		switch v := m[key].(type) {
		case nil:
		case bool:
			*into = v
		default:
			d.problems.Errorf("wrong-kind", d.layer["contract"].place, "`contract.%s` must be true or false, not %s", key, describe(v))
		}
	}
	if c.Contract.Enforced && c.Materialized == MaterializedIncremental && c.OnSchemaChange != "append_new_columns" && c.OnSchemaChange != "fail" {
		d.problems.Errorf("bad-value", d.layer["contract"].place, "an incremental model with a contract cannot have `on_schema_change: %s`", c.OnSchemaChange).
			WithHint("set on_schema_change to append_new_columns or fail")
	}
}

func (d *decoder) grants(c *Config) {
	if m := d.mapping("grants"); m != nil {
		c.Grants = map[string][]string{}
		for privilege, to := range m {
			for _, v := range asList(to) {
				c.Grants[privilege] = append(c.Grants[privilege], plainText(v))
			}
		}
	}
}

// microbatch checks what models in batches need.
func (d *decoder) microbatch(c *Config) {
	if c.Materialized != MaterializedIncremental || c.IncrementalStrategy != "microbatch" || !c.Enabled {
		return
	}
	for _, need := range [][2]string{{"event_time", c.EventTime}, {"begin", c.Begin}, {"batch_size", c.BatchSize}} {
		if need[1] == "" {
			d.problems.Errorf("missing-config", d.layer["incremental_strategy"].place, "a model with the strategy `microbatch` needs `%s`", need[0]).
				WithHint("set event_time, begin and batch_size")
		}
	}
}

// snapshotColumns are the columns that snapshots add.
var snapshotColumns = []string{"dbt_valid_from", "dbt_valid_to", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"}

func (d *decoder) snapshot() *SnapshotConfig {
	s := &SnapshotConfig{
		Strategy: d.text("strategy"), UpdatedAt: d.text("updated_at"), HardDeletes: d.oneOf("hard_deletes", "ignore", "invalidate", "new_record"),
		DBTValidToCurrent: d.text("dbt_valid_to_current"), TargetSchema: d.text("target_schema"), TargetDatabase: d.text("target_database"),
		ColumnNames: map[string]string{},
	}
	if old := d.truth("invalidate_hard_deletes"); old != nil && *old {
		if d.layer["hard_deletes"].value != nil {
			d.problems.Errorf("bad-value", d.layer["invalidate_hard_deletes"].place, "`invalidate_hard_deletes` cannot stand beside `hard_deletes`").
				WithHint("remove it")
		}
		s.HardDeletes = "invalidate"
	}
	if text, ok := d.layer["check_cols"].value.(string); ok && text == "all" {
		s.CheckAll = true
	} else {
		s.CheckCols = d.texts("check_cols")
	}
	named := d.textMap("snapshot_meta_column_names")
	for _, name := range snapshotColumns {
		s.ColumnNames[name] = name
		if named[name] != "" {
			s.ColumnNames[name] = named[name]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if !slices.Contains(snapshotColumns, name) {
			d.problems.Warnf("unknown-key", d.layer["snapshot_meta_column_names"].place, "snapshots have no column `%s`", name)
		}
	}
	return s
}

// checkSnapshot reports what a snapshot lacks.
func (d *decoder) checkSnapshot(r *Resource) {
	s := r.Config.Snapshot
	need := func(ok bool, key, why string) {
		if !ok {
			d.problems.Errorf("missing-config", r.Place, "the snapshot `%s` needs `%s`%s", r.Name, key, why)
		}
	}
	need(s.Strategy != "", "strategy", ": timestamp or check")
	need(len(r.Config.UniqueKey) > 0, "unique_key", ", the column that tells its rows apart")
	need(s.Strategy != "timestamp" || s.UpdatedAt != "", "updated_at", ", the column with the time of a row's last change")
	need(s.Strategy != "check" || s.CheckAll || len(s.CheckCols) > 0, "check_cols", ": all, or the columns to compare")
	if at := d.layer["check_cols"]; s.Strategy == "timestamp" && at.value != nil && (s.CheckAll || len(s.CheckCols) > 0) {
		d.problems.Errorf("bad-value", at.place, "a snapshot with the strategy `timestamp` compares no columns").WithHint("remove `check_cols`")
	}
}

// reportKeys names the settings that are unknown. A setting without a
// near name may be one that a project's own macros read, and one that a Python
// model asks for has a meaning there.
func (d *decoder) reportKeys() {
	asked := asList(d.layer["config_keys_used"].value)
	for _, key := range slices.Sorted(maps.Keys(d.layer)) {
		if isKey(d.kind, key) || slices.Contains(asked, any(key)) {
			continue
		}
		s := d.layer[key]
		p := d.problems.Warnf("unknown-key", s.place, "unknown key `%s`", key)
		if near := ident.Near(key, knownKeys(d.kind)); len(near) > 0 {
			p.WithHint("did you mean `%s`?", near[0])
		} else {
			p.WithHint("it is no setting of a %s; keep what is your own under `meta`", d.kind)
		}
	}
}

// placeOr returns the place where a setting was given, otherwise another.
func (l layer) placeOr(key string, otherwise diag.Place) diag.Place {
	if s, ok := l[key]; ok {
		return s.place
	}
	return otherwise
}
