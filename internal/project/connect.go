package project

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template"
)

// pending is what a resource still waits for until all resources are known.
type pending struct {
	calls calls
	// callPlace is where the calls stand, where that is not within a template
	// of the resource's own.
	callPlace  diag.Place
	evidence   setting
	disabledAt diag.Place
	// broken: its calls are not known, for a reason that was reported.
	broken bool
	// on is what a generic test was declared on.
	on *Resource
}

// connect finds what each resource refers to.
func (l *loader) connect() {
	p := l.project
	l.tellApart()
	byID := func(a, b *Resource) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Path, b.Path), a.Place.Line-b.Place.Line)
	}
	slices.SortStableFunc(p.Resources, byID)
	slices.SortStableFunc(p.Disabled, byID)
	l.index()
	kept := p.Resources[:0]
	for _, r := range p.Resources {
		if l.resolve(r) {
			kept = append(kept, r)
			continue
		}
		r.Config.Enabled = false
		delete(p.index.ids, r.ID)
		p.Disabled = append(p.Disabled, r)
	}
	p.Resources = kept
	slices.SortStableFunc(p.Disabled, byID)
	l.reportUnusedTrees()
}

// resolve sets DependsOn and, for tests, what they are on. It returns false
// for a test that a disabled resource disables.
func (l *loader) resolve(r *Resource) bool {
	waits := l.pending[r]
	var on []string
	if waits.on != nil {
		on = append(on, waits.on.ID)
	}
	for _, call := range waits.calls.refs {
		target, disabled := l.ref(r, call, placeOfCall(call.Place, waits.callPlace))
		if disabled {
			return false
		}
		on = appendID(on, target)
	}
	for _, call := range waits.calls.sources {
		target, disabled := l.source(r, call, placeOfCall(call.Place, waits.callPlace))
		if disabled {
			return false
		}
		on = appendID(on, target)
	}
	if r.Test != nil {
		r.Test.On = slices.Clone(on)
		if r.Test.To != "" && len(on) > 0 {
			r.Test.To = on[len(on)-1]
		}
		r.Test.Evidence = l.evidence(waits.evidence)
	}
	slices.Sort(on)
	r.DependsOn = slices.Compact(on)
	return true
}

func placeOfCall(call, declared diag.Place) diag.Place {
	if declared.Line != 0 {
		return declared
	}
	return call
}

func appendID(on []string, target *Resource) []string {
	if target == nil || slices.Contains(on, target.ID) {
		return on
	}
	return append(on, target.ID)
}

// ref finds what a ref means and reports where it means nothing. disabled
// tells that r is a test which goes with a disabled resource.
func (l *loader) ref(r *Resource, call template.Ref, place diag.Place) (target *Resource, disabled bool) {
	p := l.project
	if call.Package != "" && call.Package != p.Name {
		l.problems.Errorf("unknown-ref", place, "there is no package `%s`", call.Package).
			WithHint("packages are not there yet; the project's own is `%s`", p.Name)
		return nil, false
	}
	if target := p.ByRef(call.Name); target != nil {
		return target, false
	}
	if off := l.disabledRef(call.Name); off != nil {
		return nil, l.refersToDisabled(r, off, "ref('"+call.Name+"')", place)
	}
	found := l.problems.Errorf("unknown-ref", place, "there is no model or seed `%s`", call.Name)
	if near := ident.Near(call.Name, p.index.refNames()); len(near) > 0 {
		found.WithHint("did you mean `%s`?", strings.Join(near, "` or `"))
		return nil, false
	}
	for _, other := range p.Resources {
		if other.Kind == KindSource && other.Name == call.Name {
			found.WithHint("a table of a source is source('%s', '%s')", other.Source, other.Name)
		}
	}
	return nil, false
}

// source finds what a source() means and reports where it means nothing.
func (l *loader) source(r *Resource, call template.Source, place diag.Place) (target *Resource, disabled bool) {
	p := l.project
	if target := p.BySource(call.Source, call.Table); target != nil {
		return target, false
	}
	for _, off := range p.Disabled {
		if off.Kind == KindSource && off.Source == call.Source && off.Name == call.Table {
			return nil, l.refersToDisabled(r, off, "source('"+call.Source+"', '"+call.Table+"')", place)
		}
	}
	sources, tables := p.index.sourceNames(call.Source)
	if len(tables) == 0 {
		found := l.problems.Errorf("unknown-source", place, "there is no source `%s`", call.Source)
		if near := ident.Near(call.Source, sources); len(near) > 0 {
			found.WithHint("did you mean `%s`?", near[0])
		} else {
			found.WithHint("declare it in ingest/%s.yml, or under `sources:` in a properties file", call.Source)
		}
		return nil, false
	}
	found := l.problems.Errorf("unknown-source", place, "the source `%s` has no table `%s`", call.Source, call.Table)
	if near := ident.Near(call.Table, tables); len(near) > 0 {
		found.WithHint("did you mean `%s`?", strings.Join(near, "` or `"))
	} else {
		found.WithHint("it has %s", strings.Join(tables, ", "))
	}
	return nil, false
}

// refersToDisabled reports the use of a disabled resource. A test is disabled
// with it instead, as in dbt.
func (l *loader) refersToDisabled(r, off *Resource, call string, place diag.Place) bool {
	if r.Kind == KindTest {
		return true
	}
	found := l.problems.Errorf("disabled-ref", place, "%s is disabled", call)
	if at := l.pending[off].disabledAt; at.File != "" {
		found.WithHint("it is disabled in %s: enable it there, or disable %s `%s` too", at, r.Kind, r.Name)
	}
	return false
}

func (l *loader) disabledRef(name string) *Resource {
	for _, r := range l.project.Disabled {
		if (r.Kind == KindModel || r.Kind == KindSeed) && r.Name == name {
			return r
		}
	}
	return nil
}

// evidence finds the analysis that a test names.
func (l *loader) evidence(s setting) string {
	name, ok := s.value.(string)
	if s.value == nil {
		return ""
	}
	var known []string
	for _, r := range l.project.Resources {
		if r.Kind == KindAnalysis {
			if r.Name == name {
				return r.ID
			}
			known = append(known, r.Name)
		}
	}
	found := l.problems.Errorf("unknown-analysis", s.place, "`evidence` must name an analysis, and there is none called %s", describe(s.value))
	if near := ident.Near(name, known); len(near) > 0 {
		found.WithHint("did you mean `%s`?", near[0])
	} else if ok {
		found.WithHint("put the query into %s/%s.sql", l.layout.analyses[0], name)
	}
	return ""
}

// reportUnusedTrees warns of settings in dbt_project.yml that reach nothing.
func (l *loader) reportUnusedTrees() {
	names := map[Kind][]string{}
	for _, list := range [][]*Resource{l.project.Resources, l.project.Disabled} {
		for _, r := range list {
			names[r.Kind] = append(names[r.Kind], r.FQN...)
		}
	}
	for kind, tree := range l.trees {
		slices.Sort(names[kind])
		tree.reportUnused(slices.Compact(names[kind]))
	}
}
