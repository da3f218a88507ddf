package app

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/tarn-lake/tarn/internal/config"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/lake/restcatalog"
)

// restCatalog opens the REST catalog that the project lives in.
func (a *App) restCatalog(ctx context.Context) (*restcatalog.Client, error) {
	c := a.config.Catalog
	token, err := a.secretSetting(ctx, "catalog.token", c.Token)
	if err != nil {
		return nil, err
	}
	credential, err := a.secretSetting(ctx, "catalog.credential", c.Credential)
	if err != nil {
		return nil, err
	}
	return restcatalog.Open(ctx, restcatalog.Options{URI: c.URI, Warehouse: c.Warehouse, Prefix: c.Prefix,
		Token: token, Credential: credential, TokenURI: c.TokenURI, Scope: c.Scope})
}

// outsideFolder is where the tables of the REST catalog lie: where the project
// says, or the catalog does, or its warehouse is one.
func (a *App) outsideFolder(c *restcatalog.Client) (string, error) {
	if at := a.config.Catalog.Location; at != "" {
		if filepath.IsAbs(at) {
			return at, nil
		}
		return filepath.Join(a.config.Dir, at), nil
	}
	for _, place := range []string{c.Property("warehouse"), c.Property("location"), a.config.Catalog.Warehouse} {
		if path, found := strings.CutPrefix(place, "file:"); found {
			place = "/" + strings.TrimLeft(path, "/")
		}
		if filepath.IsAbs(place) {
			return filepath.Clean(place), nil
		}
	}
	return "", diag.New("catalog-location", diag.Place{File: config.File}, "the catalog at %s does not say where its tables lie on this machine", a.config.Catalog.URI).
		WithHint("name the folder: catalog: {location: /srv/warehouse}; tables in other stores than folders are not read or written yet")
}

// tellPublishing says how a run publishes, or has published, where that is not
// all at once.
func (a *App) tellPublishing() (told bool) {
	if a.stores.lake.IsAtomic() {
		return false
	}
	p := diag.New("publishes-by-table", diag.Place{File: config.File}, "the catalog at %s changes one table at a time: what is published together becomes visible table by table", a.config.Catalog.URI).
		WithHint("each table is still published whole and only if its tests pass")
	p.Severity = diag.Warning
	a.options.Warn(p)
	return true
}

// onlyOurs refuses what is done with the tables of a catalog of ours.
func (a *App) onlyOurs(what string) error {
	if !a.config.Catalog.IsREST() {
		return nil
	}
	return diag.New("catalog-elsewhere", diag.Place{File: config.File}, "the tables are in the catalog at %s, and are not %s by this command", a.config.Catalog.URI, what).
		WithHint("use that catalog's own means; what Tarn keeps beside it are the databases of the lake's folder, catalog.db and state.db")
}
