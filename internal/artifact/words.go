package artifact

import (
	"encoding/json"

	"github.com/tarn-lake/tarn/internal/project"
)

// Describer describes the resources of one project for dbt's words. It is safe
// for concurrent use.
type Describer struct{ c *converter }

// NewDescriber returns a describer of a project.
func NewDescriber(p *project.Project, o Options) *Describer { return &Describer{newConverter(p, o)} }

// Model describes one resource as dbt's word `model` does.
func (d *Describer) Model(r *project.Resource) (Fields, error) { return described(d.c.node(r)) }

// Config returns the settings of a resource as its description has them.
func (d *Describer) Config(r *project.Resource) (map[string]any, error) {
	text, err := json.Marshal(d.c.node(r))
	if err != nil {
		return nil, err
	}
	var node struct {
		Config map[string]any `json:"config"`
	}
	err = json.Unmarshal(text, &node)
	return node.Config, err
}

// Graph describes the project as dbt's word `graph` does: nodes, sources,
// exposures and so on by unique id.
func (d *Describer) Graph() (Fields, error) {
	m := newManifest()
	d.c.resources(m)
	var out Fields
	for _, of := range []struct {
		key string
		all any
	}{
		{"exposures", m.Exposures}, {"groups", m.Groups}, {"metrics", m.Metrics}, {"nodes", m.Nodes},
		{"sources", m.Sources}, {"saved_queries", m.SavedQueries}, {"semantic_models", m.SemanticModels},
	} {
		v, err := described(of.all)
		if err != nil {
			return nil, err
		}
		out = append(out, Field{of.key, v})
	}
	return out, nil
}
