package project

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/project/pyvalue"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// genericTests adds the tests that are declared on a resource.
func (l *loader) genericTests(r *Resource, decls []*genericDecl) {
	for _, d := range decls {
		l.genericTest(r, d, nil)
	}
}

// genericTest adds one test; tags are those that it has from its source.
func (l *loader) genericTest(on *Resource, d *genericDecl, tags []string) {
	if !l.checkGeneric(d) {
		return
	}
	model := modelOf(on)
	short, name := d.names(on)
	fqn := slices.Concat([]string{d.pack.Name}, below(d.pack.inner(d.path)), []string{name})
	layers := []layer{d.layer}
	if short != name && d.layer["alias"].value == nil {
		layers = append(layers, layer{"alias": setting{short, d.place}})
	}
	all := l.layersFor(d.pack, KindTest, fqn, layers...)
	dec := &decoder{problems: l.problems, kind: KindTest, layer: all}
	t := &Resource{
		ID: "test." + d.pack.Name + "." + name + "." + testHash(name, d, model), Kind: KindTest, Name: name, Package: d.pack.Name,
		FQN: fqn, Path: d.path, Place: d.place, Config: dec.config(), Description: d.description, Language: LanguageSQL, Test: d.test(model),
	}
	dec.test(t.Test)
	t.SQL = "{{ " + d.macro() + "(**_dbt_generic_test_kwargs) }}"
	t.Test.Attached, t.Group = on.ID, on.Group
	if d.column != nil {
		tags = slices.Concat(tags, d.column.Tags)
	}
	for _, tag := range tags {
		if !slices.Contains(t.Config.Tags, tag) {
			t.Config.Tags = append(t.Config.Tags, tag)
		}
	}
	t.Tags, t.Meta = t.Config.Tags, t.Config.Meta
	l.place(d.pack, t, all)
	waits := &pending{on: on, evidence: all["evidence"], disabledAt: all["enabled"].place}
	l.pending[t] = waits
	waits.captured, waits.broken = l.captureGeneric(d, t)
	t.Checksum = checksumOf([]any{t.Test.Kwargs, t.Test.Kind, t.Test.Namespace, t.Config.Raw})
	if !on.Config.Enabled && t.Config.Enabled {
		t.Config.Enabled, waits.disabledAt = false, l.pending[on].disabledAt
	}
	l.add(t, waits)
}

// macro is what a template calls the test's macro.
func (d *genericDecl) macro() string {
	if d.namespace == "" {
		return "test_" + d.kind
	}
	return d.namespace + ".test_" + d.kind
}

// modelOf is the text that stands for the resource among a test's arguments.
func modelOf(on *Resource) string {
	target := "ref('" + on.Name + "')"
	switch {
	case on.Kind == KindSource:
		target = "source('" + on.Source + "', '" + on.Name + "')"
	case on.Version != "":
		target = "ref('" + on.Name + "', version='" + on.Version + "')"
	}
	return "{{ get_where_subquery(" + target + ") }}"
}

// names returns dbt's name for a test that was not given one, and a shorter one
// for its table.
func (d *genericDecl) names(on *Resource) (short, full string) {
	if d.name != "" {
		return d.name, d.name
	}
	kind, target := d.kind, on.Name
	switch {
	case on.Kind == KindSource:
		kind, target = "source_"+kind, on.Source+"_"+on.Name
	case on.Version != "":
		target += "_v" + on.Version
	}
	if d.namespace != "" {
		kind = d.namespace + "_" + kind
	}
	return testName(kind, target, d.args)
}

var columnName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// test returns what the declaration checks.
func (d *genericDecl) test(model string) *Test {
	t := &Test{Kind: d.kind, Namespace: d.namespace, Args: map[string]any{}, Kwargs: map[string]any{"model": model}}
	for _, a := range d.args {
		t.Kwargs[a.name] = a.node.Value()
		switch text, _ := a.node.Value().(string); {
		case a.name == "column_name":
			t.Column = text
			t.Expression = d.column == nil && !columnName.MatchString(strings.TrimSpace(text))
		case d.isBuiltin("relationships") && a.name == "to":
			t.To, t.Args[a.name] = text, text
		case d.isBuiltin("relationships") && a.name == "field":
			t.Field, t.Args[a.name] = text, text
		default:
			t.Args[a.name] = a.node.Value()
		}
	}
	return t
}

// builtinArgs are dbt's own generic tests and their arguments; true is
// required.
var builtinArgs = map[string]map[string]bool{
	"unique":          {"column_name": true},
	"not_null":        {"column_name": true},
	"accepted_values": {"column_name": true, "values": true, "quote": false},
	"relationships":   {"column_name": true, "to": true, "field": true},
}

// isBuiltin reports whether the test is one of dbt's own.
func (d *genericDecl) isBuiltin(kind string) bool {
	return d.kind == kind && (d.namespace == "" || d.namespace == "dbt")
}

// checkGeneric reports what keeps a test from being one.
func (l *loader) checkGeneric(d *genericDecl) bool {
	if !l.knownTest(d) {
		return false
	}
	args, own := builtinArgs[d.kind]
	if !own || !d.isBuiltin(d.kind) || !l.isNativeTest(d) {
		return true
	}
	for _, name := range []string{"column_name", "values", "to", "field"} {
		if n := d.arg(name); args[name] && (n == nil || n.Kind == yamldoc.Null) {
			l.problems.Errorf("missing-key", d.place, "the test `%s` needs `%s`", d.kind, name)
		}
	}
	for _, a := range d.args {
		if _, known := args[a.name]; !known {
			known := slices.Collect(func(yield func(string) bool) {
				for name := range args {
					if !yield(name) {
						return
					}
				}
			})
			l.problems.Errorf("unknown-key", a.node.Place, "the test `%s` takes no `%s`", d.kind, a.name).Hint = yamldoc.KeyHint(a.name, slices.Concat(known, testConfigKeys))
		}
	}
	if n := d.arg("values"); d.kind == "accepted_values" && n != nil && (n.Kind == yamldoc.Mapping || n.Kind == yamldoc.Sequence && len(n.Items()) == 0 || n.IsScalar() && !isCall(n)) {
		l.problems.Errorf("wrong-kind", n.Place, "`values` must be a list of the accepted values, not %s", describe(n.Value()))
	}
	return true
}

