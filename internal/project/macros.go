package project

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template"
)

// readMacros reads the macros of the project and its packages.
func (l *loader) readMacros() {
	p := l.project
	var names []string
	var rules []template.DispatchRule
	for _, k := range l.packs {
		if !k.isRoot {
			names = append(names, k.Name)
		}
	}
	rules = append(rules, l.root().Dispatch...) // dbt asks the project alone
	p.library = template.NewLibrary(p.Name, names, rules)
	type source struct {
		pack *pack
		path string
		text []byte
	}
	var all []source
	for _, k := range l.packs {
		for _, path := range slices.Concat(k.found.macros, k.found.genericTests) {
			all = append(all, source{pack: k, path: path})
		}
	}
	l.each(len(all), func(i int, ps *diag.Problems) {
		var err error
		if all[i].text, err = all[i].pack.text(all[i].path); err != nil {
			ps.Add(unreadable(all[i].path, err))
		}
	})
	for _, s := range all {
		for _, problem := range p.library.Add(s.pack.Name, s.path, string(s.text)) {
			l.problems.Add(problem)
		}
	}
	for _, m := range p.library.All() {
		if k := l.pack(m.Package); k != nil {
			p.Macros = append(p.Macros, &Macro{Macro: m, Path: m.File})
		}
	}
	slices.SortFunc(p.Macros, func(a, b *Macro) int { return cmp.Compare(a.ID, b.ID) })
}

// documentMacros gives macros what properties files say about them.
func (l *loader) documentMacros() {
	byID := map[string]*Macro{}
	var names []string
	for _, m := range l.project.Macros {
		byID[m.ID] = m
		names = append(names, m.Name)
	}
	for _, d := range l.declared.macros {
		m := byID["macro."+d.pkg+"."+d.name]
		switch {
		case d.name == "":
		case m == nil:
			found := l.problems.Warnf("unknown-macro", d.place, "there is no macro `%s`: what is said about it has no effect", d.name)
			if near := ident.Near(d.name, names); len(near) > 0 {
				found.WithHint("did you mean `%s`?", near[0])
			}
		case m.PatchPath != "":
			l.problems.Errorf("duplicate-resource", d.place, "the macro `%s` is described twice, first in %s", d.name, m.PatchPath).WithHint("merge the two entries")
		default:
			m.PatchPath, m.Description, m.Documented, m.Meta, m.Docs = d.path, d.description, d.arguments, d.meta, d.docs
		}
	}
}

// testMacro returns the macro of a generic test, nil where there is none.
func (l *loader) testMacro(d *genericDecl) *template.Macro {
	return l.project.library.Test(d.pack.Name, d.full())
}

// knownTest reports whether there is such a generic test.
func (l *loader) knownTest(d *genericDecl) bool {
	if l.testMacro(d) != nil || builtinArgs[d.kind] != nil && d.isBuiltin(d.kind) {
		return true
	}
	known := []string{}
	for name := range builtinArgs {
		known = append(known, name)
	}
	for _, m := range l.project.library.All() {
		if bare, ok := strings.CutPrefix(m.Name, "test_"); ok && (d.namespace == "" || d.namespace == m.Package) {
			known = append(known, bare)
		}
	}
	slices.Sort(known)
	l.reportUnknownTest(d, slices.Compact(known))
	return false
}

// isNativeTest reports whether the test is dbt's own and nobody's instead.
func (l *loader) isNativeTest(d *genericDecl) bool {
	m := l.testMacro(d)
	return m == nil || m.Package == "dbt"
}

// checkMaterializations reports those that there are not.
func (l *loader) checkMaterializations() {
	native := []string{
		MaterializedView, MaterializedTable, MaterializedIncremental, MaterializedMaterializedView, MaterializedEphemeral,
	}
	for _, r := range l.project.Resources {
		given := r.Config.Materialized
		if r.Kind != KindModel || slices.Contains(native, given) || l.project.library.Materialization(given) != nil {
			continue
		}
		known := slices.Clone(native)
		for _, m := range l.project.library.All() {
			if m.Materialization != "" {
				known = append(known, m.Materialization)
			}
		}
		place := l.pending[r].materializedAt
		if place.File == "" {
			place = r.Place
		}
		found := l.problems.Errorf("unknown-materialization", place, "unknown materialization `%s`", given)
		if near := ident.Near(given, known); len(near) > 0 {
			found.WithHint("did you mean `%s`?", near[0])
		} else {
			found.WithHint("there are %s; your own is a {%% materialization %%} block in macros", strings.Join(native, ", "))
		}
	}
}
