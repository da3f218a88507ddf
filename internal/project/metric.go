package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
)

// connectMetrics finds what metrics, saved queries and exposures depend on
// among metrics and semantic models.
func (l *loader) connectMetrics(r *Resource) {
	var ids []string
	switch r.Kind {
	case KindExposure:
		for _, call := range l.pending[r].metrics {
			ids = append(ids, l.named(r, KindMetric, call.Name, "metric"))
		}
	case KindMetric:
		ids = l.metricNeeds(r)
	case KindSavedQuery:
		params, _ := r.Properties["query_params"].(map[string]any)
		for _, name := range asList(params["metrics"]) {
			ids = append(ids, l.named(r, KindMetric, plainOf(name), "metric"))
		}
	}
	for _, id := range ids {
		if id != "" && !slices.Contains(r.DependsOn, id) {
			r.DependsOn = append(r.DependsOn, id)
		}
	}
	slices.Sort(r.DependsOn)
}

// metricNeeds are the metrics that a metric is made of, or the semantic model
// that has its measure.
func (l *loader) metricNeeds(r *Resource) []string {
	params, _ := r.Properties["type_params"].(map[string]any)
	conversion, _ := params["conversion_type_params"].(map[string]any)
	var ids []string
	for _, measure := range []any{params["measure"], conversion["base_measure"], conversion["conversion_measure"]} {
		if name := nameOf(measure); name != "" {
			ids = append(ids, l.measure(r, name))
		}
	}
	for _, input := range slices.Concat(asList(params["numerator"]), asList(params["denominator"]), asList(params["metrics"])) {
		if name := nameOf(input); name != "" {
			ids = append(ids, l.named(r, KindMetric, name, "metric"))
		}
	}
	return ids
}

// nameOf is a name, or that of a mapping.
func nameOf(v any) string {
	if m, ok := v.(map[string]any); ok {
		return plainOf(m["name"])
	}
	return plainOf(v)
}

// named finds a resource of a kind by its name.
func (l *loader) named(r *Resource, kind Kind, name, what string) string {
	in := map[string]*Resource{}
	for _, other := range l.project.Resources {
		if other.Kind == kind && other.Name == name {
			in[other.Package] = other
		}
	}
	if found := pick(in, l.project.index.search(l.project.Name, r.Package, "")); len(found) > 0 {
		return found[0].ID
	}
	l.reportUnnamed(r, kind, name, what)
	return ""
}

// measure finds the semantic model that has a measure.
func (l *loader) measure(r *Resource, name string) string {
	for _, other := range l.project.Resources {
		if other.Kind != KindSemanticModel {
			continue
		}
		for _, m := range asList(other.Properties["measures"]) {
			if nameOf(m) == name {
				return other.ID
			}
		}
	}
	for _, other := range l.project.Resources { // a simple metric made of a measure alone
		if other.Kind == KindMetric && other.Name == name && other != r {
			return other.ID
		}
	}
	l.problems.Errorf("unknown-measure", r.Place, "no semantic model has the measure `%s` of the metric `%s`", name, r.Name)
	return ""
}

func (l *loader) reportUnnamed(r *Resource, kind Kind, name, what string) {
	var known []string
	for _, other := range l.project.Resources {
		if other.Kind == kind {
			known = append(known, other.Name)
		}
	}
	found := l.problems.Errorf("unknown-"+what, r.Place, "the %s `%s` needs the %s `%s`, which there is not", r.Kind, r.Name, what, name)
	if near := ident.Near(name, known); len(near) > 0 {
		found.WithHint("did you mean `%s`?", near[0])
	}
}
