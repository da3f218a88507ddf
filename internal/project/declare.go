package project

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// declare turns files and declarations into resources.
func (l *loader) declare() {
	drafts := l.drafts()
	l.each(len(drafts), func(i int, ps *diag.Problems) { l.read(drafts[i], ps) })
	patched := map[*patch]*Resource{}
	for _, d := range drafts {
		l.finish(d)
		if d.patch != nil {
			patched[d.patch] = d.resource
		}
	}
	for _, p := range l.declared.patches {
		if r := patched[p]; r != nil {
			l.genericTests(r, p.tests)
		}
	}
	l.declareSources()
	l.reportLostPatches(patched)
}

// finish gives a draft its settings and documentation.
func (l *loader) finish(d *draft) {
	r := d.resource
	all := merge(d.base, d.own())
	dec := &decoder{problems: l.problems, kind: d.kind, layer: all}
	r.Config = dec.config()
	r.Tags, r.Meta = r.Config.Tags, r.Config.Meta
	if d.kind == KindModel || d.kind == KindSeed {
		r.Relation = l.relation(r.Name, all)
	}
	if d.kind == KindTest {
		r.Test = &Test{Kind: Singular}
		dec.test(r.Test)
	}
	if d.patch != nil {
		r.Description, r.Columns, r.PatchPath = d.patch.description, d.patch.columns, d.patch.path
	}
	waits := &pending{broken: d.failed, disabledAt: all["enabled"].place, evidence: all["evidence"]}
	if d.captured != nil {
		waits.calls = calls{refs: d.captured.Refs, sources: d.captured.Sources}
	}
	l.add(r, waits)
}

// add keeps a resource among the enabled or the disabled ones.
func (l *loader) add(r *Resource, waits *pending) {
	l.pending[r] = waits
	if r.Config.Enabled {
		l.project.Resources = append(l.project.Resources, r)
	} else {
		l.project.Disabled = append(l.project.Disabled, r)
	}
}

// relation returns where a model or seed is stored: a schema of its own is
// added to the target's, as dbt's generate_schema_name does.
func (l *loader) relation(name string, settings layer) ident.Table {
	t := ident.Table{Namespace: ident.DefaultNamespace, Name: name}
	if schema, ok := settings["schema"].value.(string); ok && strings.TrimSpace(schema) != "" {
		t.Namespace += "_" + strings.TrimSpace(schema)
	}
	if alias, ok := settings["alias"].value.(string); ok && strings.TrimSpace(alias) != "" {
		t.Name = strings.TrimSpace(alias)
	}
	return t
}

// reportLostPatches warns of properties of resources that there are not.
func (l *loader) reportLostPatches(patched map[*patch]*Resource) {
	names := map[Kind][]string{}
	for _, list := range [][]*Resource{l.project.Resources, l.project.Disabled} {
		for _, r := range list {
			names[r.Kind] = append(names[r.Kind], r.Name)
		}
	}
	for _, p := range l.declared.patches {
		if patched[p] != nil || slices.Contains(names[p.kind], p.name) {
			continue // a second entry for one resource was reported as such
		}
		found := l.problems.Warnf("unknown-resource", p.place, "there is no %s `%s`: what is said about it has no effect", p.kind, p.name)
		if near := ident.Near(p.name, names[p.kind]); len(near) > 0 {
			found.WithHint("did you mean `%s`?", near[0])
		}
	}
}
