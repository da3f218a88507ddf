package app

import (
	"context"
	"errors"

	"github.com/tarn-lake/tarn/internal/artifact"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// DocsRequest says what of the project is documented, and how.
type DocsRequest struct {
	Selection
	// NoCompile leaves the SQL of what is selected out; Empty the tables.
	NoCompile, Empty bool
	// Static writes the page with the data in it.
	Static bool
}

// Docs writes manifest.json, catalog.json and a page that shows them. The
// number is how many tables the catalog has.
func (a *App) Docs(ctx context.Context, r DocsRequest) (int, error) {
	found, err := a.Select(ctx, r.Selection)
	if err != nil {
		return 0, err
	}
	if !r.NoCompile {
		for _, res := range found {
			if res.SQL == "" || res.Language == project.LanguagePython || res.Kind == project.KindSnapshot {
				continue
			}
			if _, err := a.Compile(ctx, res); err != nil {
				return 0, err
			}
		}
		if _, err := a.WriteCompiled(); err != nil {
			return 0, err
		}
	}
	if err := a.WriteManifest(); err != nil {
		return 0, err
	}
	nodes, sources := map[string]artifact.CatalogTable{}, map[string]artifact.CatalogTable{}
	if !r.Empty {
		if err := a.catalog(ctx, found, nodes, sources); err != nil {
			return 0, err
		}
	}
	dir, err := a.Target()
	if err != nil {
		return 0, err
	}
	catalog := artifact.NewCatalog(a.invocation(), nodes, sources, nil)
	if err := artifact.Write(dir, artifact.CatalogFile, catalog); err != nil {
		return 0, err
	}
	m, err := a.Manifest()
	if err != nil {
		return 0, err
	}
	return len(nodes) + len(sources), artifact.WritePage(dir, m, catalog, r.Static)
}

// catalog describes what readers see of the resources.
func (a *App) catalog(ctx context.Context, found []*project.Resource, nodes, sources map[string]artifact.CatalogTable) error {
	view, err := a.pinned(ctx)
	if err != nil {
		return err
	}
	for _, r := range found {
		if !artifact.Stored(r) {
			continue
		}
		t, err := view.Load(ctx, r.Relation)
		if errors.Is(err, lake.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		one, err := catalogTable(r.ID, t)
		if err != nil {
			return err
		}
		if r.Kind == project.KindSource {
			sources[r.ID] = one
		} else {
			nodes[r.ID] = one
		}
	}
	return nil
}

func catalogTable(id string, t *lake.Table) (artifact.CatalogTable, error) {
	m := artifact.TableMetadata{Type: "BASE TABLE", Schema: t.Name().Namespace, Name: t.Name().Name, Database: relation.Database}
	if t.Kind() == lake.ViewEntry {
		m.Type = "VIEW"
	}
	if doc := t.Doc(); doc != "" {
		m.Comment = &doc
	}
	var columns []artifact.TableColumn
	for i, f := range t.Schema().Fields {
		name, err := scan.DuckType(f.Type)
		if err != nil {
			return artifact.CatalogTable{}, err
		}
		c := artifact.TableColumn{Type: name, Index: i + 1, Name: f.Name}
		if f.Doc != "" {
			c.Comment = &f.Doc
		}
		columns = append(columns, c)
	}
	return artifact.NewTable(id, m, columns, measures(t.Current())...), nil
}

// measures are the figures of a table's current state.
func measures(s *lake.Snapshot) []artifact.TableMeasure {
	if s == nil {
		return nil
	}
	var out []artifact.TableMeasure
	if n := rowsOf(s); n >= 0 {
		out = append(out, artifact.TableMeasure{ID: "row_count", Label: "Rows", Value: n, Include: true, Description: "how many rows the table has"})
	}
	if n := s.Bytes(); n >= 0 {
		out = append(out, artifact.TableMeasure{ID: "bytes", Label: "Size in bytes", Value: n, Include: true, Description: "how large its data files are"})
	}
	return append(out, artifact.TableMeasure{
		ID: "last_modified", Label: "Last modified", Value: s.Time.UTC().Format("2006-01-02 15:04:05Z"), Include: true, Description: "when its rows changed last",
	})
}
