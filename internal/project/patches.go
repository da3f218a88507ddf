package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/ident"
)

type patchKey struct {
	kind Kind
	pkg  string
	name string
}

// applyPatches gives each draft what properties files say about it. A version
// of a model has a file of its own, orders_v2 or what defined_in says; the
// latest may be in orders.
func (l *loader) applyPatches(drafts []*draft) {
	byKey := map[patchKey]*draft{}
	anywhere := map[patchKey][]*draft{}
	for _, d := range drafts {
		key := patchKey{d.kind, d.pack.Name, d.resource.Name}
		if byKey[key] == nil {
			byKey[key] = d
		}
		anyKey := patchKey{d.kind, "", d.resource.Name}
		anywhere[anyKey] = append(anywhere[anyKey], d)
	}
	find := func(p *patch, name string) *draft {
		own := byKey[patchKey{p.kind, p.pack.Name, name}]
		if own != nil && l.enabledIn(own) {
			return own
		}
		for _, other := range anywhere[patchKey{p.kind, "", name}] {
			if other.patch == nil && l.enabledIn(other) {
				return other // as dbt does: of another package, in its place
			}
		}
		return own
	}
	for _, p := range l.declared.patches {
		if p.versions == nil {
			l.apply(p, find(p, p.name), p.name, drafts)
			continue
		}
		for _, v := range p.versions {
			name := p.name + "_v" + v.v
			if v.definedIn != "" {
				name = stem(v.definedIn + ".")
			}
			d := find(p, name)
			if d == nil && v.v == p.latest {
				d = find(p, p.name)
			}
			l.apply(versioned(p, v), d, name, drafts)
		}
	}
}

// enabledIn reports whether dbt_project.yml leaves a draft enabled.
func (l *loader) enabledIn(d *draft) bool {
	layers := d.pack.trees[d.treeKind()].layers(d.resource.FQN)
	if !d.pack.isRoot {
		layers = append(layers, l.root().trees[d.treeKind()].layers(d.resource.FQN)...)
	}
	return merge(layers...)["enabled"].value != false
}

// apply gives one draft its patch; two entries for one resource are an error,
// as in dbt.
func (l *loader) apply(p *patch, d *draft, name string, drafts []*draft) {
	if d == nil {
		if p.relation.value == nil {
			l.reportLostPatch(p, name, drafts)
		}
		return
	}
	if d.patch != nil {
		l.problems.Errorf("duplicate-resource", p.place, "the %s `%s` is described twice, first in %s", p.kind, p.name, d.patch.place).
			WithHint("merge the two entries")
		return
	}
	d.patch = p
	r := d.resource
	r.PatchPath = p.path
	if p.version == "" {
		return
	}
	r.Name, r.Version, r.LatestVersion = p.name, p.version, p.latest
	r.ID = "model." + r.Package + "." + p.name + ".v" + p.version
	r.FQN = append(append(slices.Clone(r.FQN[:len(r.FQN)-1]), p.name), "v"+p.version)
}

// reportLostPatch warns of properties of a resource that there is not.
func (l *loader) reportLostPatch(p *patch, name string, drafts []*draft) {
	if p.version != "" {
		l.problems.Warnf("unknown-resource", p.place, "there is no file %s.sql for the version %s of the model `%s`", name, p.version, p.name).
			WithHint("add it, or say where it is with `defined_in`")
		return
	}
	var names []string
	for _, d := range drafts {
		if d.kind == p.kind {
			names = append(names, d.resource.Name)
		}
		if d.kind != p.kind && d.resource.Name == p.name && d.pack == p.pack && p.kind != KindTest {
			l.problems.Warnf("wrong-resource", p.place, "`%s` is a %s, not a %s: of what is said about it only the tests count", p.name, d.kind, p.kind).
				WithHint("move the entry to the section of its kind")
			d.misplaced = append(d.misplaced, p)
			return
		}
	}
	found := l.problems.Warnf("unknown-resource", p.place, "there is no %s `%s`: what is said about it has no effect", p.kind, p.name)
	if near := ident.Near(p.name, names); len(near) > 0 {
		found.WithHint("did you mean `%s`?", near[0])
	}
}
