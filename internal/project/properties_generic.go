package project

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// genericDecl is one entry under tests: or data_tests:.
type genericDecl struct {
	kind        string
	name        string // a name of its own, else ""
	description string
	column      *Column // the column it stands under, else nil
	args        map[string]any
	argPlaces   map[string]diag.Place
	layer       layer
	path        string
	place       diag.Place
}

// genericArgs are the generic tests and their arguments; true is required.
var genericArgs = map[string]map[string]bool{
	"unique":          {"column_name": true},
	"not_null":        {"column_name": true},
	"accepted_values": {"column_name": true, "values": true, "quote": false},
	"relationships":   {"column_name": true, "to": true, "field": true},
}

var genericKinds = []string{"unique", "not_null", "accepted_values", "relationships"}

// liftedTestKeys are settings that dbt accepts beside a test's arguments.
var liftedTestKeys = []string{
	"severity", "where", "warn_if", "error_if", "limit", "fail_calc", "store_failures", "store_failures_as",
	"enabled", "tags", "meta", "schema", "alias", "database", "group", "evidence",
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
	t := &genericDecl{column: column, path: f.path, place: n.Place, args: map[string]any{}, argPlaces: map[string]diag.Place{}, layer: layer{}}
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
	if !f.isKnownTest(t.kind, n.Place) {
		return nil
	}
	f.genericBody(t, body)
	return t
}

func (f *file) isKnownTest(kind string, place diag.Place) bool {
	if _, ok := genericArgs[kind]; ok {
		return true
	}
	if near := ident.Near(kind, genericKinds); len(near) > 0 {
		f.problems.Errorf("unknown-test", place, "unknown test `%s`", kind).WithHint("did you mean `%s`?", near[0])
		return false
	}
	f.problems.Errorf("not-there-yet", place, "the generic test `%s` is not there yet", kind).
		WithHint("there are %s; write it as a SQL file in tests/ until then", strings.Join(genericKinds, ", "))
	return false
}

// genericBody reads the arguments and settings of a test.
func (f *file) genericBody(t *genericDecl, m *yamldoc.Map) {
	t.name = m.Text("name")
	t.description = f.description(m)
	t.layer = f.layerOf(m.Map("config"))
	f.lift(m, t.layer, liftedTestKeys...)
	f.arguments(t, m.Map("arguments"))
	f.arguments(t, m)
	if t.column != nil {
		t.args["column_name"] = t.column.Name
	}
	for _, name := range []string{"column_name", "values", "to", "field"} {
		if genericArgs[t.kind][name] && t.args[name] == nil {
			f.problems.Errorf("missing-key", t.place, "the test `%s` needs `%s`", t.kind, name)
		}
	}
	if values, ok := t.args["values"]; ok && values != nil {
		if list, ok := values.([]any); !ok || len(list) == 0 {
			f.problems.Errorf("wrong-kind", t.argPlaces["values"], "`values` must be a list of the accepted values, not %s", describe(values))
		}
	}
}

// arguments reads what the kind of test takes; other keys are reported.
func (f *file) arguments(t *genericDecl, m *yamldoc.Map) {
	for name := range genericArgs[t.kind] {
		n := m.Node(name)
		if n == nil {
			continue
		}
		v := f.render(f.evaluateCall(n), n.Place)
		if name != "values" && name != "quote" {
			v = m.Text(name)
		}
		t.args[name], t.argPlaces[name] = v, n.Place
	}
	if t.column != nil && m.Has("column_name") && m.Text("column_name") != t.column.Name {
		f.problems.Errorf("bad-test", m.Place("column_name"), "`column_name` differs from the column that the test stands under")
	}
	m.Known("test_name", "name", "description", "config", "arguments")
	m.Done()
}

// evaluateCall returns an argument's value; text that is a call of var or
// env_var means what the call returns, as in dbt.
func (f *file) evaluateCall(n *yamldoc.Node) any {
	text := strings.TrimSpace(n.Text)
	isCall := slices.ContainsFunc([]string{"var(", "env_var("}, func(call string) bool { return strings.HasPrefix(text, call) })
	if n.Kind == yamldoc.String && isCall && strings.HasSuffix(text, ")") {
		return "{{ " + text + " }}"
	}
	return n.Value()
}
