package artifact

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/project"
)

// Describer describes the resources of one project for dbt's words. It is safe
// for concurrent use.
type Describer struct{ c *converter }

// NewDescriber returns a describer of a project.
func NewDescriber(p *project.Project, o Options) *Describer { return &Describer{newConverter(p, o)} }

// Model describes one resource as dbt's word `model` does.
func (d *Describer) Model(r *project.Resource) (map[string]any, error) { return plain(d.c.node(r)) }

// Graph describes the project as dbt's word `graph` does: nodes, sources,
// exposures and so on by unique id.
func (d *Describer) Graph() (map[string]any, error) {
	m := newManifest()
	d.c.resources(m)
	out := map[string]any{}
	for key, of := range map[string]any{
		"nodes": m.Nodes, "sources": m.Sources, "exposures": m.Exposures, "metrics": m.Metrics, "groups": m.Groups,
		"saved_queries": m.SavedQueries, "semantic_models": m.SemanticModels,
	} {
		v, err := plain(of)
		if err != nil {
			return nil, err
		}
		out[key] = v
	}
	return out, nil
}

// plain turns a description into mappings, lists and single values.
func plain(v any) (map[string]any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("describe a resource: %w", err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("describe a resource: %w", err)
	}
	return numbers(out).(map[string]any), nil //nolint:forcetypeassert // numbers keeps mappings
}

// numbers makes whole numbers integers, as they were.
func numbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // JSON's numbers are floats
		return f
	case map[string]any:
		for key := range v {
			v[key] = numbers(v[key])
		}
	case []any:
		for i := range v {
			v[i] = numbers(v[i])
		}
	}
	return v
}
