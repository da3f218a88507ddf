package jinja

import "github.com/tarn-lake/tarn/internal/jinja/syntax"

// Globals are the names that a render sees besides those it sets itself and
// those of the language. They are looked up one by one, so that handing in
// thousands of them costs nothing.
type Globals struct {
	// Lookup returns the value of a name. A render asks once for each name,
	// converts the value as by [From], and keeps it; nil knows none.
	Lookup func(name string) (any, bool)
	// Names lists what Lookup knows, for the errors about names it does not
	// know; nil lists none.
	Names func() []string
	// Lenient makes undefined values of the template itself answer what is
	// asked of them, attributes, items and calls, with themselves. Macros of
	// other templates that it calls stay strict.
	Lenient bool
	// Origins, where given, remember which parts of templates wrote what.
	Origins *Origins
	// Host is the host's own: functions get at it with [Call.Host], so that
	// they can be made once and serve every render.
	Host any
}

// vars makes globals of a map.
func fromVars(vars map[string]any) *Globals {
	return &Globals{
		Lookup: func(name string) (any, bool) {
			v, ok := vars[name]
			return v, ok
		},
		Names: func() []string {
			names := make([]string, 0, len(vars))
			for name := range vars {
				names = append(names, name)
			}
			return names
		},
	}
}

// Render runs the template. Go values in vars are converted as by [From], once
// for each render, so that a template changes its own copies only. Errors are
// [Error]s.
func (t *Template) Render(vars map[string]any) (string, error) {
	return t.RenderWith(fromVars(vars))
}

// RenderWith is [Template.Render] with names that are looked up.
func (t *Template) RenderWith(g *Globals) (string, error) {
	it := newInterp(t, g)
	if err := it.execTemplate(t); err != nil {
		return "", it.ended(t.locate(err, 0))
	}
	return it.taken(it.out, ""), nil
}

// Eval runs a template that is nothing but one expression in `{{ }}` and
// returns its value as it is; any other template gives its text. The value is
// fit for [ToGo].
func (t *Template) Eval(vars map[string]any) (any, error) { return t.EvalWith(fromVars(vars)) }

// EvalWith is [Template.Eval] with names that are looked up.
func (t *Template) EvalWith(g *Globals) (any, error) {
	p := t.expression()
	if p == nil {
		s, err := t.RenderWith(g)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	it := newInterp(t, g)
	v, err := it.eval(p.Value, &scope{})
	if err != nil {
		return nil, it.ended(t.locate(err, p.At()))
	}
	return v, nil
}

// expression returns the only expression of a template that is nothing else.
func (t *Template) expression() *syntax.Print {
	if len(t.tree.Body) != 1 {
		return nil
	}
	p, _ := t.tree.Body[0].(*syntax.Print)
	return p
}
