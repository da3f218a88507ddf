package template

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
)

// internal is the name of dbt's own package.
const internal = "dbt"

// Library holds the macros of a project, of its packages, and dbt's own. Once
// everything is added it is immutable and safe for concurrent use.
type Library struct {
	root     string
	packages []string
	dispatch map[string][]string
	macros   map[string]map[string]*Macro // package → name
	files    []*Macro                     // in the order of adding
}

// DispatchRule is one entry of `dispatch:` in dbt_project.yml: where macros of
// a namespace are looked for.
type DispatchRule struct {
	Namespace   string
	SearchOrder []string
}

// NewLibrary returns a library of a root project with packages in the order
// in which dbt loads them; dbt's own macros are in it.
func NewLibrary(root string, packages []string, dispatch []DispatchRule) *Library {
	l := &Library{root: root, packages: packages, dispatch: map[string][]string{}, macros: map[string]map[string]*Macro{}}
	for _, rule := range dispatch {
		l.dispatch[rule.Namespace] = rule.SearchOrder
	}
	return l
}

// Add takes the macros, tests and materializations out of a file of a package.
// It is to be called before the library is used.
func (l *Library) Add(pkg, file, text string) []*diag.Problem {
	found, err := environment.Definitions(file, text, "macro", "test", "data_test", "materialization")
	if err != nil {
		return []*diag.Problem{problemOf(err)}
	}
	var problems []*diag.Problem
	for _, d := range found {
		m, err := newMacro(pkg, d)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if first := l.macros[pkg][m.Name]; first != nil {
			problems = append(problems, diag.New("duplicate-macro", m.Place, "the macro `%s` is there twice, first in %s", m.Name, first.Place).
				WithHint("rename or remove one of them"))
			continue
		}
		l.put(m)
	}
	return problems
}

func (l *Library) put(m *Macro) {
	if l.macros[m.Package] == nil {
		l.macros[m.Package] = map[string]*Macro{}
	}
	l.macros[m.Package][m.Name] = m
	l.files = append(l.files, m)
}

// Find returns what a name means to a text of a package: a macro of the
// package itself, of the root project, or dbt's own; nil if nothing.
func (l *Library) Find(from, name string) *Macro {
	if m := l.own(from, name); m != nil {
		return m
	}
	return l.InPackage(internal, name)
}

func (l *Library) own(from, name string) *Macro {
	if from != internal {
		if m := l.macros[from][name]; m != nil {
			return m
		}
	}
	return l.macros[l.root][name]
}

// InPackage returns the macro of that name in a package; nil if there is none.
func (l *Library) InPackage(pkg, name string) *Macro {
	if m := l.macros[pkg][name]; m != nil || pkg != internal {
		return m
	}
	return builtin()[name]
}

// Test returns the generic test that a name, with or without a package, means
// to a text of a package; nil if there is none.
func (l *Library) Test(from, name string) *Macro {
	if pkg, bare, ok := strings.Cut(name, "."); ok {
		return l.InPackage(pkg, "test_"+bare)
	}
	return l.anywhere(from, "test_"+name)
}

// Materialization returns the materialization block of that name of the root
// project or of a package, one for our adapter before the default one; nil
// where there is none, and ours is built in.
func (l *Library) Materialization(name string) *Macro {
	for _, pkg := range append([]string{l.root}, l.packages...) {
		for _, adapter := range prefixes {
			if m := l.macros[pkg]["materialization_"+name+"_"+adapter]; m != nil {
				return m
			}
		}
	}
	return nil
}

// All returns the macros by unique id, dbt's own included.
func (l *Library) All() []*Macro {
	all := slices.Clone(l.files)
	for _, m := range builtin() {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *Macro) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// rootOr is the name of the root project, or the other where there is none.
func (l *Library) rootOr(other string) string {
	if l.root == "" {
		return other
	}
	return l.root
}

// names lists what a text of a package can call by its bare name, and the
// packages.
func (l *Library) names(from string) []string {
	names := append([]string{internal}, l.packages...)
	for _, list := range []map[string]*Macro{l.macros[from], l.macros[l.root], builtin()} {
		for name := range list {
			names = append(names, name)
		}
	}
	return names
}

// has reports whether there is a package of that name.
func (l *Library) has(pkg string) bool {
	return pkg == internal || l.macros[pkg] != nil || slices.Contains(l.packages, pkg)
}
