package artifact

import (
	"crypto/md5" //nolint:gosec // dbt names projects so; it protects nothing
	"encoding/hex"
	"maps"
	"strings"

	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// nodeConfig are the settings that seeds, models, snapshots and the like have
// where nothing was said.
func nodeConfig() map[string]any {
	return map[string]any{
		"enabled": true, "alias": nil, "schema": nil, "database": nil, "tags": []any{}, "meta": map[string]any{}, "group": nil,
		"static_analysis": nil, "materialized": "view", "incremental_strategy": nil, "batch_size": nil, "lookback": 1, "begin": nil,
		"persist_docs": map[string]any{}, "post-hook": []any{}, "pre-hook": []any{}, "quoting": map[string]any{}, "column_types": map[string]any{},
		"full_refresh": nil, "unique_key": nil, "on_schema_change": "ignore", "on_configuration_change": "apply", "grants": map[string]any{},
		"packages": []any{}, "docs": map[string]any{"show": true, "node_color": nil},
		"contract": map[string]any{"enforced": false, "alias_types": true}, "event_time": nil, "concurrent_batches": nil,
	}
}

// kindConfig are the settings that some kinds have beside those, or instead.
func kindConfig(r *project.Resource) map[string]any {
	c := nodeConfig()
	switch r.Kind {
	case project.KindModel:
		c["access"], c["freshness"] = "protected", nil
	case project.KindSeed:
		c["materialized"], c["delimiter"], c["quote_columns"] = "seed", ",", nil
	case project.KindSnapshot:
		maps.Copy(c, map[string]any{
			"materialized": "snapshot", "strategy": nil, "target_schema": nil, "target_database": nil, "updated_at": nil, "check_cols": nil,
			"dbt_valid_to_current": nil, "snapshot_meta_column_names": map[string]any{
				"dbt_valid_to": nil, "dbt_valid_from": nil, "dbt_scd_id": nil, "dbt_updated_at": nil, "dbt_is_deleted": nil,
			},
		})
	case project.KindTest:
		return map[string]any{
			"enabled": true, "alias": nil, "schema": "dbt_test__audit", "database": nil, "tags": []any{}, "meta": map[string]any{}, "group": nil,
			"static_analysis": nil, "materialized": "test", "severity": "ERROR", "store_failures": nil, "store_failures_as": nil, "where": nil,
			"limit": nil, "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0",
		}
	case project.KindSource:
		return map[string]any{
			"enabled": true, "event_time": nil, "freshness": nil, "loaded_at_field": nil, "loaded_at_query": nil, "meta": map[string]any{},
			"tags": []any{}, "static_analysis": nil,
		}
	case project.KindExposure:
		return map[string]any{"enabled": true, "tags": []any{}, "meta": map[string]any{}}
	case project.KindUnitTest:
		return map[string]any{"enabled": true, "tags": []any{}, "meta": map[string]any{}, "static_analysis": nil}
	case project.KindMetric, project.KindSemanticModel:
		return map[string]any{"enabled": true, "group": nil, "meta": map[string]any{}}
	case project.KindSavedQuery:
		return map[string]any{
			"enabled": true, "group": nil, "meta": map[string]any{}, "export_as": nil, "schema": nil, "cache": map[string]any{"enabled": false},
		}
	}
	return c
}

// config is a resource's effective settings as dbt spells them.
func config(r *project.Resource) map[string]any {
	c := kindConfig(r)
	for key, v := range r.Config.Raw {
		if v == nil {
			continue
		}
		c[spelled(key)] = v
	}
	if r.Test != nil {
		r.Test.Storing(c)
	}
	if _, has := c["pre-hook"]; has {
		c["pre-hook"], c["post-hook"] = hooks(r.Config.PreHooks), hooks(r.Config.PostHooks)
	}
	if _, has := c["contract"]; has {
		c["contract"] = map[string]any{"enforced": r.Config.Contract.Enforced, "alias_types": r.Config.Contract.AliasTypes}
	}
	if r.Config.Materialized != "" && r.Kind != project.KindTest {
		c["materialized"] = r.Config.Materialized
	}
	c["enabled"], c["tags"], c["meta"] = r.Config.Enabled, texts(r.Config.Tags), mapping(r.Config.Meta)
	return c
}

// spelled is dbt's outer spelling of a setting.
func spelled(key string) string {
	switch key {
	case "pre_hook", "post_hook":
		return strings.ReplaceAll(key, "_", "-")
	}
	return key
}

func hooks(list []project.Hook) []any {
	out := []any{}
	for _, h := range list {
		out = append(out, map[string]any{"sql": h.SQL, "transaction": h.Transaction, "index": nil})
	}
	return out
}

// unrendered are the settings that were written down for the resource.
func unrendered(r *project.Resource) map[string]any {
	out := map[string]any{}
	for key, v := range r.Config.Raw {
		if key != "enabled" || v == false {
			out[key] = v
		}
	}
	return out
}

func docs(r *project.Resource) Docs {
	d := Docs{Show: true}
	if m, ok := r.Config.Raw["docs"].(map[string]any); ok {
		if show, ok := m["show"].(bool); ok {
			d.Show = show
		}
		if colour, ok := m["node_color"].(string); ok {
			d.NodeColor = &colour
		}
	}
	return d
}

// Stored reports whether a resource has a relation: ephemeral models, hooks and
// tests whose failing rows are not stored have none.
func Stored(r *project.Resource) bool {
	kept := r.Kind == project.KindModel || r.Kind == project.KindSeed || r.Kind == project.KindSnapshot || r.Kind == project.KindSource ||
		r.Test != nil && r.Test.StoreFailures
	return kept && r.Config.Materialized != project.MaterializedEphemeral && !r.Relation.IsZero()
}

// RelationName is the name of what is stored, with those of its parts in quotes
// that the project quotes.
func RelationName(p *project.Project, r *project.Resource) *string {
	if !Stored(r) {
		return nil
	}
	name := p.Quoted(relation.New(r.Relation), r).String()
	return &name
}

func columns(list []project.Column) Fields {
	var out Fields
	for _, c := range list {
		out = out.with(c.Name, Column{
			Name: c.Name, Description: c.Description, Meta: mapping(c.Meta), DataType: orNil(c.DataType), Constraints: constraints(c.Constraints),
			Quote: c.Quote, Config: map[string]any{"meta": mapping(c.Meta), "tags": texts(c.Tags)}, Tags: texts(c.Tags),
			Granularity: orNil(c.Granularity), DocBlocks: []string{},
		})
	}
	return out
}

func constraints(list []project.Constraint) []Constraint {
	out := []Constraint{}
	for _, c := range list {
		out = append(out, Constraint{
			Type: c.Type, Name: orNil(c.Name), Expression: orNil(c.Expression), WarnUnenforced: c.WarnUnenforced,
			WarnUnsupported: c.WarnUnsupported, To: orNil(c.To), ToColumns: texts(c.ToColumns), Columns: c.Columns,
		})
	}
	return out
}

func md5Of(s string) string {
	sum := md5.Sum([]byte(s)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}
