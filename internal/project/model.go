package project

import "maps"

// nodeValue is a resource as dbt's `model`, and the node of
// generate_schema_name and its like, show it to templates.
func nodeValue(r *Resource, settings map[string]any) map[string]any {
	config := map[string]any{"enabled": true, "tags": []any{}, "meta": map[string]any{}, "materialized": r.Config.Materialized}
	maps.Copy(config, settings)
	fqn := make([]any, len(r.FQN))
	for i, part := range r.FQN {
		fqn[i] = part
	}
	out := map[string]any{
		"unique_id": r.ID, "name": r.Name, "resource_type": string(r.Kind), "package_name": r.Package, "fqn": fqn,
		"path": r.Path, "original_file_path": r.Path, "raw_code": r.SQL, "language": r.Language,
		"database": "tarn", "schema": r.Relation.Namespace, "alias": r.Relation.Name, "description": r.Description,
		"config": config, "tags": config["tags"], "meta": config["meta"], "columns": columnValues(r.Columns),
		"group": orNone(r.Group), "version": orNone(r.Version), "latest_version": orNone(r.LatestVersion), "access": orNone(r.Access),
		"checksum": map[string]any{"name": "sha256", "checksum": r.Checksum},
	}
	out["depends_on"] = map[string]any{"nodes": values(r.DependsOn), "macros": values(r.Macros)}
	out["refs"], out["sources"] = refValues(r.Refs), sourceValues(r.Sources)
	if t := r.Test; t != nil && t.Kind != Singular {
		out["test_metadata"] = map[string]any{"name": t.Kind, "namespace": orNone(t.Namespace), "kwargs": t.Kwargs}
		out["column_name"] = orNone(t.Column)
	}
	if r.Version != "" {
		out["version"] = r.Version
	}
	return out
}

func orNone(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func values(list []string) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

func refValues(refs []Ref) []any {
	out := make([]any, len(refs))
	for i, r := range refs {
		out[i] = map[string]any{"name": r.Name, "package": orNone(r.Package), "version": orNone(r.Version)}
	}
	return out
}

func sourceValues(calls []SourceCall) []any {
	out := make([]any, len(calls))
	for i, c := range calls {
		out[i] = []any{c.Source, c.Table}
	}
	return out
}

func columnValues(columns []Column) map[string]any {
	out := make(map[string]any, len(columns))
	for _, c := range columns {
		meta := any(c.Meta)
		if c.Meta == nil {
			meta = map[string]any{}
		}
		column := map[string]any{"name": c.Name, "description": c.Description, "data_type": orNone(c.DataType), "meta": meta, "tags": values(c.Tags), "quote": nil}
		if c.Quote != nil {
			column["quote"] = *c.Quote
		}
		constraints := []any{}
		for _, one := range c.Constraints {
			constraints = append(constraints, map[string]any{"type": one.Type, "name": orNone(one.Name), "expression": orNone(one.Expression)})
		}
		column["constraints"] = constraints
		out[c.Name] = column
	}
	return out
}
