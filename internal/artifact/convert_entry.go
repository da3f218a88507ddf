package artifact

import (
	"maps"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

func (c *converter) source(r *project.Resource) SourceNode {
	original := c.project.OriginalPath(r)
	n := SourceNode{
		Database: relation.Database, Schema: r.Relation.Namespace, Name: r.Name, ResourceType: "source", PackageName: r.Package, Path: original,
		OriginalFilePath: original, UniqueID: r.ID, FQN: texts(r.FQN), SourceName: r.Source, Identifier: r.Relation.Name, Quoting: quoting(nil),
		Description: r.Description, Columns: columns(r.Columns), Meta: mapping(r.Meta), SourceMeta: map[string]any{}, Tags: texts(r.Tags),
		Config: config(r), UnrenderedConfig: unrendered(r), RelationName: RelationName(c.project, r), CreatedAt: c.created(),
		UnrenderedSchema: orNil(r.Relation.Namespace), DocBlocks: []string{},
	}
	t := r.Table
	if t == nil {
		return n
	}
	n.SourceDescription, n.Loader, n.SourceMeta = t.SourceDescription, t.Loader, mapping(t.SourceMeta)
	n.LoadedAtField, n.LoadedAtQuery = orNil(t.LoadedAtField), orNil(t.LoadedAtQuery)
	maps.Copy(n.Quoting, t.Quoting)
	if t.External != nil {
		n.External = t.External
	}
	limits := Criteria{&Age{}, &Age{}, nil}
	if t.Freshness != nil {
		limits = NewCriteria(t.Freshness)
	}
	n.Freshness, n.Config["freshness"] = limits, limits
	return n
}

// NewCriteria converts what was declared about how old data may be.
func NewCriteria(f *project.Freshness) Criteria {
	age := func(a project.Age) *Age {
		if a.Count == 0 {
			return &Age{}
		}
		n := int64(a.Count)
		return &Age{&n, &a.Period}
	}
	return Criteria{age(f.WarnAfter), age(f.ErrorAfter), orNil(f.Filter)}
}

// common is what exposures, metrics and their like have.
func (c *converter) common(r *project.Resource) map[string]any {
	original := c.project.OriginalPath(r)
	return map[string]any{
		"name": r.Name, "resource_type": string(r.Kind), "package_name": r.Package, "path": pathIn(original), "original_file_path": original,
		"unique_id": r.ID, "fqn": texts(r.FQN), "description": r.Description, "config": config(r), "unrendered_config": unrendered(r),
		"depends_on": DependsOn{texts(r.Macros), texts(r.DependsOn)}, "created_at": c.created(),
	}
}

func (c *converter) exposure(r *project.Resource) any {
	out := c.common(r)
	e := r.Exposure
	out["type"], out["owner"], out["label"], out["maturity"], out["url"] = e.Type, owner(e.Owner), orNil(e.Label), orNil(e.Maturity), orNil(e.URL)
	out["meta"], out["tags"], out["refs"], out["metrics"] = mapping(r.Meta), texts(r.Tags), refs(r.Refs), [][]string{}
	sources := [][]string{}
	for _, s := range r.Sources {
		sources = append(sources, []string{s.Source, s.Table})
	}
	out["sources"] = sources
	return out
}

func owner(o project.Owner) map[string]any {
	out := map[string]any{"name": orNil(o.Name), "email": nil}
	switch len(o.Email) {
	case 0:
	case 1:
		out["email"] = o.Email[0]
	default:
		out["email"] = o.Email
	}
	maps.Copy(out, o.Other)
	return out
}

func (c *converter) group(g *project.Group) any {
	return map[string]any{
		"name": g.Name, "resource_type": "group", "package_name": g.Package, "path": pathIn(g.Path), "original_file_path": g.Path, "unique_id": g.ID,
		"owner": owner(g.Owner), "description": orNil(g.Description), "config": map[string]any{"meta": mapping(g.Meta)},
	}
}

func (c *converter) unitTest(r *project.Resource) any {
	out := c.common(r)
	delete(out, "unrendered_config")
	t := r.UnitTest
	given := []any{}
	for _, f := range t.Given {
		one := fixture(f)
		one["input"] = f.Input
		given = append(given, one)
	}
	out["model"], out["given"], out["expect"] = t.Model, given, fixture(t.Expect)
	out["overrides"], out["versions"], out["version"] = nil, nil, version(r.Version)
	if len(t.Macros)+len(t.Vars)+len(t.Env) > 0 {
		out["overrides"] = map[string]any{"macros": mapping(t.Macros), "vars": mapping(t.Vars), "env_vars": mapping(t.Env)}
	}
	out["checksum"], out["schema"] = r.Checksum, ident.DefaultNamespace
	if m := c.project.ByID(t.ModelID); m != nil {
		out["schema"] = m.Relation.Namespace
	}
	return out
}

func fixture(f project.Fixture) map[string]any {
	out := map[string]any{"format": f.Format, "fixture": orNil(f.Name), "rows": any(f.Rows)}
	if f.Format == project.FormatSQL {
		out["rows"] = f.SQL
	} else if f.Rows == nil {
		out["rows"] = []any{}
	}
	return out
}
