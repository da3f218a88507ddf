package app

import (
	"context"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/project"
)

// listedKeys are what dbt tells of a resource in JSON where nothing else is
// asked for.
var listedKeys = []string{
	"alias", "name", "package_name", "depends_on", "tags", "config", "resource_type", "source_name", "original_file_path", "unique_id",
}

// List returns the selected resources as dbt lists them: by ID, analyses only
// where they are asked for.
func (a *App) List(ctx context.Context, s Selection) ([]*project.Resource, error) {
	found, err := a.Select(ctx, s)
	if err != nil {
		return nil, err
	}
	asked := slices.Contains(s.Types, "analysis") || slices.Contains(s.Types, "all")
	found = slices.DeleteFunc(found, func(r *project.Resource) bool { return r.Kind == project.KindAnalysis && !asked })
	slices.SortFunc(found, func(x, y *project.Resource) int { return strings.Compare(x.ID, y.ID) })
	return found, nil
}

// Listed describes a resource by the keys of its entry in the manifest; a key
// with dots leads into one. Without keys it is those that dbt lists.
func (a *App) Listed(r *project.Resource, keys []string) (map[string]any, error) {
	p, _, err := a.Project()
	if err != nil {
		return nil, err
	}
	node, err := a.describer(p).Model(r)
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		keys = listedKeys
	}
	out := map[string]any{}
	for _, key := range keys {
		var v any = node
		known := true
		for part := range strings.SplitSeq(key, ".") {
			fields, _ := v.(artifact.Fields)
			if v, known = fields.Get(part); !known {
				break
			}
		}
		if known && (v != nil || !strings.Contains(key, ".")) {
			out[key] = v
		}
	}
	return out, nil
}

// Selector is the text by which a selection finds the resource.
func Selector(r *project.Resource) string {
	switch r.Kind {
	case project.KindSource:
		return "source:" + strings.Join([]string{r.Package, r.Source, r.Name}, ".")
	case project.KindExposure, project.KindMetric, project.KindSavedQuery, project.KindSemanticModel, project.KindUnitTest:
		return string(r.Kind) + ":" + r.Package + "." + r.Name
	default:
		return strings.Join(r.FQN, ".")
	}
}

// SearchName is the name by which ref and source find the resource.
func SearchName(r *project.Resource) string {
	switch {
	case r.Kind == project.KindSource:
		return r.Source + "." + r.Name
	case r.Kind == project.KindModel && r.Version != "":
		return r.Name + ".v" + r.Version
	default:
		return r.Name
	}
}
