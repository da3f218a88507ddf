package project

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// ref finds what a ref means and reports where it means nothing. disabled
// tells that r is a test which goes with a disabled resource.
func (l *loader) ref(r *Resource, call Ref) (target *Resource, disabled bool) {
	p := l.project
	if call.Package != "" && p.Package(call.Package) == nil {
		found := l.problems.Errorf("unknown-ref", call.Place, "there is no package `%s`", call.Package)
		var names []string
		for _, k := range p.Packages {
			names = append(names, k.Name)
		}
		if near := ident.Near(call.Package, names); len(near) > 0 {
			found.WithHint("did you mean `%s`?", near[0])
		} else {
			found.WithHint("add it to packages.yml and run `tarn deps`; there are %s", strings.Join(names, ", "))
		}
		return nil, false
	}
	target, several := p.index.ref(p.Name, r.Package, call.Package, call.Name, call.Version)
	if target != nil {
		l.checkAccess(r, target, call)
		return target, false
	}
	if len(several) > 0 {
		l.problems.Errorf("unknown-ref", call.Place, "`%s` may be %s or %s", call.Name, several[0].ID, several[1].ID).
			WithHint("name the package: ref('%s', '%s')", several[0].Package, call.Name)
		return nil, false
	}
	if off := l.disabledRef(r, call); off != nil {
		return nil, l.refersToDisabled(r, off, "ref('"+call.Name+"')", call.Place)
	}
	l.reportUnknownRef(call)
	return nil, false
}

func (l *loader) reportUnknownRef(call Ref) {
	p := l.project
	if call.Version != "" && len(p.index.refs[call.Name]) > 0 {
		found := l.problems.Errorf("unknown-ref", call.Place, "`%s` has no version %s", call.Name, call.Version)
		if near := l.versionsOf(call.Name); len(near) > 0 {
			found.WithHint("there are the versions %s", strings.Join(near, ", "))
		} else {
			found.WithHint("it has no versions: leave `version` out")
		}
		return
	}
	found := l.problems.Errorf("unknown-ref", call.Place, "there is no model or seed `%s`", call.Name)
	if near := ident.Near(call.Name, p.index.refNames()); len(near) > 0 {
		found.WithHint("did you mean `%s`?", strings.Join(near, "` or `"))
		return
	}
	for _, other := range p.Resources {
		if other.Kind == KindSource && other.Name == call.Name {
			found.WithHint("a table of a source is source('%s', '%s')", other.Source, other.Name)
		}
	}
}

func (l *loader) versionsOf(name string) []string {
	var out []string
	for _, r := range l.project.Resources {
		if r.Kind == KindModel && r.Name == name && r.Version != "" {
			out = append(out, r.Version)
		}
	}
	return out
}

// checkAccess reports refs that the model's access does not allow: private
// ones are for their group, protected ones for their package where that
// restricts access.
func (l *loader) checkAccess(r, target *Resource, call Ref) {
	if target.Kind != KindModel || r.Kind == KindOperation {
		return
	}
	restricted := r.Package != target.Package && l.project.Package(target.Package).RestrictAccess
	switch {
	case target.Access == "private" && (r.Group == "" || r.Group != target.Group || restricted):
		found := l.problems.Errorf("private-ref", call.Place, "the model `%s` is private to the group `%s`", target.Name, target.Group)
		if target.Group == "" {
			found.Message = "the model `" + target.Name + "` is private, and belongs to no group"
		}
		found.WithHint("put the %s `%s` into that group, or make the model protected", r.Kind, r.Name)
	case target.Access == "protected" && restricted:
		l.problems.Errorf("private-ref", call.Place, "the model `%s` is protected: the package `%s` shares its public models only", target.Name, target.Package).
			WithHint("make it public there")
	}
}

// source finds what a source() means and reports where it means nothing.
func (l *loader) source(r *Resource, call SourceCall) (target *Resource, disabled bool) {
	p := l.project
	if target := p.FindSource(r.Package, call.Source, call.Table); target != nil {
		return target, false
	}
	for _, off := range p.Disabled {
		if off.Kind == KindSource && off.Source == call.Source && off.Name == call.Table {
			return nil, l.refersToDisabled(r, off, "source('"+call.Source+"', '"+call.Table+"')", call.Place)
		}
	}
	sources, tables := p.index.sourceNames(call.Source)
	if len(tables) == 0 {
		found := l.problems.Errorf("unknown-source", call.Place, "there is no source `%s`", call.Source)
		if near := ident.Near(call.Source, sources); len(near) > 0 {
			found.WithHint("did you mean `%s`?", near[0])
		} else {
			found.WithHint("declare it in ingest/%s.yml, or under `sources:` in a properties file", call.Source)
		}
		return nil, false
	}
	found := l.problems.Errorf("unknown-source", call.Place, "the source `%s` has no table `%s`", call.Source, call.Table)
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

func (l *loader) disabledRef(from *Resource, call Ref) *Resource {
	in := map[string]*Resource{}
	for _, r := range l.project.Disabled {
		if r.Referable() && r.Name == call.Name && (call.Version == "" || call.Version == r.Version) {
			in[r.Package] = r
		}
	}
	if found := pick(in, l.project.index.search(l.project.Name, from.Package, call.Package)); len(found) > 0 {
		return found[0]
	}
	return nil
}
