package project

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

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
