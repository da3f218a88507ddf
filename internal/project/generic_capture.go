package project

import (
	"regexp"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/project/pyvalue"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// captureGeneric learns what a test's arguments, and its macro, refer to and
// configure, and renders those arguments that refer to nothing and call no
// macro.
func (l *loader) captureGeneric(d *genericDecl, t *Resource, all layer) (out captured, own layer, broken bool) {
	settings := all.values()
	for _, a := range d.args {
		before, calls := len(out.refs)+len(out.sources), 0
		templates := 0
		texts(a.node, func(n *yamldoc.Node, text string) {
			templates++
			more, err := l.capture(d.pack, text, n.Place, settings)
			if err != nil {
				l.problems.AddError("template", n.Place, err)
				broken = true
				return
			}
			calls += len(more.macros)
			out.add(more)
		})
		found := len(out.refs) + len(out.sources) - before
		if d.isBuiltin("relationships") && a.name == "to" && !broken && found != 1 && l.isNativeTest(d) {
			l.problems.Errorf("bad-test", a.node.Place, "`to` must name one model or source, not `%s`", pyvalue.Str(a.node)).
				WithHint("write to: ref('customers')")
			broken = true
		}
		if templates > 0 && found+calls == 0 && !broken && !hasRef(a.node) {
			l.renderArg(d, a, t.Test)
		}
	}
	if broken {
		return out, nil, true
	}
	more, own, err := l.captureMacro(d, t, settings)
	if err != nil {
		l.problems.AddError("template", d.place, err)
		return out, nil, true
	}
	out.add(more)
	return out, own, false
}

var refCall = regexp.MustCompile(`\b(ref|source)\s*\(`)

// hasRef reports whether an argument refers to something, perhaps to what was
// referred to before.
func hasRef(n *yamldoc.Node) bool {
	found := false
	texts(n, func(_ *yamldoc.Node, text string) { found = found || refCall.MatchString(text) })
	return found
}

// nativeMacros are the macros that dbt's own tests call.
var nativeMacros = map[string][]string{
	"unique": {"macro.dbt.test_unique"}, "not_null": {"macro.dbt.test_not_null"},
	"accepted_values": {"macro.dbt.test_accepted_values", "macro.dbt.get_where_subquery"},
	"relationships":   {"macro.dbt.test_relationships", "macro.dbt.get_where_subquery"},
}

// captureMacro runs a test's macro for what it refers to and configures. Dbt's
// own refer to nothing but their arguments.
func (l *loader) captureMacro(d *genericDecl, t *Resource, settings map[string]any) (captured, layer, error) {
	if l.isNativeTest(d) && nativeMacros[d.kind] != nil {
		return captured{macros: nativeMacros[d.kind]}, nil, nil
	}
	m := l.testMacro(d)
	c := l.contextOf(d.pack, d.path, t.Relation, settings)
	c.Model = func() any { return nodeValue(t, settings) }
	found, err := template.CaptureTest(m, t.Test.Kwargs, c)
	if err == nil && found.Unknown != nil {
		err = found.Unknown
	}
	if err != nil {
		return captured{}, nil, relocate(err, func(at diag.Place) diag.Place {
			if at.File == d.path || at.Line == 0 {
				return d.place
			}
			return at
		})
	}
	out, own := captureOf(found), layer{}
	for i := range out.refs {
		out.refs[i].Place = d.place
	}
	for i := range out.sources {
		out.sources[i].Place = d.place
	}
	for key, v := range found.Config {
		own[normal(key)] = setting{value: v, place: found.ConfigPlaces[key]}
	}
	// what the macro itself calls is no need of the test's, as in dbt
	out.macros = []string{m.ID}
	if where := l.project.library.Find(d.pack.Name, "get_where_subquery"); where != nil {
		out.macros = append(out.macros, where.ID)
	}
	return out, own, nil
}

// renderArg puts what a template in an argument gives in its place.
func (l *loader) renderArg(d *genericDecl, a argument, t *Test) {
	f := &file{path: d.path, pack: d.pack, problems: l.problems, context: d.pack.context} // as YAML is rendered: without macros
	v := f.render(bracedCalls(a.node), a.node.Place)
	if a.name == "column_name" {
		t.Column = plainOf(v)
		return
	}
	t.Args[a.name] = v
}

// bracedCalls is a node's value with braces around calls that have none.
func bracedCalls(n *yamldoc.Node) any {
	switch {
	case n.Kind == yamldoc.String && call.MatchString(n.Text) && !hasTemplate(n.Text):
		return "{{ " + n.Text + " }}"
	case n.Kind == yamldoc.Sequence:
		out := make([]any, len(n.Items()))
		for i, item := range n.Items() {
			out[i] = bracedCalls(item)
		}
		return out
	case n.Kind == yamldoc.Mapping:
		out := map[string]any{}
		for _, f := range n.Fields() {
			out[f.Key] = bracedCalls(f.Value)
		}
		return out
	}
	return n.Value()
}
