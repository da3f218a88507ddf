package template

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja"
)

// DependsOn returns the unique ids of the macros that stand in a macro as
// calls, whether or not they ever run, in their order.
func (l *Library) DependsOn(m *Macro) []string {
	var ids []string
	for _, site := range m.definition.Calls() {
		called := l.calledAt(m, site)
		if called == nil || called.Name == m.Name || slices.Contains(ids, called.ID) {
			continue
		}
		ids = append(ids, called.ID)
	}
	return ids
}

// calledAt is the macro that a call in another means; nil if it means none.
func (l *Library) calledAt(m *Macro, site jinja.Site) *Macro {
	if site.Name == "adapter.dispatch" {
		name, space := "", ""
		for i, a := range append(slices.Clone(site.Args), site.Named...) {
			text, _ := a.Value.(string)
			switch {
			case a.Name == "macro_name", a.Name == "" && i == 0:
				name = text
			case a.Name == "macro_namespace", a.Name == "" && i == 1:
				space = text
			}
		}
		found, _ := l.Dispatch(name, space, m.Package)
		return found
	}
	if pkg, name, ok := strings.Cut(site.Name, "."); ok {
		return l.InPackage(pkg, name)
	}
	return l.anywhere(m.Package, site.Name)
}

// anywhere is [Library.Find], and then the other packages.
func (l *Library) anywhere(from, name string) *Macro {
	if m := l.own(from, name); m != nil {
		return m
	}
	for _, pkg := range l.packages {
		if m := l.macros[pkg][name]; m != nil {
			return m
		}
	}
	return l.InPackage(internal, name)
}
