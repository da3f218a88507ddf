package project

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project/pymodel"
	"github.com/tarn-lake/tarn/internal/template"
)

// draft is a resource that has a file of its own, on the way to be one.
type draft struct {
	kind     Kind
	path     string
	pack     *pack
	resource *Resource
	patch    *patch
	// misplaced are entries in the section of another kind: only their tests
	// count.
	misplaced []*patch
	base      layer // from dbt_project.yml and properties
	own       layer // from the file itself
	captured  captured
	unknown   *diag.Problem // a name that means nothing, which only matters where the resource is enabled
	failed    bool          // its file could not be read or understood
}

// drafts lists the files that are resources, with what the YAML files say
// about each.
func (l *loader) drafts() []*draft {
	var out []*draft
	for _, k := range l.packs {
		for _, of := range []struct {
			kind  Kind
			paths []string
			roots []string
		}{
			{KindModel, k.found.models, k.layout.models},
			{KindSeed, k.found.seeds, k.layout.seeds},
			{KindTest, k.found.tests, k.layout.tests},
			{KindAnalysis, k.found.analyses, k.layout.analyses},
		} {
			for _, p := range of.paths {
				out = append(out, k.draft(of.kind, p, folders(k.inner(p), of.roots), stem(p)))
			}
		}
		out = append(out, l.snapshots(k)...)
	}
	l.applyPatches(out)
	l.each(len(out), func(i int, _ *diag.Problems) { out[i].configure() })
	return out
}

func (k *pack) draft(kind Kind, file string, in []string, name string) *draft {
	if kind == KindAnalysis {
		in = append([]string{"analysis"}, in...)
	}
	fqn := append(append([]string{k.Name}, in...), name)
	language := LanguageSQL
	if path.Ext(file) == ".py" {
		language = LanguagePython
	}
	return &draft{kind: kind, path: file, pack: k, resource: &Resource{
		ID: string(kind) + "." + k.Name + "." + name, Kind: kind, Name: name, Package: k.Name, FQN: fqn, Language: language,
		Path: file, Place: diag.Place{File: file, Line: 1, Column: 1},
	}}
}

// treeKind is the kind whose settings in dbt_project.yml count: analyses have
// those of models.
func (d *draft) treeKind() Kind {
	if d.kind == KindAnalysis {
		return KindModel
	}
	return d.kind
}

// configure lays dbt_project.yml and the properties over each other. How folders
// are materialized says nothing of their Python models.
func (d *draft) configure() {
	layers := d.pack.trees[d.treeKind()].layers(d.resource.FQN)
	if d.resource.Language == LanguagePython {
		tree := merge(layers...)
		delete(tree, "materialized")
		layers = []layer{tree}
	}
	if d.patch != nil {
		layers = append(layers, d.patch.layer)
	}
	d.base = merge(layers...)
}

// read reads a draft's file and, where it is a text, runs its template to learn
// what it refers to and configures.
func (l *loader) read(d *draft, ps *diag.Problems) {
	r := d.resource
	if r.SQL == "" {
		read := d.pack.text
		if d.kind == KindSeed {
			read = d.pack.read
		}
		raw, err := read(d.path)
		if err != nil {
			ps.Add(unreadable(d.path, err))
			d.failed = true
			return
		}
		r.Checksum = checksum(bytes.TrimSpace(raw))
		if d.kind == KindSeed {
			return
		}
		r.SQL = string(raw)
	}
	if r.Language == LanguagePython {
		d.readPython(ps)
		return
	}
	c := l.contextOf(d.pack, d.path, ident.Table{Namespace: d.pack.context.schema(), Name: r.Name}, d.base.values())
	c.Line, c.Column = r.SQLPlace.Line, r.SQLPlace.Column
	c.Model = func() any { return nodeValue(r, d.base.values()) }
	found, err := template.Parse(r.SQL, c)
	if err != nil {
		ps.AddError("template", r.Place, err)
		d.failed = true
		return
	}
	d.captured, d.unknown = captureOf(found), found.Unknown
	d.own = layer{}
	for key, v := range found.Config {
		place, ok := found.ConfigPlaces[key]
		if !ok {
			place = r.Place
		}
		d.own[normal(key)] = setting{value: v, place: place}
	}
}

// readPython learns what a Python model refers to and configures.
func (d *draft) readPython(ps *diag.Problems) {
	found, err := pymodel.Read(d.path, d.resource.SQL)
	if err != nil {
		ps.AddError("python", d.resource.Place, err)
		d.failed = true
		return
	}
	for _, r := range found.Refs {
		d.captured.refs = append(d.captured.refs, Ref(r))
	}
	for _, s := range found.Sources {
		d.captured.sources = append(d.captured.sources, SourceCall(s))
	}
	d.own = layer{}
	for key, v := range found.Config {
		d.own[normal(key)] = setting{value: v.Value, place: v.Place}
	}
}

// all returns the settings that count.
func (l *loader) all(d *draft) layer {
	layers := []layer{d.base, d.own}
	if !d.pack.isRoot {
		layers = append(layers, l.root().trees[d.treeKind()].layers(d.resource.FQN)...)
	}
	return merge(layers...)
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
