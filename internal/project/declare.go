package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/template"
)

// declare turns files and declarations into resources.
func (l *loader) declare() {
	drafts := l.drafts()
	l.each(len(drafts), func(i int, ps *diag.Problems) { l.read(drafts[i], ps) })
	for _, d := range drafts {
		l.finish(d)
	}
	var tests []genericJob
	for _, d := range drafts {
		for _, p := range append(d.misplaced, d.patch) {
			if p == nil {
				continue
			}
			_, onColumns := columnsOf(p.columns)
			for _, t := range slices.Concat(p.tests, onColumns) {
				tests = append(tests, genericJob{d.resource, t, nil})
			}
		}
	}
	tests = append(tests, l.declareSources()...)
	l.genericTests(tests)
	l.declareEntries()
	l.declareUnits()
	l.declareOperations()
	l.declareGroups()
	l.documentMacros()
}

// finish gives a draft its settings and documentation.
func (l *loader) finish(d *draft) {
	r := d.resource
	all := l.all(d)
	dec := &decoder{problems: l.problems, kind: d.kind, layer: all, python: r.Language == LanguagePython}
	r.Config = dec.config()
	l.warnGrants(dec, r)
	r.locateHeader()
	r.Tags, r.Meta, r.Group, r.Access = r.Config.Tags, r.Config.Meta, r.Config.Group, r.Config.Access
	if d.kind == KindTest {
		r.Test = &Test{Kind: Singular}
		dec.test(r.Test, l.options.StoreFailures)
	}
	if p := d.patch; p != nil {
		r.Description, r.DocBlocks, r.PatchPath, r.PatchPlace = p.description, p.docBlocks, p.path, p.place
		r.Columns, _ = columnsOf(p.columns)
		r.Constraints, r.DeprecationDate, r.Properties = p.constraints, p.deprecated, p.properties
	}
	l.place(d.pack, r, all)
	if r.Config.Snapshot != nil && r.Config.Enabled && !d.failed {
		dec.checkSnapshot(r)
	}
	if d.unknown != nil && r.Config.Enabled {
		l.problems.Add(d.unknown)
		d.failed = true
	}
	waits := &pending{broken: d.failed, disabledAt: all["enabled"].place, evidence: all["evidence"], captured: d.captured,
		groupAt: all["group"].place, materializedAt: all["materialized"].place}
	if r.Config.Enabled {
		if d.kind != KindTest { // tests have none
			l.captureHooks(d.pack, r, slices.Concat(dec.hooks("pre_hook"), dec.hooks("post_hook")), waits)
		}
		l.captureConstraints(d.pack, r, waits)
	}
	l.checkContract(r, all)
	l.add(r, waits)
}

// captureHooks learns what the hooks of a resource refer to. Analyses and hooks
// around a run have those of models in their settings, as in dbt, though they
// never run them.
func (l *loader) captureHooks(k *pack, r *Resource, hooks []Hook, waits *pending) {
	for _, h := range hooks {
		if !hasTemplate(h.SQL) {
			continue
		}
		found, err := template.Parse(h.SQL, l.contextOf(k, h.Place.File, r.Relation, r.Config.Raw))
		if err != nil {
			l.problems.Add(at(h.Place, err))
			continue
		}
		if found.Unknown != nil {
			l.problems.Add(at(h.Place, found.Unknown))
		}
		more := captureOf(found)
		for i := range more.refs {
			more.refs[i].Place = h.Place
		}
		for i := range more.sources {
			more.sources[i].Place = h.Place
		}
		waits.add(more)
	}
}

// captureConstraints learns which tables foreign keys lead to.
func (l *loader) captureConstraints(k *pack, r *Resource, waits *pending) {
	all := r.Constraints
	for _, c := range r.Columns {
		all = append(slices.Clip(all), c.Constraints...)
	}
	for _, c := range all {
		if c.Type != "foreign_key" || c.To == "" {
			continue
		}
		more, err := l.capture(k, expression(c.To), c.Place, nil)
		if err != nil {
			l.problems.AddError("template", c.Place, err)
			continue
		}
		waits.add(more)
	}
}

// expression makes a template of what people write without braces: ref('x').
func expression(text string) string {
	if hasTemplate(text) {
		return text
	}
	return "{{ " + text + " }}"
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
