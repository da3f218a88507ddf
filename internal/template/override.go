package template

import (
	"strings"

	"github.com/tarn-lake/tarn/internal/jinja"
)

// overridden is what stands for a name of which a unit test says what it
// returns: a macro, or a package with such macros.
func (r *render) overridden(name string) (any, bool) {
	if len(r.Override) == 0 {
		return nil, false
	}
	if v, ok := r.Override[name]; ok {
		return returning(name, v), true
	}
	for full := range r.Override {
		if pkg, _, dotted := strings.Cut(full, "."); dotted && pkg == name {
			return overriddenPackage{r, name}, true
		}
	}
	return nil, false
}

func returning(name string, v any) any {
	return function(name, func(*jinja.Call) (any, error) { return jinja.From(v), nil })
}

// overriddenPackage is a package of which some macros are overridden.
type overriddenPackage struct {
	r    *render
	name string
}

// Attr returns a macro of the package.
func (p overriddenPackage) Attr(name string) (any, bool) {
	if v, ok := p.r.Override[p.name+"."+name]; ok {
		return returning(p.name+"."+name, v), true
	}
	if ns := p.r.Library.namespace(p.name); ns != nil {
		return ns.Attr(name)
	}
	return nil, false
}
