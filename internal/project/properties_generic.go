package project

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// genericDecl is one entry under tests: or data_tests:.
type genericDecl struct {
	kind, namespace string
	name            string // a name of its own, else ""
	description     string
	column          *Column // the column it stands under, else nil
	args            []argument
	layer           layer
	pack            *pack
	path            string
	place           diag.Place
}

// argument is one that is given to a generic test, as it was written.
type argument struct {
	name string
	node *yamldoc.Node
}

// arg returns an argument's value, nil where it was not given.
func (d *genericDecl) arg(name string) *yamldoc.Node {
	for _, a := range d.args {
		if a.name == name {
			return a.node
		}
	}
	return nil
}

// full is the test's name with its package.
func (d *genericDecl) full() string {
	if d.namespace == "" {
		return d.kind
	}
	return d.namespace + "." + d.kind
}

// textNode is a text that nobody wrote.
func textNode(text string, place diag.Place) *yamldoc.Node {
	return &yamldoc.Node{Kind: yamldoc.String, Text: text, Quoted: true, Place: place}
}

// testConfigKeys are settings that dbt accepts beside a test's arguments.
var testConfigKeys = []string{
	"severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc", "store_failures", "store_failures_as",
	"meta", "database", "schema", "alias", "group", "evidence",
}

// tests reads the tests of a resource or of one of its columns. dbt calls the
// key data_tests, and tests before that.
func (f *file) tests(m *yamldoc.Map, column *Column) []*genericDecl {
	var out []*genericDecl
	for _, key := range []string{"tests", "data_tests"} {
		for _, n := range m.List(key) {
			if t := f.generic(n, column); t != nil {
				out = append(out, t)
			}
		}
	}
	return out
}

// generic reads one test in any of dbt's forms: a name; a name with arguments;
// a mapping with test_name.
func (f *file) generic(n *yamldoc.Node, column *Column) *genericDecl {
	t := &genericDecl{column: column, pack: f.pack, path: f.path, place: n.Place, layer: layer{}}
	var body *yamldoc.Map
	switch {
	case n.IsScalar():
		t.kind = n.Text
	case n.Kind != yamldoc.Mapping:
		f.problems.Errorf("wrong-kind", n.Place, "a test must be a name, or a name with arguments, not %s", n.Kind)
		return nil
	case n.Get("test_name") != nil:
		body = f.reader.Map(n, "a test")
		t.kind = body.Text("test_name")
	case len(n.Fields()) == 1:
		t.kind = n.Fields()[0].Key
		body = f.reader.Map(n.Fields()[0].Value, "`"+t.kind+"`")
	default:
		f.problems.Errorf("bad-test", n.Place, "the test has %d keys side by side where its name alone belongs", len(n.Fields())).
			WithHint("indent what belongs to the test by two more spaces")
		return nil
	}
	if pkg, bare, ok := strings.Cut(t.kind, "."); ok {
		t.namespace, t.kind = pkg, bare
	}
	f.genericBody(t, body)
	return t
}

// genericBody reads the arguments and settings of a test: settings may stand
// beside the arguments, and arguments beside `arguments:`.
func (f *file) genericBody(t *genericDecl, m *yamldoc.Map) {
	t.name = f.text(m, "name")
	t.description = f.description(m)
	t.layer = f.layerOf(m.Map("config"))
	f.lift(m, t.layer, testConfigKeys...)
	m.Known("test_name")
	nested := m.Map("arguments")
	for _, field := range append(m.Rest(), nested.Rest()...) {
		t.args = slices.DeleteFunc(t.args, func(a argument) bool { return a.name == field.Key })
		t.args = append(t.args, argument{field.Key, field.Value})
	}
	if t.column == nil {
		return
	}
	if given := t.arg("column_name"); given != nil && given.Text != t.column.Name {
		f.problems.Errorf("bad-test", given.Place, "`column_name` differs from the column that the test stands under")
	}
	name := t.column.Name
	if t.column.Quote != nil && *t.column.Quote {
		name = `"` + name + `"`
	}
	t.args = slices.DeleteFunc(t.args, func(a argument) bool { return a.name == "column_name" })
	t.args = append(t.args, argument{"column_name", textNode(name, t.column.Place)})
}
