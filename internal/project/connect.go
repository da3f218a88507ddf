package project

import (
	"slices"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// pending is what a resource still waits for until all resources are known.
type pending struct {
	captured
	evidence   setting
	disabledAt diag.Place
	groupAt    diag.Place
	// materializedAt is where a model's materialization was given.
	materializedAt diag.Place
	// broken: its calls are not known, for a reason that was reported.
	broken bool
	// on is what a generic test was declared on.
	on *Resource
	// unit is a unit test's declaration.
	unit *unitDecl
}

// connect finds what each resource refers to.
func (l *loader) connect() {
	p := l.project
	slices.SortStableFunc(p.Resources, byID)
	slices.SortStableFunc(p.Disabled, byID)
	l.index()
	l.checkMaterializations()
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
	for _, hook := range slices.Concat(p.OnRunStart, p.OnRunEnd) {
		l.resolve(hook)
	}
	for _, r := range p.Resources {
		l.connectMetrics(r)
	}
	l.reportUnusedTrees()
}

// resolve sets DependsOn and, for tests, what they are on. It returns false
// for a test that a disabled resource disables.
func (l *loader) resolve(r *Resource) bool {
	waits := l.pending[r]
	r.Refs, r.Sources, r.Macros = waits.refs, waits.sources, waits.macros
	if waits.unit != nil {
		l.connectUnit(r, waits.unit)
		return true
	}
	var on []string
	if waits.on != nil {
		on = append(on, l.meant(r, waits.on).ID)
	}
	for _, call := range waits.refs {
		target, disabled := l.ref(r, call)
		if disabled {
			return false
		}
		on = appendID(on, target)
	}
	for _, call := range waits.sources {
		target, disabled := l.source(r, call)
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

// meant is the resource that a generic test reads: dbt looks for the name of
// the one it was declared on, and finds that of the project first.
func (l *loader) meant(test, on *Resource) *Resource {
	if !on.Referable() {
		return on
	}
	if found, _ := l.project.index.ref(l.project.Name, test.Package, "", on.Name, on.Version); found != nil {
		return found
	}
	return on
}

func appendID(on []string, target *Resource) []string {
	if target == nil || slices.Contains(on, target.ID) {
		return on
	}
	return append(on, target.ID)
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
	} else if ok && len(l.root().layout.analyses) > 0 {
		found.WithHint("put the query into %s/%s.sql", l.root().layout.analyses[0], name)
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
	for kind, tree := range l.root().trees {
		slices.Sort(names[kind])
		tree.reportUnused(slices.Compact(names[kind]))
	}
}
