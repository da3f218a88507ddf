package artifact

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// node converts a resource that dbt calls a node.
func (c *converter) node(r *project.Resource) any {
	switch r.Kind {
	case project.KindModel:
		return c.model(r)
	case project.KindSeed:
		return SeedNode{Node: c.base(r), RootPath: c.options.Dir, DependsOn: MacroIDs{texts(r.Macros)}}
	case project.KindTest:
		if r.Test.Kind != project.Singular {
			return c.test(r)
		}
	case project.KindOperation:
		return OperationNode{Node: c.base(r), Compiled: c.compiled(r), Index: &r.Hook}
	case project.KindSource:
		return c.source(r)
	case project.KindExposure:
		return c.exposure(r)
	case project.KindUnitTest:
		return c.unitTest(r)
	case project.KindMetric, project.KindSemanticModel, project.KindSavedQuery:
		return c.entry(r)
	}
	return SQLNode{Node: c.base(r), Compiled: c.compiled(r)}
}

// base is what all nodes have.
func (c *converter) base(r *project.Resource) Node {
	original := c.project.OriginalPath(r)
	n := Node{
		Database: relation.Database, Schema: r.Relation.Namespace, Name: r.Name, ResourceType: string(r.Kind), PackageName: r.Package,
		Path: path(r, original), OriginalFilePath: original, UniqueID: r.ID, FQN: texts(r.FQN), Alias: r.Relation.Name,
		Checksum: checksum(r), Config: config(r), Tags: texts(r.Tags), Description: r.Description, Columns: columns(r.Columns),
		Meta: mapping(r.Meta), Group: orNil(r.Group), Docs: docs(r), UnrenderedConfig: unrendered(r), CreatedAt: c.created(),
		RelationName: RelationName(c.project, r), RawCode: strings.TrimSpace(r.SQL), DocBlocks: []string{},
	}
	if n.Schema == "" {
		n.Schema = ident.DefaultNamespace
	}
	if n.Alias == "" {
		n.Alias = r.Name
	}
	if r.PatchPath != "" && r.Kind != project.KindTest {
		patch := r.Package + "://" + c.inner(r.PatchPath)
		n.PatchPath = &patch
	}
	return n
}

// inner is a path within its package.
func (c *converter) inner(shown string) string {
	return c.project.OriginalPath(&project.Resource{Path: shown})
}

func (c *converter) created() float64 { return float64(c.options.Generated.UnixMicro()) / 1e6 }

// path is the file within the folder that holds its kind; a generic test has
// none, and its name stands for it.
func path(r *project.Resource, original string) string {
	if r.Kind == project.KindTest && r.Test.Kind != project.Singular {
		return fileName(r)
	}
	parts := r.FQN
	if len(parts) > 0 {
		parts = parts[1:]
	}
	for len(parts) > 0 && !strings.Contains("/"+original, "/"+strings.Join(parts, "/")+"/") {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(append(slices.Clone(parts), original[strings.LastIndexByte(original, '/')+1:]), "/")
}

// fileName is the file that dbt would write a generic test to: its alias, which
// is short.
func fileName(r *project.Resource) string {
	if r.Relation.Name != "" {
		return r.Relation.Name + ".sql"
	}
	return r.Name + ".sql"
}

// pathIn is a path without the folder that holds its kind.
func pathIn(original string) string {
	_, rest, found := strings.Cut(original, "/")
	if !found {
		return original
	}
	return rest
}

func checksum(r *project.Resource) Checksum {
	if r.Kind == project.KindTest && r.Test.Kind != project.Singular {
		return Checksum{Name: "none"}
	}
	return Checksum{"sha256", r.Checksum}
}
