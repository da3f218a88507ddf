// Package examples holds the example projects, so that `tarn init --example`
// can write them wherever it runs.
//
// It promises that what it holds is what stands in the repository. It leaves to
// others where the files go, and what they show: each has a README of its own.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed shop/ATTRIBUTION shop/README.md shop/dbt_project.yml shop/tarn.yml
//go:embed shop/analyses shop/arrives_later shop/data shop/ingest shop/models shop/seeds shop/tests
var shop embed.FS

// Names lists the examples.
func Names() []string { return []string{"shop"} }

// Open returns the files of an example; false where there is none of that name.
func Open(name string) (fs.FS, bool) {
	if name != "shop" {
		return nil, false
	}
	sub, err := fs.Sub(shop, name)
	return sub, err == nil
}
