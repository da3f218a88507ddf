package artifact

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// entry converts metrics, semantic models and saved queries: what was written,
// in the long form that dbt's schemas want.
func (c *converter) entry(r *project.Resource) any {
	out := c.common(r)
	p := r.Properties
	out["label"], out["metadata"], out["refs"], out["group"] = p["label"], nil, refs(r.Refs), orNil(r.Group)
	switch r.Kind {
	case project.KindMetric:
		maps.Copy(out, map[string]any{
			"type": p["type"], "type_params": typeParams(mappingOf(p["type_params"])), "filter": filter(p["filter"]), "sources": [][]string{},
			"time_granularity": p["time_granularity"], "meta": mapping(r.Meta), "tags": texts(r.Tags), "metrics": [][]string{},
		})
		if out["label"] == nil {
			out["label"] = r.Name
		}
	case project.KindSemanticModel:
		maps.Copy(out, c.semanticModel(r))
	default:
		maps.Copy(out, savedQuery(p))
		out["tags"] = texts(r.Tags)
	}
	return out
}

func mappingOf(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// filled lays what was written over defaults, and leaves out what no schema has.
func filled(defaults, written map[string]any) map[string]any {
	for key := range defaults {
		if v, ok := written[key]; ok && v != nil {
			defaults[key] = v
		}
	}
	return defaults
}

// filter is a condition, or several that must all hold.
func filter(v any) any {
	var all []any
	for _, one := range listOf(v) {
		all = append(all, map[string]any{"where_sql_template": fmt.Sprint(one)})
	}
	if all == nil {
		return nil
	}
	return map[string]any{"where_filters": all}
}

// input is a measure or a metric by its name, or with what is said about it.
func input(v any, more map[string]any) any {
	if v == nil {
		return nil
	}
	written := mappingOf(v)
	if written == nil {
		written = map[string]any{"name": v}
	}
	out := filled(map[string]any{"name": nil, "filter": nil, "alias": nil}, written)
	out["filter"] = filter(written["filter"])
	maps.Copy(out, filled(more, written))
	if w, has := out["offset_window"]; has {
		out["offset_window"] = window(w)
	}
	return out
}

func measureInput(v any) any {
	return input(v, map[string]any{"join_to_timespine": false, "fill_nulls_with": nil})
}

func metricInput(v any) any {
	return input(v, map[string]any{"offset_window": nil, "offset_to_grain": nil})
}

// window reads `7 days`.
func window(v any) any {
	count, unit, found := strings.Cut(strings.TrimSpace(fmt.Sprint(v)), " ")
	n, err := strconv.Atoi(count)
	if v == nil || !found || err != nil {
		return nil
	}
	return map[string]any{"count": n, "granularity": strings.TrimSuffix(unit, "s")}
}

func typeParams(p map[string]any) map[string]any {
	out := filled(map[string]any{"expr": nil, "grain_to_date": nil}, p)
	if out["expr"] != nil {
		out["expr"] = fmt.Sprint(out["expr"])
	}
	inputs := []any{}
	if m := measureInput(p["measure"]); m != nil {
		inputs = append(inputs, m)
	}
	metrics := []any{}
	for _, m := range listOf(p["metrics"]) {
		metrics = append(metrics, metricInput(m))
	}
	maps.Copy(out, map[string]any{
		"measure": measureInput(p["measure"]), "input_measures": inputs, "numerator": metricInput(p["numerator"]),
		"denominator": metricInput(p["denominator"]), "window": window(p["window"]), "metrics": metrics,
		"conversion_type_params": nil, "cumulative_type_params": nil, "metric_aggregation_params": nil,
	})
	if c := mappingOf(p["conversion_type_params"]); c != nil {
		one := filled(map[string]any{"entity": nil, "calculation": "conversion_rate", "constant_properties": nil}, c)
		one["base_measure"], one["conversion_measure"], one["window"] = measureInput(c["base_measure"]), measureInput(c["conversion_measure"]), window(c["window"])
		out["conversion_type_params"] = one
	}
	if c := mappingOf(p["cumulative_type_params"]); c != nil {
		one := filled(map[string]any{"grain_to_date": nil, "period_agg": "first"}, c)
		one["window"], one["metric"] = window(c["window"]), metricInput(c["metric"])
		out["cumulative_type_params"] = one
	}
	return out
}

func (c *converter) semanticModel(r *project.Resource) map[string]any {
	p := r.Properties
	out := map[string]any{
		"model": fmt.Sprint(p["model"]), "node_relation": nil, "defaults": nil, "primary_entity": p["primary_entity"],
		"entities": parts(p["entities"], map[string]any{"name": nil, "type": nil, "description": nil, "label": nil, "role": nil, "expr": nil}),
		"measures": parts(p["measures"], map[string]any{
			"name": nil, "agg": nil, "description": nil, "label": nil, "create_metric": false, "expr": nil, "agg_params": nil,
			"non_additive_dimension": nil, "agg_time_dimension": nil,
		}),
		"dimensions": parts(p["dimensions"], map[string]any{
			"name": nil, "type": nil, "description": nil, "label": nil, "is_partition": false, "type_params": nil, "expr": nil, "metadata": nil,
		}),
	}
	if d := mappingOf(p["defaults"]); d != nil {
		out["defaults"] = filled(map[string]any{"agg_time_dimension": nil}, d)
	}
	for _, id := range r.DependsOn {
		if m := c.project.ByID(id); m != nil && !m.Relation.IsZero() {
			out["node_relation"] = map[string]any{
				"alias": m.Relation.Name, "schema_name": m.Relation.Namespace, "database": relation.Database, "relation_name": RelationName(c.project, m),
			}
		}
	}
	return out
}

// parts are the entities, measures or dimensions of a semantic model.
func parts(v any, defaults map[string]any) []any {
	out := []any{}
	for _, one := range listOf(v) {
		written := mappingOf(one)
		part := filled(maps.Clone(defaults), written)
		if part["expr"] != nil {
			part["expr"] = fmt.Sprint(part["expr"])
		}
		if t := mappingOf(part["type_params"]); t != nil {
			part["type_params"] = filled(map[string]any{"time_granularity": nil, "validity_params": nil}, t)
		}
		part["config"] = map[string]any{"meta": mapping(mappingOf(mappingOf(written["config"])["meta"]))}
		out = append(out, part)
	}
	return out
}

func savedQuery(p map[string]any) map[string]any {
	q := mappingOf(p["query_params"])
	params := filled(map[string]any{"limit": nil}, q)
	for _, key := range []string{"metrics", "group_by", "order_by"} {
		params[key] = append([]any{}, listOf(q[key])...)
	}
	params["where"] = filter(q["where"])
	exports := []any{}
	for _, one := range listOf(p["exports"]) {
		e := mappingOf(one)
		written := mappingOf(e["config"])
		config := filled(map[string]any{"export_as": "table", "alias": nil, "database": relation.Database}, written)
		if config["schema_name"] = written["schema"]; config["schema_name"] == nil {
			config["schema_name"] = ident.DefaultNamespace
		}
		if config["alias"] == nil {
			config["alias"] = e["name"]
		}
		exports = append(exports, map[string]any{"name": e["name"], "config": config, "unrendered_config": mapping(written)})
	}
	return map[string]any{"query_params": params, "exports": exports}
}
