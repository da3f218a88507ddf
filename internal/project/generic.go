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

// genericJob is a test to be made: of what it is on, and with the tags that it
// has from its source.
type genericJob struct {
	on   *Resource
	decl *genericDecl
	tags []string
}

// genericTests adds the tests that were declared on resources.
func (l *loader) genericTests(jobs []genericJob) {
	type result struct {
		test  *Resource
		waits *pending
	}
	made := make([]result, len(jobs))
	l.each(len(jobs), func(i int, ps *diag.Problems) {
		made[i].test, made[i].waits = l.with(ps).genericTest(jobs[i])
	})
	for _, m := range made {
		if m.test != nil {
			l.add(m.test, m.waits)
		}
	}
}

// with is the loader with problems of its own, for work at the same time as
// other work.
func (l *loader) with(ps *diag.Problems) *loader {
	own := *l
	own.problems = ps
	return &own
}

// genericTest makes one test.
func (l *loader) genericTest(job genericJob) (*Resource, *pending) {
	on, d := job.on, job.decl
	if !l.checkGeneric(d) {
		return nil, nil
	}
	model := modelOf(on)
	short, name := d.names(on)
	t := &Resource{
		ID: "test." + d.pack.Name + "." + name + "." + testHash(name, d, model), Kind: KindTest, Name: name, Package: d.pack.Name,
		FQN: slices.Concat([]string{d.pack.Name}, below(d.pack.inner(d.path)), []string{name}), Path: d.path, Place: d.place,
		Description: d.description, Language: LanguageSQL, Test: d.test(model),
		SQL: "{{ " + d.macro() + "(**_dbt_generic_test_kwargs) }}",
	}
	layers := []layer{d.layer}
	if short != name && d.layer["alias"].value == nil {
		layers = append(layers, layer{"alias": setting{short, d.place}})
	}
	all := l.layersFor(d.pack, KindTest, t.FQN, layers...)
	waits := &pending{on: on}
	if on := all["enabled"].value; on != false {
		var own layer
		waits.captured, own, waits.broken = l.captureGeneric(d, t, all)
		if len(own) > 0 {
			all = l.layersFor(d.pack, KindTest, t.FQN, slices.Concat([]layer{own}, layers)...)
		}
	}
	waits.evidence, waits.disabledAt = all["evidence"], all["enabled"].place
	dec := &decoder{problems: l.problems, kind: KindTest, layer: all}
	t.Config = dec.config()
	dec.test(t.Test, l.options.StoreFailures)
	t.Test.Attached, t.Group = on.ID, on.Group
	tags := job.tags
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
	t.Checksum = checksumOf([]any{t.Test.Kwargs, t.Test.Kind, t.Test.Namespace, t.Config.Raw})
	if !on.Config.Enabled && t.Config.Enabled {
		t.Config.Enabled, waits.disabledAt = false, l.pending[on].disabledAt
	}
	return t, waits
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
