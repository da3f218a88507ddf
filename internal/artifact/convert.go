package artifact

import (
	"maps"
	"slices"
	"sync"

	"github.com/tarn-lake/tarn/internal/project"
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
