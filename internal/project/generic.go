package project

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/template"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// genericTests adds the tests that are declared on a resource.
func (l *loader) genericTests(r *Resource, decls []*genericDecl) {
	for _, d := range decls {
		l.genericTest(r, d)
	}
}

func (l *loader) genericTest(on *Resource, d *genericDecl) {
	name := d.name
	if name == "" {
		name = generatedName(on, d)
	}
	fqn := slices.Concat([]string{l.project.Name}, folders(d.path, l.layout.roots()), []string{name})
	all := merge(append(l.trees[KindTest].layers(fqn), d.layer)...)
	dec := &decoder{problems: l.problems, kind: KindTest, layer: all}
	t := &Resource{
		ID: "test." + l.project.Name + "." + name, Kind: KindTest, Name: name, Package: l.project.Name, FQN: fqn,
		Path: d.path, Place: d.place, Config: dec.config(), Description: d.description, Test: d.test(),
	}
	dec.test(t.Test)
	if d.column != nil {
		for _, tag := range d.column.Tags {
			if !slices.Contains(t.Config.Tags, tag) {
				t.Config.Tags = append(t.Config.Tags, tag)
			}
		}
	}
	t.Tags, t.Meta = t.Config.Tags, t.Config.Meta
	waits := &pending{on: on, evidence: all["evidence"], disabledAt: all["enabled"].place}
	if d.kind == "relationships" {
		waits.calls, waits.broken = l.relationshipCalls(d, t.Test.To)
		waits.callPlace = d.argPlaces["to"]
	}
	t.Checksum = checksumOf([]any{t.Test, t.Config.Raw})
	if !on.Config.Enabled && t.Config.Enabled {
		t.Config.Enabled, waits.disabledAt = false, l.pending[on].disabledAt
	}
	l.add(t, waits)
}

// tellApart gives generic tests that share a name IDs of their own, by what
// they check: dbt allows one name on several resources.
func (l *loader) tellApart() {
	byID := map[string][]*Resource{}
	for _, list := range [][]*Resource{l.project.Resources, l.project.Disabled} {
		for _, r := range list {
			if r.Kind == KindTest {
				byID[r.ID] = append(byID[r.ID], r)
			}
		}
	}
	for _, same := range byID {
		for _, r := range same {
			if on := l.pending[r].on; len(same) > 1 && on != nil {
				r.ID += "." + checksumOf([]any{on.ID, r.Test.Kind, r.Test.Column, r.Test.Args})[:10]
			}
		}
	}
}

// generatedName is dbt's name for a test that was not given one.
func generatedName(on *Resource, d *genericDecl) string {
	if on.Kind == KindSource {
		return testName("source_"+d.kind, on.Source+"_"+on.Name, d.args)
	}
	return testName(d.kind, on.Name, d.args)
}

var columnName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// test returns what the declaration checks.
func (d *genericDecl) test() *Test {
	t := &Test{Kind: d.kind, Args: map[string]any{}}
	for name, v := range d.args {
		switch text, _ := v.(string); name {
		case "column_name":
			t.Column = text
			t.Expression = d.column == nil && !columnName.MatchString(strings.TrimSpace(text))
		case "to":
			t.To, t.Args[name] = text, v
		case "field":
			t.Field, t.Args[name] = text, v
		default:
			t.Args[name] = v
		}
	}
	return t
}

// relationshipCalls learns what `to: ref('x')` refers to.
func (l *loader) relationshipCalls(d *genericDecl, to string) (calls, bool) {
	if to == "" {
		return calls{}, true // reported with the arguments
	}
	text := to
	if !strings.Contains(text, "{{") {
		text = "{{ " + text + " }}"
	}
	place := d.argPlaces["to"]
	captured, err := template.Parse(text, l.project.context.context(d.path, ident.Table{}, nil))
	if err != nil {
		l.problems.Add(at(place, err))
		return calls{}, true
	}
	if len(captured.Refs)+len(captured.Sources) != 1 {
		l.problems.Errorf("bad-test", place, "`to` must name one model or source, not `%s`", to).WithHint("write to: ref('customers')")
		return calls{}, true
	}
	return calls{refs: captured.Refs, sources: captured.Sources}, false
}

// condition is what warn_if and error_if can say about a number of failures.
var condition = regexp.MustCompile(`(?i)^\s*(?:(?:=|==|!=|<>|<|<=|>|>=)\s*\d+(?:\.\d+)?|between\s+\d+\s+and\s+\d+)\s*$`)

// test reads the settings that tests have.
func (d *decoder) test(t *Test) {
	t.Severity = strings.ToLower(d.text("severity"))
	switch t.Severity {
	case "":
		t.Severity = SeverityError
	case SeverityError, SeverityWarn:
	default:
		d.problems.Errorf("bad-value", d.layer["severity"].place, "`severity` cannot be `%s`", t.Severity).
			Hint = yamldoc.KeyHint(t.Severity, []string{SeverityError, SeverityWarn})
	}
	t.Where, t.FailCalc = d.text("where"), d.text("fail_calc")
	t.WarnIf, t.ErrorIf = d.condition("warn_if"), d.condition("error_if")
	t.Limit = d.count("limit")
	if store := d.truth("store_failures"); store != nil {
		t.StoreFailures = *store
	}
}

func (d *decoder) condition(key string) string {
	text := d.text(key)
	if text != "" && !condition.MatchString(text) {
		d.problems.Errorf("bad-value", d.layer[key].place, "`%s` is not a condition on the number of failures: `%s`", key, text).
			WithHint("write one like \">10\", \"!= 0\" or \"between 1 and 5\"")
	}
	return text
}

// count reads a whole number that is not negative.
func (d *decoder) count(key string) int {
	switch v := d.layer[key].value.(type) {
	case nil:
		return 0
	case int64:
		if v >= 0 {
			return int(v)
		}
	case int:
		if v >= 0 {
			return v
		}
	}
	d.wrong(key, "a whole number")
	return 0
}
