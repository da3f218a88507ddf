// Package project is for what people declared: it loads a dbt project with its
// packages, and the ingest definitions that Tarn adds to it, into typed
// resources.
//
// It promises that an existing dbt project means here what it means to dbt
// (names, paths, config precedence, generated test names, ids), that every
// problem is found in one pass and has its place, and that nothing is left out
// in silence. Loading reads nothing but the given file systems, so the same
// files give the same project.
//
// It leaves to others what the SQL says, what connectors make of their
// options, in which order things run (graph), and settings (config).
package project

import (
	"io/fs"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project/selectors"
	"github.com/tarn-lake/tarn/internal/template"
)

// Project is everything that was declared. It does not change once loaded and
// is safe for concurrent use.
type Project struct {
	Name, Version string
	// Dir is the folder the project was loaded from, for messages.
	Dir string
	// Vars are the variables that the project's own templates see: those of
	// dbt_project.yml, and those given on the command line over them.
	Vars map[string]any
	// Packages are the project itself, which is the first, and the packages it
	// uses, by name.
	Packages []*Package
	// Resources are the enabled resources, those of packages included, sorted
	// by ID.
	Resources []*Resource
	// Disabled are those that `enabled: false` leaves out, sorted by ID.
	Disabled []*Resource
	// Groups are the owners that resources can belong to, sorted by ID.
	Groups []*Group
	// Macros are those of the project and its packages with what is said about
	// them, sorted by ID; dbt's own are in the library.
	Macros []*Macro
	// DocBlocks are the texts that descriptions can name, sorted by ID.
	DocBlocks []*DocBlock
	// OnRunStart and OnRunEnd are the hooks around a run, in the order in which
	// they run: those of packages first.
	OnRunStart, OnRunEnd []*Resource
	// Selectors are those of selectors.yml.
	Selectors selectors.File
	// TargetPath is where generated files go; CleanTargets is what `clean`
	// removes; PackagesPath is where packages are installed. All are relative
	// to Dir.
	TargetPath, PackagesPath string
	CleanTargets             []string
	// Flags are those of dbt_project.yml, QueryComment and Profile what it says
	// about them.
	Flags        map[string]any
	QueryComment any
	Profile      string

	index   index
	docs    docs
	library *template.Library
}

// Package is the project itself, or a package it uses.
type Package struct {
	Name, Version string
	// Dir is the package's folder relative to the project's, with slashes: ""
	// for the project itself.
	Dir string
	// Vars are the variables that the package's templates see.
	Vars map[string]any
	// RestrictAccess keeps other packages from its protected models.
	RestrictAccess bool
	// Dispatch are the search orders of dispatched macros.
	Dispatch []template.DispatchRule
	// Quoting is kept as it was written; that of the project itself is for all
	// relations.
	Quoting map[string]any

	fsys    fs.FS
	context contextFactory
}

// Library returns the macros of the project, its packages and dbt itself.
func (p *Project) Library() *template.Library { return p.library }

// Package returns the package with the given name, nil where there is none.
func (p *Project) Package(name string) *Package {
	for _, k := range p.Packages {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// ByID returns the enabled resource with the given ID, nil where there is none.
func (p *Project) ByID(id string) *Resource { return p.index.ids[id] }

// ByRef returns the model, seed or snapshot that ref(name) means in the
// project's own files, nil where there is none.
func (p *Project) ByRef(name string) *Resource {
	r, _ := p.index.ref(p.Name, p.Name, "", name, "")
	return r
}

// FindRef returns what ref(pkg, name, version=version) means in the files of
// the package from; pkg and version may be empty. It returns nil where there
// is none, or where several packages have one.
func (p *Project) FindRef(from, pkg, name, version string) *Resource {
	r, _ := p.index.ref(p.Name, from, pkg, name, version)
	return r
}

// BySource returns the table that source(source, table) means in the project's
// own files, nil where there is none.
func (p *Project) BySource(source, table string) *Resource {
	return p.FindSource(p.Name, source, table)
}

// FindSource returns the table that source(source, table) means in the files of
// the package from, nil where there is none.
func (p *Project) FindSource(from, source, table string) *Resource {
	return p.index.source(p.Name, from, source, table)
}

// ByRelation returns the resource that is stored as the given table, nil where
// there is none.
func (p *Project) ByRelation(t ident.Table) *Resource { return p.index.relations[t.Key()] }

// Open opens a file of a package by its path as resources have it, that is
// relative to the project's folder.
func (p *Project) Open(path string) (fs.File, error) {
	k, inner := p.fileOf(path)
	return k.fsys.Open(inner)
}

// ReadFile reads a file as Open opens it.
func (p *Project) ReadFile(path string) ([]byte, error) {
	k, inner := p.fileOf(path)
	return fs.ReadFile(k.fsys, inner)
}

// OriginalPath returns the path of a resource's file within its package.
func (p *Project) OriginalPath(r *Resource) string {
	_, inner := p.fileOf(r.Path)
	return inner
}