// call is what dbt takes for a call though it has no braces.
var call = regexp.MustCompile(`^\s*(env_var|ref|var|source|doc)\s*\(.+\)\s*$`)

func isCall(n *yamldoc.Node) bool {
	return n.Kind == yamldoc.String && (hasTemplate(n.Text) || call.MatchString(n.Text))
}

// texts calls visit with each text within an argument that is to be rendered,
// as a template.
func texts(n *yamldoc.Node, visit func(n *yamldoc.Node, text string)) {
	switch {
	case n == nil:
	case n.Kind == yamldoc.String && hasTemplate(n.Text):
		visit(n, n.Text)
	case n.Kind == yamldoc.String && call.MatchString(n.Text):
		visit(n, "{{ "+n.Text+" }}")
	}
	for _, item := range n.Items() {
		texts(item, visit)
	}
	for _, f := range n.Fields() {
		texts(f.Value, visit)
	}
}

// captureGeneric learns what a test's arguments, and its macro, refer to, and
// renders those arguments that refer to nothing.
func (l *loader) captureGeneric(d *genericDecl, t *Resource) (out captured, broken bool) {
	for _, a := range d.args {
		before := len(out.refs) + len(out.sources)
		templates := 0
		texts(a.node, func(n *yamldoc.Node, text string) {
			templates++
			more, err := l.capture(d.pack, text, n.Place, t.Config.Raw)
			if err != nil {
				l.problems.AddError("template", n.Place, err)
				broken = true
				return
			}
			out.add(more)
		})
		found := len(out.refs) + len(out.sources) - before
		if d.isBuiltin("relationships") && a.name == "to" && !broken && found != 1 {
			l.problems.Errorf("bad-test", a.node.Place, "`to` must name one model or source, not `%s`", pyvalue.Str(a.node)).
				WithHint("write to: ref('customers')")
			broken = true
		}
		if templates > 0 && found == 0 && !broken {
			l.renderArg(d, a, t.Test)
		}
	}
	if broken {
		return out, true
	}
	more, err := l.captureMacro(d, t)
	if err != nil {
		l.problems.AddError("template", d.place, err)
		return out, true
	}
	out.add(more)
	return out, false
}

// nativeMacros are the macros that dbt's own tests call.
var nativeMacros = map[string][]string{
	"unique": {"macro.dbt.test_unique"}, "not_null": {"macro.dbt.test_not_null"},
	"accepted_values": {"macro.dbt.test_accepted_values", "macro.dbt.get_where_subquery"},
	"relationships":   {"macro.dbt.test_relationships", "macro.dbt.get_where_subquery"},
}

// captureMacro runs a test's macro for what it refers to. Dbt's own refer to
// nothing but their arguments.
func (l *loader) captureMacro(d *genericDecl, t *Resource) (captured, error) {
	if l.isNativeTest(d) && nativeMacros[d.kind] != nil {
		return captured{macros: nativeMacros[d.kind]}, nil
	}
	m := l.testMacro(d)
	named := map[string]any{}
	for _, a := range d.args {
		named[a.name] = t.Test.Args[a.name]
		if named[a.name] == nil {
			named[a.name] = a.node.Value()
		}
	}
	c := l.contextOf(d.pack, d.path, t.Relation, t.Config.Raw)
	c.Model = func() any { return nodeValue(t, t.Config.Raw) }
	named["model"] = template.NewRelation(l.pending[t].on.Relation)
	found, err := template.Capture(m, nil, named, c)
	if err != nil {
		return captured{}, relocate(err, func(at diag.Place) diag.Place {
			if at.File == d.path || at.Line == 0 {
				return d.place
			}
			return at
		})
	}
	out := captureOf(found)
	for i := range out.refs {
		out.refs[i].Place = d.place
	}
	for i := range out.sources {
		out.sources[i].Place = d.place
	}
	if len(out.macros) == 0 || out.macros[0] != m.ID {
		out.macros = append([]string{m.ID}, out.macros...)
	}
	return out, nil
}

// renderArg puts what a template in an argument gives in its place.
func (l *loader) renderArg(d *genericDecl, a argument, t *Test) {
	f := &file{path: d.path, pack: d.pack, problems: l.problems, context: d.pack.context}
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

// reportUnknownTest says that a test means nothing.
func (l *loader) reportUnknownTest(d *genericDecl, known []string) {
	if d.namespace != "" && d.namespace != "dbt" && l.pack(d.namespace) == nil {
		l.problems.Errorf("unknown-test", d.place, "there is no package `%s` with a test `%s`", d.namespace, d.kind).
			WithHint("add the package to packages.yml and run `tarn deps`")
		return
	}
	found := l.problems.Errorf("unknown-test", d.place, "unknown test `%s`", d.full())
	if near := ident.Near(d.kind, known); len(near) > 0 {
		found.WithHint("did you mean `%s`?", near[0])
	} else {
		found.WithHint("there are %s; your own is a {%% test %%} block in tests/generic or macros", strings.Join(known, ", "))
	}
}
