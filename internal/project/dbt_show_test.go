package project

import (
	"encoding/json"
	"slices"
	"strings"
)

// described is what is compared with dbt's manifest.
func described(p *Project) map[string]any {
	out := map[string]any{}
	for _, r := range slices.Concat(p.Resources, p.OnRunStart, p.OnRunEnd) {
		out[r.ID] = describedNode(r.ID, node(p, r))
	}
	var groups, disabled, docs []string
	for _, g := range p.Groups {
		groups = append(groups, g.ID)
	}
	for _, r := range p.Disabled {
		if on := p.disabledByID(r); on != nil && !on.Config.Enabled {
			continue // dbt forgets the tests of what is disabled
		}
		disabled = append(disabled, r.ID)
	}
	for _, d := range p.DocBlocks {
		docs = append(docs, d.ID)
	}
	slices.Sort(disabled)
	out["groups"], out["disabled"], out["docs"] = groups, disabled, docs
	return out
}

// node is a resource as dbt's manifest shows it.
func node(p *Project, r *Resource) map[string]any {
	n := map[string]any{
		"name": r.Name, "fqn": r.FQN, "original_file_path": p.OriginalPath(r), "package_name": r.Package, "tags": r.Tags, "meta": r.Meta,
		"description": r.Description, "group": r.Group, "access": r.Access, "version": number(r.Version), "latest_version": number(r.LatestVersion),
		"language": r.Language, "doc_blocks": r.DocBlocks, "depends_on": map[string]any{"nodes": r.DependsOn, "macros": r.Macros},
	}
	c := r.Config
	config := map[string]any{
		"materialized": c.Materialized, "unique_key": c.Raw["unique_key"], "incremental_strategy": c.IncrementalStrategy, "on_schema_change": c.OnSchemaChange,
		"event_time": c.EventTime, "batch_size": c.BatchSize, "begin": c.Begin, "group": c.Group, "access": c.Access,
		"column_types": c.ColumnTypes, "grants": c.Grants, "full_refresh": c.FullRefresh,
	}
	if r.Referable() {
		config["lookback"] = c.Lookback
	}
	switch r.Kind {
	case KindSource:
		n["schema"], n["identifier"], n["loader"], n["loaded_at_field"] = r.Relation.Namespace, r.Relation.Name, r.Table.Loader, r.Table.LoadedAtField
		n["language"], config = "", map[string]any{}
	case KindAnalysis:
		n["schema"], n["alias"] = r.Relation.Namespace, r.Relation.Name
		config["materialized"], config["on_schema_change"], config["lookback"] = "view", "ignore", 1
	default:
		n["schema"], n["alias"] = r.Relation.Namespace, r.Relation.Name
	}
	switch r.Kind {
	case KindSeed:
		n["language"] = ""
		config["delimiter"] = c.Delimiter
		if c.Delimiter == "" {
			config["delimiter"] = ","
		}
	case KindUnitTest:
		n["tags"] = nil
	case KindExposure:
		n["type"], n["maturity"] = r.Exposure.Type, r.Exposure.Maturity
	}
	if s := c.Snapshot; s != nil {
		config["strategy"], config["updated_at"], config["check_cols"] = s.Strategy, s.UpdatedAt, c.Raw["check_cols"]
		config["hard_deletes"] = c.Raw["hard_deletes"]
	}
	if r.Kind == KindModel || r.Kind == KindSeed || r.Kind == KindAnalysis || r.Kind == KindTest && r.Test.Kind == Singular {
		n["checksum"] = map[string]any{"name": "sha256", "checksum": r.Checksum}
	}
	if t := r.Test; t != nil {
		describeTest(n, config, r)
	}
	columns := map[string]any{}
	for _, col := range r.Columns {
		columns[col.Name] = map[string]any{"description": col.Description, "data_type": col.DataType, "meta": col.Meta, "quote": col.Quote, "doc_blocks": col.DocBlocks}
	}
	n["columns"], n["config"] = columns, config
	return roundTrip(n)
}

func describeTest(n, config map[string]any, r *Resource) {
	t := r.Test
	config["materialized"], config["severity"], config["fail_calc"], config["warn_if"], config["error_if"] = "test", r.Config.Raw["severity"], "count(*)", "!= 0", "!= 0"
	if config["severity"] == nil {
		config["severity"] = "ERROR"
	}
	for key, v := range map[string]string{"fail_calc": t.FailCalc, "warn_if": t.WarnIf, "error_if": t.ErrorIf, "where": t.Where} {
		if v != "" {
			config[key] = v
		}
	}
	if t.Limit != 0 {
		config["limit"] = t.Limit
	}
	config["store_failures"] = r.Config.Raw["store_failures"]
	n["attached_node"] = t.Attached
	if strings.HasPrefix(t.Attached, "source.") {
		n["attached_node"] = ""
	}
	if t.Kind != Singular {
		n["test_metadata"] = map[string]any{"kwargs": t.Kwargs, "namespace": t.Namespace}
	}
}

func number(text string) any {
	var n any
	if json.Unmarshal([]byte(text), &n) != nil {
		return text
	}
	return n
}

// roundTrip makes the values those that JSON has.
func roundTrip(n map[string]any) map[string]any {
	raw, err := json.Marshal(n)
	var out map[string]any
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	return out
}

// disabledByID returns the disabled resource that a test is on.
func (p *Project) disabledByID(r *Resource) *Resource {
	for _, other := range p.Disabled {
		if r.Test != nil && other.ID == r.Test.Attached {
			return other
		}
	}
	return nil
}
