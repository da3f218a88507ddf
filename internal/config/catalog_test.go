package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestACatalogMayBeSomebodyElses(t *testing.T) {
	dir := project(t, "catalog: {type: rest, uri: 'https://catalog.example/iceberg', warehouse: w, prefix: /p/, location: 'file:///srv/wh',\n"+
		"  credential: '${env:C}', oauth2-server-uri: 'https://id.example/token', scope: all}\n")
	got, ps := Load(dir, environment(map[string]string{"TARN_CATALOG_OAUTH2_SERVER_URI": "https://other.example/token"}), nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	want := Catalog{Type: RESTCatalog, URI: "https://catalog.example/iceberg", Warehouse: "w", Prefix: "p", Location: "/srv/wh",
		Credential: "${env:C}", TokenURI: "https://other.example/token", Scope: "all"}
	if diff := cmp.Diff(want, got.Catalog); diff != "" {
		t.Error(diff)
	}
	if got.CatalogPlace() != filepath.Join(dir, ".tarn", "catalog.db") {
		t.Errorf("the rest is in %s", got.CatalogPlace())
	}
}

func TestSettingsOfACatalogThatDoNotGoTogether(t *testing.T) {
	for yml, want := range map[string]string{
		"catalog: {type: glue}\n": "neither sql nor rest",
		"catalog: {type: rest}\n": "`catalog.uri` is missing",
		"catalog: {type: rest, uri: 'postgres://db/c'}\nstate: {uri: 'postgres://db/s'}\n":             "not the address of a REST catalog",
		"catalog: {type: rest, uri: 'https://u:hidden@c.example'}\n":                                   "without a password",
		"catalog: {uri: 'https://c.example'}\n":                                                        "needs type: rest beside it",
		"catalog: {warehouse: w}\n":                                                                    "`catalog.warehouse` is for REST catalogs",
		"catalog: {type: rest, uri: 'https://c.example', token: '${env:T}', credential: '${env:C}'}\n": "only one of them",
		"catalog: {type: rest, uri: 'https://c.example', location: 's3://bucket'}\n":                   "s3: is not there yet",
		"catalog: {type: rest, uri: 'https://c.example', database: 'postgres://db/c'}\n":               "`state.uri` is not set",
	} {
		_, ps := Load(project(t, yml), environment(nil), nil)
		if err := ps.Err(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v, want %q", yml, err, want)
		}
	}
}
