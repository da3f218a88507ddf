package artifact

import (
	"maps"
	pathpkg "path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// Options are what a manifest needs beside the project.
type Options struct {
	Invocation
	// Dir is the project's folder.
	Dir string
	// Compiled is the SQL of the resources that were compiled, by ID.
	Compiled map[string]string
}

// NewManifest describes a project.
func NewManifest(p *project.Project, o Options) *Manifest {
	c := newConverter(p, o)
	m := newManifest()
	m.Metadata, m.Macros = c.metadata(), c.macros()
	c.resources(m)
	for _, r := range p.Disabled {
		m.Disabled[r.ID] = append(m.Disabled[r.ID], c.node(r))
	}
	for _, d := range p.DocBlocks {
		m.Docs[d.ID] = DocNode{d.Name, "doc", d.Package, pathIn(d.Path), d.Path, d.ID, d.Text}
	}
	for _, s := range p.Selectors.Selectors {
		m.Selectors[s.Name] = map[string]any{"name": s.Name, "description": s.Description, "definition": s.Raw}
	}
	c.edges(m)
	return m
}

func newManifest() *Manifest {
	return &Manifest{
		Nodes: map[string]any{}, Sources: map[string]SourceNode{}, Docs: map[string]DocNode{}, Exposures: map[string]any{},
		Metrics: map[string]any{}, Groups: map[string]any{}, Selectors: map[string]any{}, Disabled: map[string][]any{},
		ParentMap: map[string][]string{}, ChildMap: map[string][]string{}, GroupMap: map[string][]string{},
		SavedQueries: map[string]any{}, SemanticModels: map[string]any{}, UnitTests: map[string]any{}, Functions: map[string]any{},
	}
}

// converter turns what a project holds into what dbt's schemas want.
type converter struct {
	project *project.Project
	options Options
	// columnTests has the columns by resource and kind of test.
	columnTests func() map[[2]string][]string
}

func newConverter(p *project.Project, o Options) *converter {
	return &converter{project: p, options: o, columnTests: sync.OnceValue(func() map[[2]string][]string {
		tests := map[[2]string][]string{}
		for _, t := range p.Resources {
			if t.Kind == project.KindTest && t.Test.Column != "" && t.Test.Namespace == "" {
				key := [2]string{t.Test.Attached, t.Test.Kind}
				tests[key] = append(tests[key], t.Test.Column)
			}
		}
		return tests
	})}
}

// resources files the enabled resources, hooks and groups.
func (c *converter) resources(m *Manifest) {
	for _, r := range c.project.Resources {
		c.put(m, r)
	}
	for _, r := range slices.Concat(c.project.OnRunStart, c.project.OnRunEnd) {
		m.Nodes[r.ID] = c.node(r)
	}
	for _, g := range c.project.Groups {
		m.Groups[g.ID] = c.group(g)
	}
}

func (c *converter) metadata() ManifestMetadata {
	started := c.options.Started.UTC().Format("2006-01-02T15:04:05.000000+00:00")
	return ManifestMetadata{
		Metadata: c.options.metadata(manifestSchema), ProjectName: c.project.Name, ProjectID: md5Of(c.project.Name), AdapterType: "duckdb",
		Quoting: c.quoting(), RunStartedAt: &started,
	}
}

// put files a resource where manifests have its kind.
func (c *converter) put(m *Manifest, r *project.Resource) {
	switch r.Kind {
	case project.KindSource:
		m.Sources[r.ID] = c.source(r)
	case project.KindExposure:
		m.Exposures[r.ID] = c.exposure(r)
	case project.KindMetric:
		m.Metrics[r.ID] = c.entry(r)
	case project.KindSemanticModel:
		m.SemanticModels[r.ID] = c.entry(r)
	case project.KindSavedQuery:
		m.SavedQueries[r.ID] = c.entry(r)
	case project.KindUnitTest:
		m.UnitTests[r.ID] = c.unitTest(r)
	default:
		m.Nodes[r.ID] = c.node(r)
	}
	if r.Group != "" {
		m.GroupMap[r.Group] = append(m.GroupMap[r.Group], r.ID)
	}
}

// edges fills the maps of parents and children.
func (c *converter) edges(m *Manifest) {
	for _, r := range c.project.Resources {
		m.ParentMap[r.ID] = texts(r.DependsOn)
		if m.ChildMap[r.ID] == nil {
			m.ChildMap[r.ID] = []string{}
		}
		for _, parent := range r.DependsOn {
			m.ChildMap[parent] = append(m.ChildMap[parent], r.ID)
		}
	}
}

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

// compiled is what resources that are SQL have.
func (c *converter) compiled(r *project.Resource) Compiled {
	out := Compiled{
		Language: "sql", Refs: refs(r.Refs), Sources: [][]string{}, Metrics: [][]string{}, Functions: [][]string{},
		DependsOn: DependsOn{texts(r.Macros), texts(r.DependsOn)}, ExtraCTEs: []any{},
		Contract: Contract{Enforced: r.Config.Contract.Enforced, AliasTypes: r.Config.Contract.AliasTypes || !r.Config.Contract.Enforced},
	}
	if r.Language != "" {
		out.Language = r.Language
	}
	for _, s := range r.Sources {
		out.Sources = append(out.Sources, []string{s.Source, s.Table})
	}
	if code, ok := c.options.Compiled[r.ID]; ok {
		where := CompiledPath(c.project, r)
		out.Compiled, out.CompiledCode, out.CompiledPath, out.ExtraCTEsInjected = true, &code, &where, true
	}
	return out
}

// CompiledPath is the file that holds the SQL of a resource, relative to the
// project's folder.
func CompiledPath(p *project.Project, r *project.Resource) string {
	original := p.OriginalPath(r)
	where := p.TargetPath + "/compiled/" + r.Package + "/" + original
	switch ending := pathpkg.Ext(original); {
	case r.Kind == project.KindTest && r.Test.Kind != project.Singular:
		return where + "/" + fileName(r)
	case ending != ".sql" && ending != ".py",
		// One file may have several.
		r.Kind == project.KindSnapshot && (pathpkg.Base(original) != r.Name+ending || severalIn(p, r)):
		return where + "/" + r.Name + ".sql"
	}
	return where
}

// severalIn reports whether other snapshots are in the file of one.
func severalIn(p *project.Project, r *project.Resource) bool {
	return slices.ContainsFunc(p.Resources, func(o *project.Resource) bool {
		return o.Kind == project.KindSnapshot && o.Path == r.Path && o.Package == r.Package && o.ID != r.ID
	})
}

func (c *converter) model(r *project.Resource) ModelNode {
	n := ModelNode{
		Node: c.base(r), Compiled: c.compiled(r), Access: r.Access, Constraints: constraints(r.Constraints), Version: version(r.Version),
		LatestVersion: version(r.LatestVersion), DeprecationDate: orNil(r.DeprecationDate), PrimaryKey: c.primaryKey(r),
		TimeSpine: r.Properties["time_spine"],
	}
	if n.Access == "" {
		n.Access = "protected"
	}
	if n.Compiled.Contract.Enforced {
		sum := contractChecksum(r)
		n.Compiled.Contract.Checksum = &sum
	}
	return n
}

// primaryKey guesses as dbt does which columns tell a model's rows apart: those
// of a constraint, else those that are tested to be unique and not null, else
// those that are tested to be unique.
func (c *converter) primaryKey(r *project.Resource) []string {
	for _, k := range r.Constraints {
		if k.Type == "primary_key" {
			return texts(k.Columns)
		}
	}
	for _, col := range r.Columns {
		if slices.ContainsFunc(col.Constraints, func(k project.Constraint) bool { return k.Type == "primary_key" }) {
			return []string{col.Name}
		}
	}
	unique, both := []string{}, []string{}
	for _, name := range c.tested(r, "unique") {
		unique = append(unique, name)
		if slices.Contains(c.tested(r, "not_null"), name) {
			both = append(both, name)
		}
	}
	if len(both) > 0 {
		return both
	}
	return unique
}

// tested returns the columns of a resource that have a test of a kind.
func (c *converter) tested(r *project.Resource, kind string) []string {
	return c.columnTests()[[2]string{r.ID, kind}]
}

func (c *converter) test(r *project.Resource) TestNode {
	t := r.Test
	n := TestNode{
		Node: c.base(r), Compiled: c.compiled(r), ColumnName: orNil(t.Column), AttachedNode: orNil(t.Attached),
		TestMetadata: TestMetadata{Name: t.Kind, Kwargs: mapping(t.Kwargs), Namespace: orNil(t.Namespace)},
	}
	if on := c.project.ByID(t.Attached); on != nil {
		key := string(on.Kind) + "s." + on.Name
		n.FileKeyName = &key
	}
	return n
}

// macros are all that the project's texts can call, dbt's own included.
func (c *converter) macros() map[string]MacroNode {
	out := map[string]MacroNode{}
	library := c.project.Library()
	if library == nil {
		return out
	}
	for _, m := range library.All() {
		out[m.ID] = MacroNode{
			Name: m.Name, ResourceType: "macro", PackageName: m.Package, Path: c.inner(m.File), OriginalFilePath: c.inner(m.File), UniqueID: m.ID,
			MacroSQL: m.SQL, DependsOn: MacroIDs{texts(library.DependsOn(m))}, Meta: map[string]any{}, Docs: Docs{Show: true},
			Config:    map[string]any{"meta": map[string]any{}, "docs": map[string]any{"show": true, "node_color": nil}},
			Arguments: []MacroArgument{}, CreatedAt: c.created(), SupportedLanguages: m.Languages,
		}
	}
	for _, m := range c.project.Macros {
		n := out[m.ID]
		n.Description, n.Meta = m.Description, mapping(m.Meta)
		n.Config["meta"] = n.Meta
		if m.PatchPath != "" {
			patch := m.Package + "://" + c.inner(m.PatchPath)
			n.PatchPath = &patch
		}
		for _, a := range m.Documented {
			n.Arguments = append(n.Arguments, MacroArgument{a.Name, orNil(a.Type), a.Description})
		}
		out[m.ID] = n
	}
	return out
}

func refs(list []project.Ref) []Ref {
	out := []Ref{}
	for _, r := range list {
		out = append(out, Ref{r.Name, orNil(r.Package), version(r.Version)})
	}
	return out
}

// version is a number where it looks like one, as in dbt.
func version(text string) any {
	if text == "" {
		return nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f
	}
	return text
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// texts is a list that is never null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// mapping is a mapping that is never null.
func mapping(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return maps.Clone(m)
}

// quoting is which parts of names the project quotes.
func (c *converter) quoting() map[string]any {
	out := quoting(true)
	if root := c.project.Package(c.project.Name); root != nil {
		maps.Copy(out, root.Quoting)
	}
	return out
}

func quoting(on any) map[string]any {
	return map[string]any{"database": on, "schema": on, "identifier": on, "column": nil}
}
