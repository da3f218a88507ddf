// Package examples holds the example projects, so that `tarn init --example`
// can write them wherever it runs.
//
// It promises that what it holds is what stands in the repository. It leaves to
// others where the files go, and what they show: each has a README of its own.
package examples

import (
	"embed"
	"io/fs"
	"slices"
)

// What a run leaves beside an example (.tarn, target, report.html) is not named
// here, so it cannot get in.
//
//go:embed shop/ATTRIBUTION shop/README.md shop/dbt_project.yml shop/tarn.yml
//go:embed shop/analyses shop/arrives_later shop/data shop/ingest shop/models shop/seeds shop/tests
//go:embed weblog/ATTRIBUTION weblog/LICENSE-elastic-examples.txt weblog/README.md
//go:embed weblog/dbt_project.yml weblog/tarn.yml weblog/data weblog/ingest weblog/models weblog/tests
var files embed.FS

// Names lists the examples.
func Names() []string { return []string{"shop", "weblog"} }

// Open returns the files of an example; false where there is none of that name.
func Open(name string) (fs.FS, bool) {
	if !slices.Contains(Names(), name) {
		return nil, false
	}
	sub, err := fs.Sub(files, name)
	return sub, err == nil
}
