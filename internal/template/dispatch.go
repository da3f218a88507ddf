package template

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/jinja"
)

// Adapter type that packages' macros are chosen by: the engine's.
const adapterType = "duckdb"

// prefixes are what macros of one name for several databases begin with, in
// order of preference.
var prefixes = []string{adapterType, "default"}

// Dispatch returns the macro that adapter.dispatch means in a text of package
// from; nil where there is none. tried are the names it looked for.
func (l *Library) Dispatch(name, space, from string) (found *Macro, tried []string) {
	for _, pkg := range l.searchOrder(space) {
		for _, prefix := range prefixes {
			full := prefix + "__" + name
			var m *Macro
			if pkg == "" {
				m = l.Find(from, full)
				tried = append(tried, full)
			} else {
				m = l.InPackage(pkg, full)
				tried = append(tried, pkg+"."+full)
			}
			if m != nil {
				return m, tried
			}
		}
	}
	return nil, tried
}

// searchOrder returns the packages in which macros of a namespace are looked
// for; the empty name stands for dbt's usual order.
func (l *Library) searchOrder(space string) []string {
	if order := l.dispatch[space]; len(order) > 0 {
		return order
	}
	if space != "" && space != internal && (slices.Contains(l.packages, space) || l.macros[space] != nil) {
		return []string{l.root, space}
	}
	return []string{""}
}

// dispatch is adapter.dispatch.
func dispatch(c *jinja.Call) (any, error) {
	b, err := c.Bind("macro_name", "macro_namespace?", "packages?")
	if err != nil {
		return nil, err
	}
	name, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	space := ""
	if b.Any(1, nil) != nil {
		if space, err = b.String(1, ""); err != nil {
			return nil, err
		}
	}
	if pkg, bare, ok := strings.Cut(name, "."); ok {
		return nil, bad(c, "`adapter.dispatch` takes the name of a macro without its package, not `"+name+"`").
			WithHint("write adapter.dispatch('%s', macro_namespace='%s')", bare, pkg)
	}
	if b.Any(2, nil) != nil {
		return nil, bad(c, "`adapter.dispatch` takes no packages").
			WithHint("name the package with macro_namespace, and set `dispatch:` in dbt_project.yml")
	}
	r := host(c)
	m, tried := r.Library.Dispatch(name, space, r.Package)
	if m == nil {
		return nil, r.undispatched(callPlace(c), name, space, tried)
	}
	return m, nil
}

func (r *render) undispatched(at diag.Place, name, space string, tried []string) *diag.Problem {
	p := diag.New(codeUnknown, at, "no macro is there for `%s`: looked for %s", name, strings.Join(tried, ", "))
	var known []string
	for _, m := range r.Library.All() {
		if _, bare, ok := strings.Cut(m.Name, "__"); ok {
			known = append(known, bare)
		}
	}
	slices.Sort(known)
	if near := ident.Near(name, slices.Compact(known)); len(near) > 0 {
		return p.WithHint("did you mean `%s`?", strings.Join(near, "` or `"))
	}
	if space != "" && !r.Library.has(space) {
		return p.WithHint("there is no package `%s`: add it to packages.yml and run `tarn deps`", space)
	}
	return p.WithHint("define %s__%s", "default", name)
}
