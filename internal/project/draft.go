package project

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/template"
)

// draft is a resource that has a file of its own, on the way to be one.
type draft struct {
	kind     Kind
	path     string
	resource *Resource
	patch    *patch
	base     layer // from dbt_project.yml and properties
	captured *template.Captured
	failed   bool // its file could not be read or understood
}

// calls are the refs and sources that a resource's template calls.
type calls struct {
	refs    []template.Ref
	sources []template.Source
}

// drafts lists the files that are resources, with what the YAML files say
// about each.
func (l *loader) drafts() []*draft {
	patches := l.patchesByName()
	var out []*draft
	for _, of := range []struct {
		kind  Kind
		paths []string
		roots []string
	}{
		{KindModel, l.found.models, l.layout.models},
		{KindSeed, l.found.seeds, l.layout.seeds},
		{KindTest, l.found.tests, l.layout.tests},
		{KindAnalysis, l.found.analyses, l.layout.analyses},
	} {
		for _, path := range of.paths {
			d := l.draft(of.kind, path, folders(path, of.roots))
			d.patch = patches[patchKey{of.kind, d.resource.Name}]
			d.base = merge(l.trees[of.kind].layers(d.resource.FQN)...)
			if d.patch != nil {
				d.base = merge(d.base, d.patch.layer)
			}
			out = append(out, d)
		}
	}
	return out
}

func (l *loader) draft(kind Kind, path string, in []string) *draft {
	name := stem(path)
	pkg := l.project.Name
	if kind == KindAnalysis {
		in = append([]string{"analysis"}, in...)
	}
	fqn := append(append([]string{pkg}, in...), name)
	return &draft{kind: kind, path: path, resource: &Resource{
		ID: string(kind) + "." + pkg + "." + name, Kind: kind, Name: name, Package: pkg, FQN: fqn,
		Path: path, Place: diag.Place{File: path, Line: 1, Column: 1},
	}}
}

type patchKey struct {
	kind Kind
	name string
}

// patchesByName indexes what properties files say; two entries for one
// resource are an error, as in dbt.
func (l *loader) patchesByName() map[patchKey]*patch {
	out := map[patchKey]*patch{}
	for _, p := range l.declared.patches {
		key := patchKey{p.kind, p.name}
		if first, ok := out[key]; ok {
			l.problems.Errorf("duplicate-resource", p.place, "the %s `%s` is described twice, first in %s", p.kind, p.name, first.place).
				WithHint("merge the two entries")
			continue
		}
		out[key] = p
	}
	return out
}

// read reads a draft's file and, where it is SQL, runs its template to learn
// what it refers to and configures.
func (l *loader) read(d *draft, ps *diag.Problems) {
	raw, err := fs.ReadFile(l.fsys, d.path)
	if err != nil {
		ps.Add(unreadable(d.path, err))
		d.failed = true
		return
	}
	d.resource.Checksum = checksum(raw)
	if d.kind == KindSeed {
		return
	}
	d.resource.SQL = string(raw)
	c := l.project.context.context(d.path, l.relation(d.resource.Name, d.base), d.base.values())
	d.captured, err = template.Parse(d.resource.SQL, c)
	if err != nil {
		ps.AddError("template", d.resource.Place, err)
		d.failed = true
		return
	}
	if d.captured.Unknown != nil && !d.disabled() {
		ps.Add(d.captured.Unknown)
		d.failed = true
	}
}

// disabled reports whether the resource is disabled by what is known so far.
func (d *draft) disabled() bool {
	on, ok := d.captured.Config["enabled"].(bool)
	if !ok {
		on, ok = d.base["enabled"].value.(bool)
	}
	return ok && !on
}

// checksum returns the SHA-256 of what was declared, in hexadecimal.
func checksum(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// checksumOf returns the checksum of a definition that is no file of its own.
func checksumOf(definition any) string {
	raw, err := json.Marshal(definition)
	if err != nil {
		return "" // NaN and infinities have no JSON; such a definition never counts as unchanged
	}
	return checksum(raw)
}

// own returns what config() in the SQL sets.
func (d *draft) own() layer {
	out := layer{}
	if d.captured == nil {
		return out
	}
	for key, v := range d.captured.Config {
		place, ok := d.captured.ConfigPlaces[key]
		if !ok {
			place = d.resource.Place
		}
		out[normal(key)] = setting{value: v, place: place}
	}
	return out
}
